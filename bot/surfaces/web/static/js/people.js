// Who one is and which channel one is in: both exchange the page's content without a reload.

import { $, announce, app } from "./page.js";
import { OFFLINE, post } from "./net.js";
import { trouble } from "./timeline.js";

const tabs = new BroadcastChannel("impasto-person");
let settle = () => {};

export function moving(begin) {
  settle = begin;
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-go]");
    if (link && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      go(link.href, { push: true });
    }
    const person = event.target.closest("[data-be]");
    if (person) be(person.dataset.be);
    if (event.target.closest("[data-toggle-side]")) side(!app().classList.contains("side-open"));
    if (event.target.closest("[data-close-side]")) side(false);
  });
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && app().classList.contains("side-open")) {
      side(false);
      $("[data-toggle-side]").focus();
    }
  });
  addEventListener("popstate", () => go(location.href, { push: false }));
  // The session is the browser's: another tab's switch is this one's too.
  tabs.addEventListener("message", () => go(location.href, { push: false }));
}

async function be(user) {
  try {
    await post("/api/be", { user });
  } catch (error) {
    trouble(error.message, null);
    return;
  }
  tabs.postMessage(user);
  await go(location.href, { push: false });
  $(`[data-be="${user}"]`)?.focus({ preventScroll: true });
  announce(`You are ${app().dataset.meName} now.`);
}

export const switched = () => go(location.href, { push: false });

async function go(url, { push }) {
  const draft = $(".dock textarea")?.value || "";
  const response = await fetch(url, { credentials: "same-origin" }).catch(() => null);
  if (!response?.ok) {
    trouble(OFFLINE, null);
    return;
  }
  const next = new DOMParser().parseFromString(await response.text(), "text/html");
  app().replaceWith(document.adoptNode(next.getElementById("app")));
  document.title = next.title;
  if (push) history.pushState(null, "", url);
  settle();
  if (draft) $(".dock form.composer").composer.fill(draft);
}

function side(open) {
  app().classList.toggle("side-open", open);
  $("[data-toggle-side]").setAttribute("aria-expanded", String(open));
  if (open) $("#side a[aria-current]").focus();
}

// Buttons of answers, and their menus.

import { $, $$, channel, me } from "./page.js";
import { newKey, post } from "./net.js";
import { ask } from "./dialogs.js";
import { end, reply, trouble, waiting } from "./timeline.js";
import { openForm } from "./form.js";
import { switched } from "./people.js";

const REST_MS = 350;
const resting = new Map();
let pressedAt = -Infinity;

// The second half of a double click is not a second wish, even where the first moved another button under the mouse.
function again(event) {
  const soon = event.detail > 0 && event.timeStamp - pressedAt < REST_MS;
  if (!soon) pressedAt = event.timeStamp;
  return soon;
}

export function pressing() {
  document.addEventListener("click", (event) => {
    const toggle = event.target.closest("[data-menu]");
    if (toggle) {
      toggleMenu(toggle);
      return;
    }
    const button = event.target.closest("button[data-action]");
    if (!event.target.closest(".menu-list") || button || event.target.closest("a[download]")) closeMenus();
    if (button && !again(event)) press(button);
  });
  document.addEventListener("keydown", menuKeys);
}

async function press(button) {
  const { action, confirm, confirmLabel } = button.dataset;
  if (resting.has(action)) return;
  resting.set(action, true);
  const thread = threadOf(button);
  if (button.closest("dialog")) button.closest("dialog").close("no");
  try {
    if (confirm && !(await ask(confirm, confirmLabel))) return;
    button.setAttribute("aria-busy", "true");
    await send({ key: newKey(), action }, thread);
  } finally {
    button.removeAttribute("aria-busy");
    setTimeout(() => resting.delete(action), REST_MS);
  }
}

// Posts an action; `body` may carry a form's inputs and mask. True when it was taken.
export async function send(body, thread, { quiet = false } = {}) {
  const line = waiting(thread);
  try {
    const answer = await post("/api/press", { ...body, channel: channel(), thread, as_user: me() });
    if (answer.html) reply(answer.html, thread, line);
    else end(line);
    if (answer.form) openForm(answer.form, thread);
    return true;
  } catch (error) {
    end(line);
    if (error.status === 409) switched();
    if (quiet) throw error;
    const again = error.status === 0 || error.status >= 500 ? () => send(body, thread) : null;
    trouble(error.message, thread, again);
    return false;
  }
}

function threadOf(button) {
  const dialog = button.closest("dialog");
  if (dialog) return dialog.thread;
  const item = button.closest("[data-id]");
  if (!item) {
    const thread = button.closest(".thread");
    return thread ? Number(thread.parentElement.dataset.id) : null;
  }
  return Number(item.dataset.thread || item.dataset.id);
}

export { threadOf };

function toggleMenu(toggle) {
  const list = toggle.nextElementSibling;
  const opening = list.hidden;
  closeMenus();
  if (!opening) return;
  list.hidden = false;
  toggle.setAttribute("aria-expanded", "true");
  const box = list.getBoundingClientRect();
  list.classList.toggle("up", box.bottom > innerHeight - 8 && box.top - box.height > 60);
  list.classList.toggle("left", box.left < 8);
  $("[role=menuitem]", list)?.focus();
}

function closeMenus() {
  for (const list of $$(".menu-list:not([hidden])")) {
    list.hidden = true;
    list.previousElementSibling.setAttribute("aria-expanded", "false");
  }
}

function menuKeys(event) {
  const list = event.target.closest?.(".menu-list");
  if (!list) return;
  const items = $$("[role=menuitem]", list);
  const at = items.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
  if (to !== undefined) {
    event.preventDefault();
    items[(to + items.length) % items.length].focus();
  } else if (event.key === "Escape" || event.key === "Tab") {
    const toggle = list.previousElementSibling;
    closeMenus();
    if (event.key === "Escape") {
      event.preventDefault();
      toggle.focus();
    }
  }
}

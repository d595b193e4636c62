// Pictures large, one after another.

import { $, $$ } from "./page.js";
import { threadOf } from "./press.js";
import { heal } from "./stream.js";

let links = [];
let at = 0;

export function lighting() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-lightbox]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    links = $$("a[data-lightbox]", link.closest(".pictures"));
    const dialog = $("#lightbox");
    dialog.thread = threadOf(link);
    show(links.indexOf(link));
    dialog.showModal();
    $("[data-close]", dialog).focus();
  });
  const dialog = $("#lightbox");
  dialog.addEventListener("click", (event) => {
    const step = event.target.closest("[data-step]");
    if (step) show(at + Number(step.dataset.step));
    else if (event.target.matches("figure")) dialog.close();
  });
  dialog.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step || links.length < 2) return;
    event.preventDefault();
    show(at + step);
  });
  dialog.addEventListener("close", () => links[at]?.focus());
}

function show(index) {
  at = (index + links.length) % links.length;
  const link = links[at];
  const small = $("img", link);
  const dialog = $("#lightbox");
  const image = $("figure img", dialog);
  // The rendition is there already; the full picture takes its place when it has arrived.
  image.src = small.currentSrc || small.src;
  image.width = small.width;
  image.width = Number(small.getAttribute("width"));
  image.height = Number(small.getAttribute("height"));
  image.alt = small.alt;
  const full = new Image();
  full.addEventListener("load", () => {
    if (links[at] === link) image.src = full.src;
  });
  full.addEventListener("error", () => heal(link));
  full.src = link.href;
  const { seed, number, name, download } = link.dataset;
  $(".light-alt", dialog).textContent = link.dataset.words;
  $(".light-facts", dialog).textContent = [
    number === name || links.length < 2 ? "" : `Picture ${number} of ${links.length}`,
    name,
    `${small.getAttribute("width")} × ${small.getAttribute("height")}`,
    seed ? `seed ${seed}` : "",
  ]
    .filter(Boolean)
    .join(" · ");
  $("[data-save]", dialog).href = download;
  const quick = $(".light-quick", dialog);
  quick.replaceChildren(
    ...$$(".quick > button", link.parentElement).map((button) => {
      const copy = button.cloneNode(true);
      copy.classList.add("spelled");
      const label = $("span", copy);
      label.textContent = button.getAttribute("aria-label").startsWith("Upscale") ? "Upscale" : "Vary";
      return copy;
    }),
  );
  for (const step of $$("[data-step]", dialog)) step.hidden = links.length < 2;
}

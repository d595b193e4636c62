// The page's own facts, and the few things every part needs.

export const $ = (selector, within = document) => within.querySelector(selector);
export const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];

export const app = () => $("#app");
export const channel = () => app().dataset.channel;
export const me = () => app().dataset.me;

export function fragment(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}

export const copyOf = (id) => document.getElementById(id).content.cloneNode(true);

let clearing = 0;

export function announce(text) {
  const region = $("#announce");
  region.textContent = text;
  clearTimeout(clearing);
  clearing = setTimeout(() => {
    region.textContent = "";
  }, 8000);
}

export const motion = () =>
  matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";

// Live updates. The browser reconnects by itself; every connection begins with a comparison that heals what was missed.

import { $, $$, channel } from "./page.js";
import { get } from "./net.js";
import { compare, drop, keepingEnd, show } from "./timeline.js";

const QUIET_MS = 2000;
const AGAIN_MS = 3000;
const HEAL_MS = 60000;

let source = null;
let noticing = 0;

export function listen() {
  source?.close();
  source = new EventSource(`/api/events?channel=${encodeURIComponent(channel())}`);
  const mine = source;
  const on = (name, what) =>
    mine.addEventListener(name, (event) => mine === source && what(JSON.parse(event.data)));
  mine.addEventListener("open", () => offline(false));
  mine.addEventListener("error", () => {
    offline(true);
    // After an HTTP error the browser gives up for good.
    if (mine.readyState !== EventSource.CLOSED) return;
    setTimeout(() => mine === source && listen(), AGAIN_MS);
  });
  on("sync", sync);
  on("message", show);
  on("gone", ({ id }) => drop(id));
  on("painting", painting);
}

// Browsers allow six connections to one address: a page nobody looks at gives its own back, and catches up later.
export function sparing() {
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") listen();
    else {
      source?.close();
      source = null;
    }
  });
}

async function sync({ messages }) {
  const ids = compare(messages);
  $("#timeline").dataset.live = "true";
  if (ids.length) await fetchAnew(ids);
}

async function fetchAnew(ids) {
  const query = new URLSearchParams({ channel: channel(), ids: ids.join(",") });
  const found = await get(`/api/messages?${query}`).catch(() => ({ messages: [] }));
  found.messages.forEach(show);
}

// Links to pictures end by themselves; a page that stays open for days asks for new ones.
const healed = new Map();

export function healing() {
  document.addEventListener("error", (event) => heal(event.target), true);
}

export function heal(node) {
  const id = node.closest?.("[data-id]")?.dataset.id;
  if (!id || performance.now() - (healed.get(id) ?? -HEAL_MS) < HEAL_MS) return;
  healed.set(id, performance.now());
  fetchAnew([id]);
}

function painting({ job, fraction, preview }) {
  keepingEnd(() => draw(job, fraction, preview));
}

function draw(job, fraction, preview) {
  for (const item of $$(`[data-job="${job}"][data-tone="working"]`)) {
    const stage = $(".painting", item);
    if (!stage) continue;
    stage.hidden = false;
    const bar = $("progress", stage);
    if (fraction === null) bar.removeAttribute("value");
    else {
      const percent = Math.round(fraction * 100);
      bar.value = percent;
      $(".percent", stage).textContent = `${percent} %`;
    }
    if (preview) {
      const picture = $(".preview", stage);
      picture.src = preview;
      picture.hidden = false;
    }
  }
}

function offline(is) {
  clearTimeout(noticing);
  const note = $(".connection");
  if (!is) note.hidden = true;
  else noticing = setTimeout(() => (note.hidden = false), QUIET_MS);
}

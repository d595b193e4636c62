// Messages in their places: roots in the channel, answers beneath their root, passing lines where they were asked for.

import { $, $$, announce, copyOf, fragment, me, motion } from "./page.js";

const NEAR_END_PX = 160;
const WAITING_LONG_MS = 12000;

const list = () => $("#timeline");
const scroller = () => $("#scroll");
const nearEnd = () => {
  const box = scroller();
  return box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_END_PX;
};

export function toEnd() {
  const box = scroller();
  box.scrollTop = box.scrollHeight;
}

// Pictures know their size before they arrive, so one jump is enough unless fonts or images move things later.
export function keepingEnd(change) {
  const stay = nearEnd();
  change();
  if (shown?.isConnected) intoView(shown);
  else if (stay) toEnd();
}

// The last answer that is taller than the window. It is read from its top, and what comes after it doesn't push it away
// until the person scrolls or asks for something else.
let shown = null;

function intoView(node) {
  const tall = node.offsetHeight > scroller().clientHeight;
  shown = tall ? node : null;
  node.scrollIntoView({ block: tall ? "start" : "nearest", behavior: motion() });
}

export function reading() {
  for (const deed of ["wheel", "touchmove", "keydown", "pointerdown"]) {
    document.addEventListener(deed, () => (shown = null), { passive: true });
  }
}

const item = (id) => document.getElementById(`m-${id}`);

function localTimes(within) {
  for (const time of $$("time[datetime]", within)) {
    const at = new Date(time.getAttribute("datetime"));
    if (Number.isNaN(at.getTime())) continue;
    time.textContent = at.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
    time.title = at.toLocaleString();
  }
}

function threadOf(root) {
  let thread = $(":scope > .thread", root);
  if (!thread) {
    root.append(copyOf("thread-parts"));
    thread = $(":scope > .thread", root);
  }
  return thread;
}

function inOrder(holder, node) {
  const id = Number(node.dataset.id);
  // What is new goes to the end, but above a line that still waits for its own answer.
  const after = [...holder.children].find(
    (other) => other.hasAttribute("data-waiting") || Number(other.dataset.id) > id,
  );
  holder.insertBefore(node, after || null);
}

// Everybody can answer what everybody can see.
function opened(node) {
  if (!node.dataset.thread && !$(":scope > .private", node)) threadOf(node);
}

function place(node) {
  const root = node.dataset.thread ? item(node.dataset.thread) : null;
  inOrder(root ? threadOf(root) : list(), node);
  if (!root) opened(node);
}

export function show(message) {
  const fresh = fragment(message.html).firstElementChild;
  localTimes(fresh);
  const old = item(message.id);
  const follow = !old && fresh.dataset.asker === me() && watched(fresh);
  $(".welcome")?.setAttribute("hidden", "");
  const change = () => {
    if (old) swap(old, fresh);
    else {
      place(fresh);
      succeed(fresh);
      if (fresh.dataset.asker === me()) settle(fresh);
      fresh.classList.add("arrived");
      tell(fresh);
    }
  };
  // Whoever waits in a thread further up stays there, near the channel's end or not.
  if (follow && fresh.dataset.thread) change();
  else keepingEnd(change);
  foldable(item(message.id));
  if (follow) intoView(fresh);
}

// In a thread an answer takes the place of the line that waited for it. Were that line to go later, what lies below
// would move up while the answer is being scrolled to, and it would end up past the edge.
function succeed(fresh) {
  if (!fresh.dataset.thread || !fresh.dataset.job) return;
  for (const other of fresh.parentElement.children) {
    if (other !== fresh && other.dataset.job === fresh.dataset.job) other.remove();
  }
}

// Whether the person is looking at what waits for this answer, be it in a thread far up.
function watched(fresh) {
  const waiting = [waitingFor(fresh), ...$$(`[data-job="${fresh.dataset.job}"] > article`, list())];
  const box = scroller().getBoundingClientRect();
  return waiting.filter(Boolean).some((node) => {
    const { top, bottom } = node.getBoundingClientRect();
    return bottom > box.top && top < box.bottom;
  });
}

// Of long words only the beginning is shown; who wants the rest gets it in the same place.
function foldable(within) {
  for (const quote of $$(".quote", within)) {
    if (quote.nextElementSibling?.matches(".quote-more") || quote.scrollHeight <= quote.clientHeight + 2) continue;
    quote.after(copyOf("quote-more"));
  }
}

export function unfold(button) {
  const whole = button.previousElementSibling.classList.toggle("whole");
  button.setAttribute("aria-expanded", String(whole));
  button.textContent = whole ? "Show less" : "Show all";
}

// Only the article is exchanged: the thread beneath it, and a reply being written there, stay.
function swap(old, fresh) {
  const had = $(":scope > article", old);
  const next = $(":scope > article", fresh);
  const focused = had.contains(document.activeElement) ? document.activeElement.dataset.action : "";
  const toneBefore = old.dataset.tone;
  had.replaceWith(next);
  for (const name of ["digest", "tone", "asker"]) old.dataset[name] = fresh.dataset[name] || "";
  if (focused) $(`[data-action="${CSS.escape(focused)}"]`, next)?.focus();
  if (toneBefore !== old.dataset.tone) tell(old);
}

export function drop(id) {
  item(id)?.remove();
  if (!list().children.length) $(".welcome")?.removeAttribute("hidden");
}

function tell(node) {
  if (node.dataset.asker === me() && !node.dataset.job) return;
  const name = $(".name", node)?.textContent || "";
  const text = $(".headline-text, .text", node)?.textContent || "";
  const quote = $(".quote", node)?.textContent || "";
  announce(`${name}: ${[text, quote].filter(Boolean).join(": ").slice(0, 300)}`);
}

// The server's list of what should be here against what is: returns the ids to fetch.
export function compare(digests) {
  for (const node of $$("[data-id]", list())) {
    if (!(node.dataset.id in digests)) node.remove();
  }
  return Object.keys(digests).filter((id) => item(id)?.dataset.digest !== digests[id]);
}

export function arrange() {
  const nodes = $$(":scope > .item", list());
  nodes.forEach(opened);
  for (const node of nodes) if (node.dataset.thread && item(node.dataset.thread)) place(node);
  localTimes(list());
  foldable(list());
  toEnd();
  // Late layout (fonts, decoded pictures) may still push the end away; follow it until the person does anything.
  const follow = new ResizeObserver(() => toEnd());
  follow.observe(list());
  for (const deed of ["wheel", "pointerdown", "keydown", "touchstart"]) {
    document.addEventListener(deed, () => follow.disconnect(), { once: true, passive: true });
  }
  setTimeout(() => follow.disconnect(), 1500);
}

// --- lines that only this page shows -------------------------------------------------------------------------

function put(node, thread) {
  const root = thread ? item(thread) : null;
  const holder = root ? threadOf(root) : list();
  $(".welcome")?.setAttribute("hidden", "");
  holder.append(node);
  const line = holder.lastElementChild;
  foldable(line);
  line.scrollIntoView({ block: "nearest", behavior: motion() });
  return line;
}

export function waiting(thread) {
  const line = put(copyOf("waiting"), thread);
  line.patience = setTimeout(() => {
    $(".headline-text", line).textContent = "Still on it: the answer will appear here.";
  }, WAITING_LONG_MS);
  return line;
}

export function end(line) {
  if (!line) return;
  clearTimeout(line.patience);
  line.remove();
}

// A reply of the server takes the place of the line that waited. "Got it" goes on waiting for the message itself.
export function reply(html, thread, line) {
  const node = fragment(html).firstElementChild;
  const working = node.dataset.tone === "working";
  if (line && !line.isConnected) {
    if (working) return null;
  }
  if (working) {
    node.dataset.waiting = "";
    $("[data-dismiss]", node)?.remove();
  }
  if (line?.isConnected) {
    clearTimeout(line.patience);
    line.replaceWith(node);
    foldable(node);
    node.scrollIntoView({ block: "nearest", behavior: motion() });
  } else put(node, thread);
  tell(node);
  return node;
}

export function trouble(sentence, thread, again) {
  const node = copyOf("trouble");
  $(".headline-text", node).textContent = sentence;
  const button = $(".row .button", node);
  if (again) {
    button.hidden = false;
    button.addEventListener("click", () => {
      button.closest("[data-passing]").remove();
      again();
    });
  } else $(".rows", node).remove();
  announce(sentence);
  put(node, thread);
}

function waitingFor(fresh) {
  const near = fresh.dataset.thread ? item(fresh.dataset.thread) : list();
  return near ? $("[data-waiting]", near) : null;
}

const settle = (fresh) => end(waitingFor(fresh));

export function dismiss(node) {
  node.closest("[data-passing]")?.remove();
  if (!list().children.length) $(".welcome")?.removeAttribute("hidden");
}

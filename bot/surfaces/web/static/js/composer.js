// A box to write in: completion, history, a reference picture, sending.

import { $, $$, announce, app, channel, me } from "./page.js";
import { newKey, post, upload } from "./net.js";
import { Popup, suggest } from "./completion.js";
import { keep, typed } from "./history.js";
import { end, reply, trouble, waiting } from "./timeline.js";
import { openForm } from "./form.js";
import { switched } from "./people.js";

const PICTURES = ["image/png", "image/jpeg", "image/webp"];

export class Composer {
  constructor(form) {
    this.form = form;
    this.field = $("textarea", form);
    this.file = $("input[type=file]", form);
    this.reference = null;
    this.recalled = null;
    this.popup = new Popup($(".completion", form), this.field, (item) => this.take(item));
    this.field.addEventListener("keydown", (event) => this.key(event));
    this.field.addEventListener("input", () => this.changed());
    this.field.addEventListener("blur", () => this.popup.close());
    this.field.addEventListener("paste", (event) => this.paste(event));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    $("[data-attach]", form).addEventListener("click", () => this.file.click());
    $("[data-detach]", form).addEventListener("click", () => this.detach());
    this.file.addEventListener("change", () => {
      if (this.file.files.length) this.attach(this.file.files[0]);
      this.file.value = "";
    });
    form.composer = this;
    this.grow();
  }

  // A thread's composer carries its root's id, taken when it is opened.
  get thread() {
    return this.form.dataset.thread ? Number(this.form.dataset.thread) : null;
  }

  fill(text) {
    this.field.value = text;
    this.field.focus();
    this.field.setSelectionRange(text.length, text.length);
    this.changed({ quiet: true });
  }

  changed({ quiet = false } = {}) {
    this.grow();
    const { value, selectionStart: caret } = this.field;
    if (quiet || caret !== value.length) this.popup.close();
    else this.popup.show(suggest(value, completions()));
  }

  grow() {
    this.field.style.height = "auto";
    this.field.style.height = `${this.field.scrollHeight}px`;
    this.form.classList.toggle("filled", this.field.value.trim() !== "");
  }

  take(item) {
    const start = this.field.value.slice(0, item.from);
    this.field.value = start + item.insert;
    this.changed();
    this.field.focus();
  }

  key(event) {
    if (event.isComposing) return;
    if (this.popup.open && this.popupKey(event)) {
      event.preventDefault();
      return;
    }
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.send();
    } else if (event.key === "ArrowUp" || event.key === "ArrowDown") this.recall(event);
  }

  popupKey(event) {
    const { popup } = this;
    switch (event.key) {
      case "ArrowDown":
        popup.move(1);
        return true;
      case "ArrowUp":
        popup.move(-1);
        return true;
      case "Escape":
        popup.close();
        return true;
      case "Tab":
        if (event.shiftKey) return false;
        this.take(popup.chosen);
        return true;
      case "Enter": {
        if (event.shiftKey) return false;
        // What is already written in full is sent, not completed once more.
        const { insert, from } = popup.chosen;
        if (this.field.value.slice(from).trimEnd() === insert.trimEnd()) return false;
        this.take(popup.chosen);
        return true;
      }
      default:
        return false;
    }
  }

  recall(event) {
    const lines = typed(me());
    const { value } = this.field;
    if (!lines.length || (value !== "" && value !== this.recalled?.text)) return;
    const at = this.recalled && value !== "" ? this.recalled.at : lines.length;
    const next = at + (event.key === "ArrowUp" ? -1 : 1);
    if (next < 0) return;
    event.preventDefault();
    const text = lines[next] || "";
    this.recalled = { at: next, text };
    this.fill(text);
  }

  paste(event) {
    const picture = [...event.clipboardData.files].find((file) => file.type.startsWith("image/"));
    if (!picture) return;
    event.preventDefault();
    this.attach(picture);
  }

  async attach(file) {
    const limit = Number(app().dataset.maxPictureBytes);
    if (file.size > limit) {
      trouble(`“${file.name}” is too large: at most ${Math.floor(limit / 1048576)} MB.`, this.thread);
      return;
    }
    if (file.type && !PICTURES.includes(file.type)) {
      trouble(`“${file.name}” is no picture I can read. PNG, JPEG and WebP work.`, this.thread);
      return;
    }
    this.form.classList.add("attaching");
    try {
      const { token, view } = await upload("reference", file);
      this.reference = token;
      const box = $(".attached", this.form);
      $("img", box).src = view;
      $(".attached-name", box).textContent = file.name || "Pasted picture";
      box.hidden = false;
      if (!this.field.value.trim()) this.fill("/imagine ");
      else this.field.focus();
      announce("The reference picture is added.");
    } catch (error) {
      trouble(error.message, this.thread);
    } finally {
      this.form.classList.remove("attaching");
    }
  }

  detach() {
    this.reference = null;
    $(".attached", this.form).hidden = true;
    $(".attached img", this.form).removeAttribute("src");
    this.field.focus();
  }

  async send() {
    const text = this.field.value.trim();
    if (!text || this.form.classList.contains("attaching")) return;
    const said = { key: newKey(), text, reference: this.reference };
    this.popup.close();
    this.recalled = null;
    keep(me(), text);
    this.fill("");
    if (this.reference) this.detach();
    await deliver(said, this.thread, () => this.fill(text));
  }
}

async function deliver(said, thread, giveBack) {
  const command = said.text.startsWith("/") && !said.text.startsWith("//");
  const line = command ? waiting(thread) : null;
  try {
    const body = { ...said, channel: channel(), thread, as_user: me() };
    const answer = await post("/api/say", body);
    if (answer.html) reply(answer.html, thread, line);
    else if (answer.form) end(line);
    if (answer.form) openForm(answer.form, thread);
  } catch (error) {
    end(line);
    if (error.status === 409) switched();
    // Without an answer nobody knows whether it arrived: the same key makes sending again safe.
    const again = error.status === 0 || error.status >= 500 ? () => deliver(said, thread, giveBack) : null;
    trouble(error.message, thread, again);
    if (!again) giveBack();
  }
}

const completions = () => JSON.parse(app().dataset.completions);

export function composers(within = document) {
  for (const form of $$("form.composer", within)) if (!form.composer) new Composer(form);
}

export const mainComposer = () => $(".dock form.composer").composer;

// A dropped picture goes to the box one writes in.
export function dropping() {
  const veil = $("#drop");
  let depth = 0;
  const carries = (event) => [...(event.dataTransfer?.types || [])].includes("Files");
  const over = (is) => {
    veil.hidden = !is;
    if (!is) depth = 0;
  };
  addEventListener("dragenter", (event) => {
    if (!carries(event)) return;
    depth += 1;
    over(true);
  });
  addEventListener("dragleave", (event) => {
    if (!carries(event)) return;
    depth -= 1;
    if (depth <= 0) over(false);
  });
  addEventListener("dragover", (event) => carries(event) && event.preventDefault());
  addEventListener("drop", (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    over(false);
    const form = document.activeElement?.closest("form.composer") || $(".dock form.composer");
    if (event.dataTransfer.files.length) form.composer.attach(event.dataTransfer.files[0]);
  });
}

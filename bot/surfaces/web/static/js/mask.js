// Painting the part of a picture that is to change: white on black, in the picture's own pixels.

import { $, $$ } from "./page.js";

const STEP = 0.02;
const TINT = "rgba(255, 94, 58, 1)";

export class MaskPainter {
  constructor(box) {
    this.canvas = $("canvas", box);
    this.pen = this.canvas.getContext("2d");
    this.size = $("[data-brush-size]", box);
    this.tool = "brush";
    this.last = null;
    this.cursor = { x: this.canvas.width / 2, y: this.canvas.height / 2 };
    this.painted = false;
    const { canvas } = this;
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      this.last = this.at(event);
      this.stroke(this.last);
      event.preventDefault();
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!this.last) return;
      for (const one of event.getCoalescedEvents?.() || [event]) this.stroke(this.at(one));
    });
    for (const name of ["pointerup", "pointercancel"]) {
      canvas.addEventListener(name, () => (this.last = null));
    }
    canvas.addEventListener("keydown", (event) => this.key(event));
    for (const button of $$("[data-tool]", box)) {
      button.addEventListener("click", () => {
        this.tool = button.dataset.tool;
        for (const other of $$("[data-tool]", box)) {
          other.setAttribute("aria-pressed", String(other === button));
        }
      });
    }
    $("[data-clear]", box).addEventListener("click", () => {
      this.pen.clearRect(0, 0, canvas.width, canvas.height);
      this.painted = false;
    });
  }

  get radius() {
    return (Number(this.size.value) / 200) * Math.max(this.canvas.width, this.canvas.height);
  }

  at(event) {
    const box = this.canvas.getBoundingClientRect();
    return {
      x: ((event.clientX - box.left) / box.width) * this.canvas.width,
      y: ((event.clientY - box.top) / box.height) * this.canvas.height,
    };
  }

  stroke(to) {
    const { pen } = this;
    const from = this.last || to;
    pen.globalCompositeOperation = this.tool === "erase" ? "destination-out" : "source-over";
    pen.strokeStyle = TINT;
    pen.lineWidth = this.radius * 2;
    pen.lineCap = "round";
    pen.lineJoin = "round";
    pen.beginPath();
    pen.moveTo(from.x, from.y);
    pen.lineTo(to.x + 0.01, to.y);
    pen.stroke();
    if (this.last) this.last = to;
    if (this.tool === "brush") this.painted = true;
  }

  key(event) {
    const step = STEP * Math.max(this.canvas.width, this.canvas.height);
    const by = {
      ArrowLeft: [-step, 0],
      ArrowRight: [step, 0],
      ArrowUp: [0, -step],
      ArrowDown: [0, step],
    }[event.key];
    if (by) {
      this.cursor.x = Math.min(this.canvas.width, Math.max(0, this.cursor.x + by[0]));
      this.cursor.y = Math.min(this.canvas.height, Math.max(0, this.cursor.y + by[1]));
      if (event.shiftKey) this.stroke(this.cursor);
    } else if (event.key === " ") this.stroke(this.cursor);
    else return;
    event.preventDefault();
  }

  // Null when nothing is painted: then the whole picture may change.
  async png() {
    if (!this.painted) return null;
    const { width, height } = this.canvas;
    const pixels = this.pen.getImageData(0, 0, width, height);
    let any = false;
    for (let at = 0; at < pixels.data.length; at += 4) {
      const value = pixels.data[at + 3] > 127 ? 255 : 0;
      any ||= value === 255;
      pixels.data[at] = pixels.data[at + 1] = pixels.data[at + 2] = value;
      pixels.data[at + 3] = 255;
    }
    if (!any) return null;
    const sheet = document.createElement("canvas");
    sheet.width = width;
    sheet.height = height;
    sheet.getContext("2d").putImageData(pixels, 0, 0);
    return new Promise((done) => sheet.toBlob(done, "image/png"));
  }
}

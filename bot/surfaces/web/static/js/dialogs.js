// Dialogs close by their buttons, by Escape and by a click beside them; the focus returns to where it came from.

import { $, $$ } from "./page.js";

export function closing() {
  for (const dialog of $$("dialog")) {
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog && dialog.id !== "sheet") dialog.close("no");
      else if (event.target.closest("[data-close]")) dialog.close("no");
    });
  }
}

// Whether the person says yes.
export function ask(question, label) {
  const dialog = $("#question");
  $("#question-text").textContent = question;
  $("[data-yes] span", dialog).textContent = label;
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((answer) => {
    dialog.addEventListener("close", () => answer(dialog.returnValue === "yes"), { once: true });
  });
}

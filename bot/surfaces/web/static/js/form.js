// Forms in a dialog. What was typed stays until it was taken.

import { $, $$, fragment } from "./page.js";
import { newKey, upload } from "./net.js";
import { send } from "./press.js";
import { MaskPainter } from "./mask.js";

export function openForm(html, thread) {
  const dialog = $("#sheet");
  if (dialog.open) dialog.close("no");
  dialog.replaceChildren(fragment(html));
  const form = $("form", dialog);
  const painter = $(".mask", form) ? new MaskPainter($(".mask", form)) : null;
  const key = newKey();
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit(dialog, form, { painter, thread, key });
  });
  dialog.showModal();
  $("textarea, input:not([type=range]), select", form)?.focus();
}

async function submit(dialog, form, { painter, thread, key }) {
  const missing = $$("[required]", form).find((field) => !field.value.trim());
  if (missing) {
    const label = form.querySelector(`label[for="${missing.id}"]`).textContent.trim();
    const chosen = missing.matches("select");
    complain(form, chosen ? `Please choose an answer to “${label}”` : `“${label}” is still empty.`);
    missing.setAttribute("aria-invalid", "true");
    missing.focus();
    return;
  }
  const button = $("[type=submit]", form);
  button.disabled = true;
  try {
    const inputs = Object.fromEntries(
      $$("[name]", form).map((field) => [field.name, field.value]),
    );
    const png = await painter?.png();
    const mask = png ? (await upload("mask", png)).token : null;
    const done = send({ key, action: form.dataset.action, inputs, mask }, thread, { quiet: true });
    await done;
    if ($("form", dialog) === form) dialog.close("yes");
  } catch (error) {
    complain(form, error.message);
  } finally {
    button.disabled = false;
  }
}

function complain(form, sentence) {
  const line = $(".sheet-error", form);
  line.textContent = sentence;
  line.hidden = false;
}

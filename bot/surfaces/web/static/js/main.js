// Starts the page: what is bound to the document once, and what is made anew with its content.

import { $, copyOf } from "./page.js";
import { composers, dropping, mainComposer } from "./composer.js";
import { closing } from "./dialogs.js";
import { lighting } from "./lightbox.js";
import { moving } from "./people.js";
import { pressing } from "./press.js";
import { healing, listen, sparing } from "./stream.js";
import { arrange, dismiss, reading, unfold } from "./timeline.js";

function begin() {
  composers();
  arrange();
  listen();
  // A phone's keyboard would cover what one came to see.
  if (matchMedia("(min-width: 760px) and (hover: hover)").matches) mainComposer().field.focus();
}

document.addEventListener("click", (event) => {
  if (event.target.closest(".skip")) {
    event.preventDefault();
    mainComposer().field.focus();
  }
  const example = event.target.closest("[data-example]");
  if (example) mainComposer().fill(example.dataset.example);
  const passing = event.target.closest("[data-dismiss]");
  if (passing) dismiss(passing);
  const more = event.target.closest(".quote-more");
  if (more) unfold(more);
  const opener = event.target.closest("[data-reply]");
  if (opener) openReply(opener);
});

function openReply(opener) {
  const foot = opener.parentElement;
  let form = $("form.composer", foot);
  if (!form) {
    foot.append(copyOf("thread-composer"));
    form = $("form.composer", foot);
    form.dataset.thread = foot.closest("[data-id]").dataset.id;
    composers(foot);
  } else form.hidden = !form.hidden;
  opener.setAttribute("aria-expanded", String(!form.hidden));
  if (!form.hidden) form.composer.field.focus();
}

moving(begin);
pressing();
lighting();
closing();
dropping();
healing();
reading();
sparing();
begin();

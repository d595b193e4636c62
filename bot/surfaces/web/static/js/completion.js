// What may come next in a line: commands, flags, and what flags take. Pure but for `Popup`.

// The list scrolls; a shorter one would hide that there is more.
const VALUES_SHOWN = 60;
const TOKEN = /(?:"[^"]*"?|\S)*$/;

const quoted = (value) => (/\s/.test(value) ? `"${value}"` : value);

// Suggestions at the end of `before`, the text up to the caret: [{insert, from, label, note}].
export function suggest(before, data) {
  if (!before.startsWith("/") || before.includes("\n")) return [];
  return (
    commandsFor(before, data) ||
    argumentsFor(before, data) ||
    templatesFor(before, data) ||
    flagsFor(before, data)
  );
}

function commandsFor(before, { commands }) {
  const typed = before.toLowerCase().replace(/^\/impasto\s+/, "/");
  if (commands.some(({ name }) => typed.startsWith(`${name} `))) return null;
  return commands
    .filter(({ name }) => name.startsWith(typed))
    .map(({ name, usage, summary }) => ({
      insert: usage ? `${name} ` : name,
      from: 0,
      label: name,
      detail: usage,
      note: summary,
    }));
}

// Who, where and which values an admin word takes, while one is being typed.
function argumentsFor(before, { commands, subjects }) {
  const typed = before.toLowerCase().replace(/^\/impasto\s+/, "/");
  const command = commands.find(
    (one) => (one.takesSubject || one.arguments.length) && typed.startsWith(`${one.name} `),
  );
  if (!command) return null;
  const token = TOKEN.exec(before)[0].toLowerCase();
  const from = before.length - token.length;
  const people = command.takesSubject ? subjects.map((value) => ({ value, note: "" })) : [];
  const found = [...people, ...command.arguments].filter(
    ({ value }) => token && value.toLowerCase().startsWith(token),
  );
  if (found.length === 1 && found[0].value.toLowerCase() === token) return [];
  return found.slice(0, VALUES_SHOWN).map(({ value, note }) => ({
    insert: `${quoted(value)} `,
    from,
    label: value,
    detail: "",
    note,
  }));
}

// A template's name at the beginning of a prompt, then the variables that have no value yet.
function templatesFor(before, { templates }) {
  const line = /^\/(?:impasto\s+)?imagine\s+(template:\S*|t[a-z]*)(\s.*)?$/i.exec(before);
  if (!line || (!line[2] && !"template:".startsWith(line[1].toLowerCase().slice(0, 9)))) return null;
  const named = line[1].toLowerCase();
  if (line[2] === undefined) {
    const from = before.length - line[1].length;
    return templates
      .filter(({ name }) => name.startsWith(named))
      .slice(0, VALUES_SHOWN)
      .map(({ name, about }) => ({ insert: `${name} `, from, label: name, detail: "", note: about }));
  }
  const template = templates.find(({ name }) => name === named);
  const token = TOKEN.exec(before)[0].toLowerCase();
  if (!template || token.startsWith("-") || token.includes("=")) return null;
  const from = before.length - token.length;
  return template.values
    .filter(({ value }) => value.startsWith(token) && !line[2].toLowerCase().includes(` ${value}`))
    .map(({ value, example, note }) => ({ insert: value, from, label: value, detail: example, note }));
}

function flagsFor(before, { flags }) {
  if (!/^\/imagine\s/i.test(before)) return [];
  const token = TOKEN.exec(before)[0];
  const from = before.length - token.length;
  const previous = before.slice(0, from).trimEnd().split(/\s+/).pop();
  const flag = flags.find(({ name }) => name === previous);
  if (flag && flag.values.length && !token.startsWith("--")) {
    const bare = token.replace(/"/g, "").toLowerCase();
    const found = flag.values.filter((value) => value.toLowerCase().startsWith(bare));
    if (found.length === 1 && found[0].toLowerCase() === bare) return [];
    return found.slice(0, VALUES_SHOWN).map((value) => ({
      insert: `${quoted(value)} `,
      from,
      label: value,
      detail: "",
      note: "",
    }));
  }
  if (!/^(-|--[a-z]*|—[a-z]*)$/i.test(token)) return [];
  const typed = token.replace(/^—/, "--").toLowerCase();
  const used = new Set(before.slice(0, from).split(/\s+/));
  return flags
    .filter(({ name }) => name.startsWith(typed) && !used.has(name))
    .map(({ name, placeholder, help }) => ({
      insert: `${name} `,
      from,
      label: name,
      detail: placeholder,
      note: help,
    }));
}

let lists = 0;

// The list above a composer. The text keeps the focus; the chosen line is told by aria-activedescendant.
export class Popup {
  constructor(box, field, take) {
    this.box = box;
    this.field = field;
    this.take = take;
    this.list = box.querySelector("ul");
    this.list.id = `suggestions-${(lists += 1)}`;
    field.setAttribute("aria-controls", this.list.id);
    this.items = [];
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const line = event.target.closest("[role=option]");
      if (line) this.take(this.items[Number(line.dataset.index)]);
    });
  }

  get open() {
    return !this.box.hidden;
  }

  get chosen() {
    return this.items[this.index];
  }

  show(items) {
    this.items = items;
    this.box.hidden = !items.length;
    this.field.setAttribute("aria-expanded", String(items.length > 0));
    this.list.replaceChildren(...items.map((item, index) => this.line(item, index)));
    this.choose(0);
  }

  line(item, index) {
    const line = document.createElement("li");
    line.setAttribute("role", "option");
    line.id = `${this.list.id}-${index}`;
    line.dataset.index = String(index);
    for (const [name, text] of [
      ["option-label", item.label],
      ["option-detail", item.detail],
      ["option-note", item.note],
    ]) {
      if (!text) continue;
      const part = document.createElement("span");
      part.className = name;
      part.textContent = text;
      line.append(part);
    }
    return line;
  }

  choose(index) {
    if (!this.items.length) {
      this.field.removeAttribute("aria-activedescendant");
      return;
    }
    this.index = (index + this.items.length) % this.items.length;
    [...this.list.children].forEach((line, at) =>
      line.setAttribute("aria-selected", String(at === this.index)),
    );
    const line = this.list.children[this.index];
    line.scrollIntoView({ block: "nearest" });
    this.field.setAttribute("aria-activedescendant", line.id);
  }

  move(step) {
    this.choose(this.index + step);
  }

  close() {
    if (this.open) this.show([]);
  }
}

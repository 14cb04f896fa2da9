// The buttons over the table, the search, and what a person prefers to see.

import { count } from "./config.js";

const HEAVY = 200; // lines from which those out of sight are left out of the layout
const FINGER = matchMedia("(pointer: coarse)");
const IDENTITY_FROM = 3; // Nom and Prénom always stay

export class Toolbar {
  constructor(parts) {
    Object.assign(this, parts); // {root, config, model, selection, fill, edits, history, lines, commands, pointer, announcer}
    this.table = this.model.table;
    for (const bar of this.root.querySelectorAll("[data-tools], .grid-bar")) {
      bar.addEventListener("click", ({ target }) => this.click(target.closest("button")));
    }
    this.search = this.root.querySelector("[data-search]");
    this.search.addEventListener("input", () => this.later());
    this.search.addEventListener("keydown", ({ key }) => {
      if (key !== "Enter" && key !== "ArrowDown") return;
      this.filter(); // who types fast is ahead of it, and would write in another child's line
      if (this.model.visible.length) this.selection.cell?.focus();
    });
    this.adding = this.root.querySelector("[data-add-count]");
    this.adding.addEventListener("input", () => this.refuse(""));
    this.adding.addEventListener("keydown", ({ key }) => key === "Enter" && this.add());
    this.preference("identity", "grille.identite", matchMedia("(min-width: 62rem)").matches, (on) => this.showIdentity(on));
    this.preference("light", "grille.legere", true, () => this.lighten());
    this.root.querySelector("[data-preference=light]").closest("label").hidden = this.model.rows.length <= HEAVY;
    this.pointer.extends = (on) => (this.button("extend").ariaPressed = String(on));
    this.history.changed = () => this.refresh();
    this.refresh();
  }

  refresh() {
    this.button("undo").disabled = !this.history.done.length;
    this.button("redo").disabled = !this.history.undone.length;
  }

  button(name) {
    return this.root.querySelector(`[data-do=${name}]`);
  }

  click(button) {
    if (!button) return;
    const { code, do: name } = button.dataset;
    if (code !== undefined) this.write(code);
    else if (name) this.run(name);
    if (code !== undefined || name === "undo" || name === "redo") this.selection.cell?.focus({ preventScroll: true });
  }

  /** With a finger, one code after the other fills a child's days. */
  write(code) {
    const { row, column, size } = this.selection;
    this.fill.write(code);
    if (!code || size > 1 || !FINGER.matches || this.model.counted(row, column) !== code) return;
    const next = this.selection.columns.find((other) => other > column && this.selection.takes(row, other));
    if (next) this.selection.moveTo(row, next);
  }

  run(name) {
    const { edits, selection, history, commands } = this;
    if (name === "undo") history.undo(edits, selection);
    else if (name === "redo") history.redo(edits, selection);
    else if (name === "history") commands.history();
    else if (name === "delete") commands.deleteLines();
    else if (name === "add") this.add();
    else if (name === "extend") this.pointer.extend(!this.pointer.extending);
  }

  /** As many lines as the field says, or why not, at the field. */
  add() {
    const number = this.adding.valueAsNumber; // NaN of letters
    const { room } = this.lines;
    const fits = Number.isInteger(number) && number >= 1 && number <= room;
    this.refuse(fits ? "" : this.limit(number, room));
    if (fits) this.lines.add(number);
    else this.adding.focus();
  }

  limit(number, room) {
    const { maxLines, maxLinesMark } = this.config;
    const most = `un relevé compte au plus ${maxLines} lignes${maxLinesMark}`;
    if (!room) return `Plus de place : ${most}`;
    return `Indiquez un nombre de 1 à ${room}${number > room ? ` : ${most}` : ""}`;
  }

  refuse(message) {
    const error = this.root.querySelector("[data-add-error]");
    error.textContent = message;
    if (message) {
      this.adding.setAttribute("aria-invalid", "true");
      error.scrollIntoView({ block: "nearest", inline: "nearest" });
    } else this.adding.removeAttribute("aria-invalid");
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.filter(), 120);
  }

  /** What is out of sight is not laid out; not while searching, since hidden lines leave no room of their own. */
  lighten() {
    const wanted = this.root.querySelector("[data-preference=light]").checked && !this.search.value;
    this.table.classList.toggle("light", wanted && this.model.rows.length > HEAVY);
  }

  /** Shows the children whose names hold each word; the totals stay those of all. */
  filter() {
    clearTimeout(this.timer);
    const words = plain(this.search.value).split(" ").filter(Boolean);
    const { columnOf } = this.config;
    for (const row of this.model.rows) {
      const names = plain(`${this.model.value(row, columnOf.get("last_name"))} ${this.model.value(row, columnOf.get("first_name"))}`);
      const hidden = !words.every((word) => names.includes(word));
      if (row.tr.hidden !== hidden) row.tr.hidden = hidden;
    }
    this.lighten();
    this.model.reindex();
    this.selection.repair();
    this.edits.changed();
    const found = this.model.visible.length;
    this.root.querySelector("[data-found]").textContent = words.length ? count(found, "enfant") : "";
    if (words.length) this.announcer.say(`${count(found, "enfant")} sur ${this.model.rows.length}`);
  }

  /** Cells that are led to are in sight: not left out by the search, nor put away with the child's card. */
  reveal(cells) {
    if (cells.some(({ row }) => row.shown < 0)) {
      this.search.value = "";
      this.filter();
    }
    if (cells.some(({ column }) => this.selection.hiddenColumns.has(column))) {
      this.root.querySelector("[data-preference=identity]").checked = true;
      this.showIdentity(true); // this once: what the person prefers stays noted
    }
  }

  preference(name, key, byDefault, apply) {
    const box = this.root.querySelector(`[data-preference=${name}]`);
    box.checked = (recall(key) ?? String(byDefault)) === "true";
    box.addEventListener("change", () => {
      keep(key, String(box.checked));
      apply(box.checked);
    });
    apply(box.checked);
  }

  showIdentity(on) {
    this.table.classList.toggle("names-only", !on);
    const { config } = this;
    const hidden = [];
    for (let column = IDENTITY_FROM; column <= config.lastField; column += 1) hidden.push(column);
    this.selection.hideColumns(on ? [] : hidden);
  }
}

/** Lower case, without accents: « zoe » finds « Zoé ». */
function plain(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/\s+/gu, " ").trim();
}

function recall(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null; // storage withdrawn: the default will do
  }
}

function keep(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Not kept, which is no loss.
  }
}

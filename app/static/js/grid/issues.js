// What is to mend: refusals, conflicts, and what the server's rules say of the lines. F8 goes round them, the
// panel lists them.

import { count } from "./config.js";
import { CONFLICT } from "./model.js";

const SHOWN = 200; // entries in the panel: beyond, one mends from the top
const NARROW = matchMedia("(max-width: 61.99rem)"); // where the panel lies over the table: see grid.css

export class Issues {
  constructor({ root, model, view, totals, selection }) {
    Object.assign(this, { model, view, totals, selection });
    this.byLine = new Map(); // line id -> violations of the line alone
    this.twins = new Map(); // line id -> the violation of a child that stands in the month already
    this.panel = root.querySelector("[data-issues]");
    this.button = root.querySelector("[data-issues-toggle]");
    this.counter = root.querySelector("[data-issues-count]");
    this.list = this.panel.querySelector("ol");
    this.button.addEventListener("click", () => this.toggle());
    this.panel.querySelector("[data-close]").addEventListener("click", () => this.toggle(false));
    this.panel.addEventListener("keydown", ({ key }) => key === "Escape" && this.toggle(false));
    document.addEventListener("click", (event) => {
      const link = event.target.closest?.("a[href^='#cellule-']");
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.follow(link.hash);
    });
    this.list.addEventListener("click", ({ target }) => {
      const entry = this.entries?.[target.closest("button")?.dataset.entry];
      if (entry) this.go(entry);
    });
  }

  /** The rules' word on a line, in place of the former; a line without violations leaves the list. */
  replace(line, violations) {
    const row = this.model.byId.get(Number(line));
    if (!row) return; // of the whole month: the footer and the page show these
    if (violations.length) this.byLine.set(row.id, violations);
    else this.byLine.delete(row.id);
    this.view.mark(row, this.of(row));
  }

  /** The rules' word on children who stand there twice, {line: violation}, of the whole month; nothing without news. */
  replaceTwins(twins) {
    if (!twins) return;
    const before = [...this.twins.keys()];
    this.twins = new Map(Object.entries(twins).map(([line, violation]) => [Number(line), violation]));
    for (const id of new Set([...before, ...this.twins.keys()])) {
      const row = this.model.byId.get(id);
      if (row) this.view.mark(row, this.of(row));
    }
  }

  /** All that the rules say of a line. */
  of(row) {
    const twin = this.twins.get(row.id);
    return [...(this.byLine.get(row.id) ?? []), ...(twin ? [twin] : [])];
  }

  /** A line leaves the month: its violations, should it come back. */
  forget(row) {
    const violations = this.byLine.get(row.id);
    this.byLine.delete(row.id);
    return violations;
  }

  get size() {
    let size = this.model.troubled.size + this.totals.over.size;
    for (const violations of this.byLine.values()) size += violations.length;
    for (const id of this.twins.keys()) size += this.model.byId.has(id);
    return size;
  }

  /** All of them in reading order: {row, column, kind, message, help}. */
  collect() {
    const entries = [];
    for (const key of this.model.troubled) {
      const { row, column, status, details } = this.model.states.get(key);
      const conflict = status === CONFLICT;
      const message = conflict ? `${details.by ?? "Quelqu’un"} a changé cette cellule en même temps que vous.` : details.message;
      const help = conflict ? "Choisissez la valeur à garder." : (details.help ?? "");
      entries.push({ row, column, kind: conflict ? "conflit" : "refusé", message, help });
    }
    for (const id of new Set([...this.byLine.keys(), ...this.twins.keys()])) {
      const row = this.model.byId.get(id);
      for (const { field, days, severity, message, help } of row ? this.of(row) : []) {
        const column = this.model.config.columnOf.get(field) ?? this.model.config.columnOf.get(String(days?.[0])) ?? 1;
        entries.push({ row, column, kind: severity, message, help });
      }
    }
    for (const day of this.totals.over) {
      const taken = count(this.totals.amount(day - 1, 0), "place occupée", "places occupées");
      const message = `${taken} pour une capacité de ${this.model.config.capacity}.`;
      const column = this.model.config.firstDay + day - 1;
      const help = "Vérifiez les présences de ce jour ; si elles sont exactes, laissez-les ainsi.";
      entries.push({ row: this.model.rows[0], column, day: true, kind: "avertissement", message, help });
    }
    return entries.sort((a, b) => a.row.index - b.row.index || a.column - b.column);
  }

  /** The next entry after the active cell, going round. */
  next(step) {
    const entries = this.collect().filter(({ row }) => row.shown >= 0);
    if (!entries.length) return false;
    const { row, column } = this.selection;
    const rank = (entry) => entry.row.index - row.index || entry.column - column;
    const entry = step > 0
      ? (entries.find((candidate) => rank(candidate) > 0) ?? entries[0])
      : (entries.findLast((candidate) => rank(candidate) < 0) ?? entries.at(-1));
    this.go(entry);
    return true;
  }

  go({ row, column }) {
    if (NARROW.matches) {
      if (!this.panel.hidden) this.toggle(false, false); // the button is far above
      this.arrived();
    }
    this.reveal([{ row, column }]);
    this.selection.moveTo(row, column);
  }

  /** To the cell of a link as attendance/_findings.html writes it: « #cellule-<line>-<column> », a day of all lines without. */
  follow(hash) {
    const [, line, key] = /^#cellule-(\d*)-(\w+)$/.exec(hash) ?? [];
    if (!key) return;
    const row = line ? this.model.byId.get(Number(line)) : this.model.rows[0];
    if (row) this.go({ row, column: this.model.config.columnOf.get(key) ?? 1 });
  }

  toggle(open = this.panel.hidden, focus = true) {
    this.panel.hidden = !open;
    this.button.ariaExpanded = String(open);
    if (open) {
      this.render();
      this.panel.focus();
    } else if (focus) this.button.focus();
  }

  refresh() {
    const { size } = this;
    if (this.counter.textContent !== String(size)) this.counter.textContent = size;
    this.button.classList.toggle("has-issues", size > 0);
    if (!this.panel.hidden) this.render();
  }

  render() {
    this.entries = this.collect().slice(0, SHOWN);
    this.panel.querySelector("[data-empty]").hidden = this.entries.length > 0;
    this.list.replaceChildren(...this.entries.map((entry, index) => this.item(entry, index)));
  }

  item({ row, column, day, kind, message, help }, index) {
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.entry = index;
    const where = `${day ? "Tous les enfants" : this.model.childName(row)} – ${this.model.config.columns[column].label}`;
    button.append(text("span", `grid-kind grid-kind-${kind === "avertissement" ? "warning" : "error"}`, kind));
    button.append(text("strong", "", where), text("span", "", message), text("span", "grid-help", help));
    const item = document.createElement("li");
    item.append(button);
    return item;
  }
}

function text(name, className, content) {
  const element = document.createElement(name);
  if (className) element.className = className;
  element.textContent = content;
  return element;
}

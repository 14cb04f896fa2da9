// Writes the table: the text of a cell, its classes, the lines shown. Nothing here reads a measure of the page.

import { longDate } from "./config.js";
import { CONFLICT, QUEUED, REFUSED, SAVED, SENDING } from "./model.js";

// One letter a class: the server writes the same ones 15,500 times (see app/views/attendance_grid.py).
const DAY_CLASS = { closed: "c", out: "o", future: "f" };
const STATE_CLASS = { [QUEUED]: "q", [SENDING]: "s", [SAVED]: "k", [REFUSED]: "r", [CONFLICT]: "x" };
const CODE_CLASS = { J: "j", I: "i" };

const SAVED_MARK_MS = 4000;
const LINES_PER_BODY = 25;

export class View {
  constructor(model, totals, template) {
    this.model = model;
    this.config = model.config;
    this.table = model.table;
    this.totals = totals;
    this.template = template; // <template> of an empty line
    // The names only stick once they would scroll away: 1,000 sticky cells weigh on each frame.
    const region = this.table.parentElement;
    const stick = () => this.table.classList.toggle("scrolled", region.scrollLeft > 0);
    region.addEventListener("scroll", stick, { passive: true });
    requestAnimationFrame(stick); // a page come back to may be scrolled already
  }

  cell(row, column) {
    return row.tr.cells[column];
  }

  /** Shows the value and the state of a cell as the model has them. */
  paint(row, column) {
    const cell = this.cell(row, column);
    const text = this.model.value(row, column);
    // The fill handle stands before the text, the editor after it.
    let node = cell.firstChild;
    while (node && node.nodeType !== Node.TEXT_NODE) node = node.nextSibling;
    if (!node) {
      if (text) cell.append(text);
    } else if (node.data !== text) node.data = text;
    this.paintClass(row, column, cell, text);
  }

  paintClass(row, column, cell = this.cell(row, column), text = this.model.value(row, column)) {
    let classes = "";
    const { kind, day } = this.config.columns[column];
    if (kind === "day") {
      classes = DAY_CLASS[this.model.dayStatus(row, day)] ?? "";
      const code = CODE_CLASS[text[0]];
      if (code) classes += ` ${code}`;
    }
    const state = this.model.state(row, column);
    if (state) classes += ` ${STATE_CLASS[state.status]}`;
    if (row.marks?.has(column)) classes += row.marks.get(column) === "bloquant" ? " b" : " a";
    if (cell.classList.contains("e")) classes += " e"; // the editor's, to take away
    classes = classes.trim();
    if (cell.className !== classes) cell.className = classes;
  }

  /** Sets a value: model, cell and totals. `write` changes the model; totals follow the difference. */
  change(row, column, write) {
    const { kind, day, key } = this.config.columns[column];
    const before = kind === "day" ? this.model.counted(row, column) : "";
    write();
    if (kind === "day") this.totals.move(row, day, before, this.model.counted(row, column));
    this.paint(row, column);
    if (key === "entry_date" || key === "exit_date") {
      row.span = null;
      for (let index = this.config.firstDay; index <= this.config.lastDay; index += 1) this.paintClass(row, index);
    }
  }

  /** « Enregistré » is shown for a few seconds, then a cell without a mark means the same. */
  fadeSaved(states) {
    setTimeout(() => {
      for (const state of states) {
        if (state.status !== SAVED || this.model.state(state.row, state.column) !== state) continue;
        this.model.clear(state);
        this.paintClass(state.row, state.column);
      }
    }, SAVED_MARK_MS);
  }

  /** The marks of the server's rules on one line; `violations` as in the answers of the JSON API. */
  mark(row, violations) {
    const before = row.marks ? [...row.marks.keys()] : [];
    const marks = new Map();
    for (const { field, days = [], severity } of violations) {
      for (const key of [field, ...days.map(String)]) {
        const column = this.config.columnOf.get(key);
        if (column && marks.get(column) !== "bloquant") marks.set(column, severity);
      }
    }
    row.marks = marks.size ? marks : null;
    for (const column of new Set([...before, ...marks.keys()])) this.paintClass(row, column);
  }

  /** An empty line as the server would render it, not in the table yet. */
  emptyLine(id, version) {
    const tr = this.template.content.firstElementChild.cloneNode(true);
    tr.dataset.l = id;
    tr.dataset.v = version;
    return tr;
  }

  /** Puts a line's <tr> after that of another (null: first), opening a new <tbody> when the last is full. */
  insert(tr, previous) {
    if (previous) {
      const body = previous.tr.parentElement;
      const last = body === this.table.tBodies[this.table.tBodies.length - 1];
      if (last && previous.tr === body.lastElementChild && body.rows.length >= LINES_PER_BODY) {
        this.table.tFoot.before(document.createElement("tbody"));
        this.table.tBodies[this.table.tBodies.length - 1].append(tr);
      } else previous.tr.after(tr);
    } else {
      if (!this.table.tBodies.length) this.table.tFoot.before(document.createElement("tbody"));
      this.table.tBodies[0].prepend(tr);
    }
  }

  /** Line numbers and aria-rowindex, after lines came or went. */
  renumber() {
    const { rows } = this.model;
    for (const row of rows) {
      const number = String(row.index + 1);
      const cell = row.tr.cells[0];
      if (cell.textContent !== number) cell.textContent = number;
      row.tr.setAttribute("aria-rowindex", row.index + 2);
    }
    [...this.table.tFoot.rows].forEach((tr, index) => tr.setAttribute("aria-rowindex", rows.length + 2 + index));
    this.table.setAttribute("aria-rowcount", rows.length + 1 + this.table.tFoot.rows.length);
  }

  /** Why a day takes no code, in the words of app/rules: {message, help}; null when it takes one. */
  reason(row, column) {
    const { kind, day } = this.config.columns[column];
    const status = kind === "day" && this.model.dayStatus(row, day);
    if (!status) return null;
    const date = longDate(this.config, day);
    if (status === "closed") {
      const why = this.config.closed.get(day);
      const mend = why.startsWith("avant l’ouverture")
        ? "Si vous accueilliez déjà des enfants, écrivez au helpdesk (« AIDE ») : la date d’ouverture est à corriger."
        : "Si votre milieu d’accueil était ouvert ce jour-là, vérifiez la page « Fermetures ».";
      return { message: `Le ${date} est un jour fermé (${why}).`, help: `Laissez ce jour vide. ${mend}` };
    }
    if (status === "future") {
      return { message: `Le ${date} n’est pas encore arrivé.`, help: "Vous pourrez l’encoder à partir de ce jour-là." };
    }
    const { columnOf } = this.config;
    const entering = day < this.model.span(row)[0];
    const bound = this.model.counted(row, columnOf.get(entering ? "entry_date" : "exit_date"));
    return entering
      ? { message: `L’enfant entre le ${bound}.`, help: "Laissez ce jour vide, ou corrigez la date d’entrée." }
      : { message: `L’enfant sort le ${bound}.`, help: "Laissez ce jour vide, ou corrigez la date de sortie." };
  }
}

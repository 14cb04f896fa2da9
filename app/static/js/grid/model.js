// The month as the page knows it. The table the server rendered is the first copy: a line's cells are
// read from it when they are first asked for, so that opening 500 lines costs nothing here.

import { parseDate } from "./codes.js";

// What may stand between a typed value and the server's word that it is stored.
export const QUEUED = "queued"; // kept on this device, not sent yet
export const SENDING = "sending";
export const SAVED = "saved"; // the server has just said so; the mark goes after a few seconds
export const REFUSED = "refused";
export const CONFLICT = "conflict";

const TROUBLE = new Set([REFUSED, CONFLICT]);

export class Row {
  constructor(tr, index) {
    this.tr = tr;
    this.id = Number(tr.dataset.l);
    this.version = Number(tr.dataset.v);
    this.mark = tr.dataset.n ?? ""; // tells which NISS is stored, which the page never sees
    this.index = index; // place in the month
    this.shown = index; // place among the lines that the filter leaves, -1 when hidden
    this.values = [];
    this.marks = null; // column -> severity, from the server's rules
    this.span = null;
  }
}

export class Model {
  constructor(table, config) {
    this.table = table;
    this.config = config;
    this.rows = [];
    for (const body of table.tBodies) for (const tr of body.rows) this.rows.push(new Row(tr, this.rows.length));
    this.byId = new Map(this.rows.map((row) => [row.id, row]));
    this.visible = this.rows;
    this.states = new Map(); // cell key -> state; a cell without one shows what the server holds
    this.troubled = new Set(); // cell keys refused or in conflict
  }

  key(row, column) {
    return row.id * 64 + column;
  }

  state(row, column) {
    return this.states.get(this.key(row, column));
  }

  /** The text shown in the cell. */
  value(row, column) {
    return (row.values[column] ??= row.tr.cells[column]?.textContent.trim() ?? "");
  }

  /** What counts: a value that the server refuses is shown, not counted. */
  counted(row, column) {
    const state = this.state(row, column);
    return state && TROUBLE.has(state.status) ? state.stored : this.value(row, column);
  }

  /**
   * The state of a cell, made when it has none. `stored`: what the server last said it holds; `base`: what
   * it will hold once the queue is sent, hence the `old` of the next edit.
   */
  ensure(row, column) {
    const key = this.key(row, column);
    let state = this.states.get(key);
    if (!state) {
      const stored = this.value(row, column);
      state = { row, column, status: SAVED, stored, base: stored, edit: null };
      this.states.set(key, state);
    }
    return state;
  }

  setStatus(state, status, details = null) {
    state.status = status;
    state.details = details; // {message, help} of a refusal, {by, at} of a conflict
    const key = this.key(state.row, state.column);
    if (TROUBLE.has(status)) this.troubled.add(key);
    else this.troubled.delete(key);
  }

  clear(state) {
    const key = this.key(state.row, state.column);
    this.states.delete(key);
    this.troubled.delete(key);
  }

  setValue(row, column, text) {
    row.values[column] = text;
    const { key } = this.config.columns[column];
    if (key === "entry_date" || key === "exit_date") row.span = null;
  }

  /** First and last day of the month on which the child may have a code, as [1, 31]. */
  span(row) {
    if (row.span) return row.span;
    const { columnOf, month, days } = this.config;
    const entry = parseDate(this.counted(row, columnOf.get("entry_date")));
    const exit = parseDate(this.counted(row, columnOf.get("exit_date")));
    // The dates are wrong, which the server says of them and not of the days.
    if (entry && exit && exit < entry) return (row.span = [1, days]);
    const first = !entry || entry < `${month}-01` ? 1 : entry.startsWith(month) ? Number(entry.slice(8)) : days + 1;
    const last = !exit || exit > `${month}-31` ? days : exit.startsWith(month) ? Number(exit.slice(8)) : 0;
    return (row.span = [first, last]);
  }

  /** Why a day takes no code: "closed", "out" (not in the child's stay), "future", or "". */
  dayStatus(row, day) {
    if (this.config.closed.has(day)) return "closed";
    const [first, last] = this.span(row);
    if (day < first || day > last) return "out";
    return this.config.lastPast < day ? "future" : "";
  }

  /** The child's name as far as it is there, else "". */
  named(row) {
    const { columnOf } = this.config;
    const name = [this.value(row, columnOf.get("last_name")), this.value(row, columnOf.get("first_name"))];
    return name.filter(Boolean).join(" ");
  }

  childName(row) {
    return this.named(row) || `ligne ${row.index + 1}`;
  }

  /** Number of days of a line with something in them. */
  encoded(row) {
    let days = 0;
    for (let column = this.config.firstDay; column <= this.config.lastDay; column += 1) days += this.value(row, column) !== "";
    return days;
  }

  /** Whether anything was typed in a line. */
  holds(row) {
    for (let column = this.config.firstField; column <= this.config.lastField; column += 1) {
      if (this.value(row, column)) return true;
    }
    return this.encoded(row) > 0;
  }

  editable(column) {
    const { kind } = this.config.columns[column];
    return kind === "field" || kind === "day";
  }

  /** Numbers the lines again and recounts those shown, after a filter, an addition or a removal. */
  reindex() {
    this.visible = [];
    this.rows.forEach((row, index) => {
      row.index = index;
      row.shown = row.tr.hidden ? -1 : this.visible.push(row) - 1;
    });
  }
}

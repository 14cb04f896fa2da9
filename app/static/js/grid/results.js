// What the server, or another tab, says of cells: saved, refused, in conflict, changed by someone else.

import { CONFLICT, QUEUED, REFUSED, SAVED, SENDING } from "./model.js";
import { count } from "./config.js";

const UNDER_WAY = new Set([QUEUED, SENDING]);
const NEWS_MS = 6000; // how long a value changed by someone else stays marked

export class Results {
  constructor(parts) {
    Object.assign(this, parts); // {model, view, totals, edits, sync, history, issues, announcer, notify}
    const { sync } = parts;
    sync.addEventListener("queued", ({ detail }) => this.overlay(detail));
    sync.addEventListener("sending", ({ detail }) => this.progress(detail, QUEUED, SENDING));
    sync.addEventListener("unsent", ({ detail }) => this.progress(detail, SENDING, QUEUED));
    sync.addEventListener("results", ({ detail }) => this.settle(detail));
  }

  find({ line, field }) {
    const row = this.model.byId.get(line);
    const column = this.model.config.columnOf.get(field);
    return row && column ? { row, column } : null;
  }

  /** Shows edits that are queued but were not typed in this page: left by an earlier one, or another tab's. */
  overlay(edits) {
    for (const edit of edits) {
      const place = this.find(edit);
      if (!place) continue;
      const { row, column } = place;
      const state = this.model.ensure(row, column);
      if (edit.field === "niss") this.history.unkept(row, column);
      this.view.change(row, column, () => {
        this.model.setStatus(state, QUEUED);
        state.base = edit.new;
        state.edit = edit.key;
        this.model.setValue(row, column, edit.new);
      });
    }
    this.totals.paint();
    this.edits.changed();
  }

  /** Shows again what an earlier page was told was refused or in conflict, unless it has been settled since. */
  restore(items) {
    for (const { line, field, text, stored, status, details } of items) {
      const place = this.find({ line, field });
      const shown = place && this.model.value(place.row, place.column);
      // What waits to be sent is newer than the server's word, and older than a refusal made here.
      const newer = place && this.model.state(place.row, place.column) && !details?.local;
      const other = text === null && details.mark !== undefined && details.mark !== place?.row.mark;
      const settled = text === null ? other || shown !== (stored ?? shown) : shown === text;
      if (!place || settled || newer) {
        this.sync.release(line, field);
        continue;
      }
      const { row, column } = place;
      const state = this.model.ensure(row, column);
      this.view.change(row, column, () => {
        this.model.setStatus(state, status, details);
        if (text !== null) this.model.setValue(row, column, text);
      });
    }
    this.totals.paint();
    this.edits.changed();
  }

  progress(edits, from, to) {
    for (const edit of edits) {
      const place = this.find(edit);
      const state = place && this.model.state(place.row, place.column);
      if (state?.status !== from || state.edit !== edit.key) continue;
      this.model.setStatus(state, to);
      this.view.paintClass(place.row, place.column);
    }
    this.edits.changed();
  }

  settle({ edits, results, warnings, twins }) {
    const saved = [];
    const troubled = [];
    const dated = new Set();
    const emptied = new Set();
    let lost = 0;
    edits.forEach((edit, index) => {
      const place = this.find(edit);
      const result = results[index];
      if (!place) {
        if (result.status !== "saved") lost += 1;
        return;
      }
      const state = this.one(place, edit, result);
      if (state?.status === SAVED) saved.push(state);
      else if (state?.status === REFUSED || state?.status === CONFLICT) troubled.push({ edit, state });
      if (result.status === "saved") {
        place.row.version = Math.max(place.row.version, result.version ?? 0);
        if (!this.model.troubled.has(this.model.key(place.row, place.column))) this.sync.release(edit.line, edit.field);
        if (edit.field === "entry_date" || edit.field === "exit_date") dated.add(place.row);
        else emptied.add(place.row);
      }
    });
    this.judge(warnings, twins);
    this.totals.paint();
    this.view.fadeSaved(saved);
    this.keep(troubled);
    if (lost) this.notify(`${count(lost, "modification concernait", "modifications concernaient")} des lignes qui n’existent plus.`);
    for (const row of dated) this.edits.retry(row);
    for (const row of emptied) this.edits.retryDates(row);
    this.edits.changed();
  }

  /** One answer. Only that for the latest edit of a cell changes what is shown; answers the cell's state then. */
  one({ row, column }, edit, result) {
    const state = this.model.ensure(row, column);
    const latest = state.edit === edit.key || state.edit === null;
    row.mark = result.mark ?? row.mark;
    const refusedHere = state.details?.local;
    if (result.status === "saved") this.history.follow(row, column, edit.new, result.value);
    else if (edit.field === "niss" && (result.theirs ?? result.value)) this.history.unkept(row, column);
    this.view.change(row, column, () => {
      state.stored = (result.status === "conflict" ? result.theirs : result.value) ?? state.stored;
      if (!latest) return;
      state.base = state.stored;
      state.edit = null;
      if (refusedHere) return;
      if (result.status === "saved") {
        this.model.setStatus(state, SAVED);
        this.model.setValue(row, column, result.value);
      } else if (result.status === "conflict") this.model.setStatus(state, CONFLICT, result);
      else this.model.setStatus(state, REFUSED, result);
    });
    return latest && !refusedHere ? state : null;
  }

  /** Refusals and conflicts are said aloud, and kept on the device until a person has settled them. */
  keep(troubled) {
    if (!troubled.length) return;
    this.sync.hold(
      troubled.map(({ edit, state }) => ({
        line: edit.line,
        field: edit.field,
        text: edit.new,
        status: state.status,
        details: state.details,
      })),
    );
    const [{ state }] = troubled;
    const where = this.edits.where(state);
    if (troubled.length > 1) this.announcer.warn(`${count(troubled.length, "cellule")} à revoir. F8 mène à la suivante`);
    else if (state.status === CONFLICT) {
      this.announcer.warn(`Conflit. ${where} : ${state.details.by ?? "quelqu’un"} a mis ${state.stored || "vide"}. Entrée pour choisir`);
    } else this.announcer.warn(`Refusé. ${where} : ${state.details.message}`);
  }

  /** What the rules now say: of lines alone, {line: violations}, and of children twice, {line: violation}. */
  judge(warnings, twins) {
    for (const [line, violations] of Object.entries(warnings)) this.issues.replace(line, violations);
    this.issues.replaceTwins(twins);
  }

  /** Values that others stored: {line: {version, values: {field: display}, mark}}. What is typed here is kept. */
  remote({ lines, warnings, twins }) {
    const news = [];
    let unknown = 0;
    for (const [line, { version, values, mark = "" }] of Object.entries(lines)) {
      const row = this.model.byId.get(Number(line));
      if (!row) unknown += 1;
      // The same version again: one's own save came between, and its answer told of one cell.
      if (!row || version < row.version) continue;
      row.version = version;
      // Another NISS than before reads « présent » like the one before it: it is marked all the same.
      const niss = this.model.config.columnOf.get("niss");
      const theirs = mark !== row.mark && !UNDER_WAY.has(this.model.state(row, niss)?.status);
      if (theirs && mark && row.mark) news.push({ row, column: niss });
      if (theirs) this.history.unkept(row, niss); // to undo one's own would wipe it
      row.mark = mark;
      for (const [field, value] of Object.entries(values)) {
        const column = this.model.config.columnOf.get(field);
        if (column && this.take(row, column, value)) news.push({ row, column });
      }
    }
    this.judge(warnings, twins);
    this.totals.paint();
    this.edits.changed();
    if (news.length) this.tellNews(news);
    return unknown;
  }

  take(row, column, value) {
    const state = this.model.state(row, column);
    if (UNDER_WAY.has(state?.status)) return false; // the server will say « conflict »
    if ((state ? state.stored : this.model.value(row, column)) === value) return false;
    this.view.change(row, column, () => {
      if (state) state.stored = state.base = value;
      if (!state || state.status === SAVED) this.model.setValue(row, column, value);
    });
    return true;
  }

  tellNews(news) {
    for (const { row, column } of news) this.view.cell(row, column).classList.add("n");
    setTimeout(() => {
      for (const { row, column } of news) this.view.cell(row, column)?.classList.remove("n");
    }, NEWS_MS);
    const [{ row, column }] = news;
    const one = `${this.edits.where({ row, column })} : ${this.model.value(row, column) || "vide"}, par quelqu’un d’autre`;
    this.announcer.say(news.length === 1 ? one : `${count(news.length, "cellule changée", "cellules changées")} par quelqu’un d’autre`);
    this.edits.changed();
  }
}

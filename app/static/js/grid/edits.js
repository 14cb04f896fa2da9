// The one way a value changes, whoever asks: editor, paste, fill, palette, undo. An edit is shown at once,
// counted in the totals, noted for undo and handed to the queue; what the server then says is in results.js.

import { parseCode } from "./codes.js";
import { PRESENT, count } from "./config.js";
import { CONFLICT, QUEUED, REFUSED } from "./model.js";

let stem;
let numbered = 0;

export class Edits {
  constructor({ model, view, totals, history, sync, announcer }) {
    Object.assign(this, { model, view, totals, history, sync, announcer });
    this.readonly = model.config.readonly;
    this.held = []; // refused in the batch under way, to be kept on the device
    this.changed = () => {}; // told after each batch, for the status line and the list of what is to mend
    this.forgotten = () => {}; // told when a NISS was emptied: nothing keeps it
  }

  /**
   * Applies [{row, column, text, seen?, mark?}] as one step of undo. `soft` leaves out, instead of refusing, the days
   * that take no code: one fills a week without minding the weekend. `seen` is the value the person started
   * from, when it may have moved since; `mark` that of the NISS they started from. Returns {done, refused, skipped}.
   */
  apply(changes, { undoable = true, soft = false } = {}) {
    const summary = { done: 0, refused: 0, skipped: 0, message: "" };
    if (this.readonly) return summary;
    const edits = [];
    const steps = [];
    for (const change of changes) this.one(change, soft, summary, edits, steps);
    this.totals.paint();
    if (edits.length) this.sync.add(edits);
    if (this.held.length) this.sync.hold(this.held.splice(0));
    if (undoable && steps.length) this.history.push({ steps });
    this.tell(summary, changes);
    if (summary.forgotten) this.forgotten();
    this.changed();
    return summary;
  }

  one({ row, column, text, seen, mark = row.mark }, soft, summary, edits, steps) {
    const { kind, key } = this.model.config.columns[column];
    if ((kind !== "field" && kind !== "day") || !row.tr.isConnected) return;
    const isDay = kind === "day";
    const code = isDay ? parseCode(text) : null;
    const wanted = isDay ? (code ?? text.trim()) : text.replace(/\s+/gu, " ").trim();
    if (key === "niss" && wanted === PRESENT) return; // copied from a page: says nothing of the number
    const state = this.model.state(row, column);
    if (key === "niss" && !wanted && state?.status === REFUSED) {
      this.abandon(row, column); // what is emptied is the number that was refused, not the one that the portal holds
      return;
    }
    // What the server will hold once all that waits is sent: of a refused cell, not what is shown.
    const current = state ? state.base : this.model.value(row, column);
    const shown = this.model.value(row, column);
    if (wanted === current && seen === undefined) {
      if (state?.status === REFUSED || state?.status === CONFLICT) this.abandon(row, column);
      return;
    }
    if (isDay && wanted) {
      const reason = this.view.reason(row, column);
      if (reason && soft) {
        summary.skipped += 1;
        return;
      }
      if (reason || code === null) {
        // Typed like any other value, hence undone like any other: before the edit that came before it.
        if (wanted !== shown) steps.push({ row, column, before: shown, after: wanted });
        this.refuse(row, column, wanted, reason, summary);
        return;
      }
    }
    const before = state?.status === REFUSED && key !== "niss" ? shown : current;
    if (key === "niss") {
      // Undone, a first NISS leaves the cell empty again; one typed over another leads nowhere.
      if (current) this.history.unkept(row, column);
      steps.push({ row, column, before: current ? null : "", after: null });
      if (current && !wanted) summary.forgotten = true;
    } else steps.push({ row, column, before, after: wanted });
    edits.push(this.queue(row, column, wanted, seen, mark));
    summary.done += 1;
  }

  queue(row, column, wanted, seen, mark) {
    const state = this.model.ensure(row, column);
    const edit = {
      key: uuid(),
      line: row.id,
      field: this.model.config.columns[column].key,
      old: seen ?? state.base,
      new: wanted,
    };
    if (edit.field === "niss") edit.seen = mark;
    if (state.status === REFUSED || state.status === CONFLICT) this.sync.release(row.id, edit.field);
    this.view.change(row, column, () => {
      this.model.setStatus(state, QUEUED);
      state.base = wanted;
      state.edit = edit.key;
      this.model.setValue(row, column, wanted);
    });
    return edit;
  }

  /** Refused here, before sending: the typed text stays, what the server holds still counts. */
  refuse(row, column, text, reason, summary) {
    const { day } = this.model.config.columns[column];
    const details = reason ?? {
      message: `Le code « ${text.slice(0, 24)} » au jour ${day} n’est pas connu.`,
      help: "Utilisez P, P½, J, J½, I ou I½ (½ s’écrit aussi /2), ou laissez la case vide si l’enfant n’était pas attendu.",
    };
    const state = this.model.ensure(row, column);
    this.view.change(row, column, () => {
      this.model.setStatus(state, REFUSED, { ...details, local: true });
      this.model.setValue(row, column, text);
    });
    summary.refused += 1;
    summary.message = details.message;
    this.held.push({ line: row.id, field: String(day), text, status: REFUSED, details: state.details });
  }

  /** Gives up a value that was refused or is in conflict: back to what the server holds, or is about to. */
  async abandon(row, column) {
    const state = this.model.state(row, column);
    if (!state) return;
    this.history.forget(row, column, this.model.value(row, column));
    this.view.change(row, column, () => {
      this.model.setValue(row, column, state.base);
      if (state.edit) this.model.setStatus(state, QUEUED);
      else this.model.clear(state);
    });
    this.totals.paint();
    this.changed();
    await this.sync.release(row.id, this.model.config.columns[column].key);
  }

  /** A person's choice in a conflict: their own value is sent again over the other's, or dropped. */
  resolve(row, column, mine) {
    const state = this.model.state(row, column);
    if (state?.status !== CONFLICT) return;
    const text = this.model.value(row, column);
    this.abandon(row, column);
    if (mine) this.apply([{ row, column, text }]);
  }

  /** Sends again what was refused on a line for its dates, once these have changed. */
  retry(row) {
    const { config } = this.model;
    const changes = [];
    for (let column = config.firstDay; column <= config.lastDay; column += 1) {
      const state = this.model.state(row, column);
      if (state?.status === REFUSED && !this.view.reason(row, column) && parseCode(this.model.value(row, column)) !== null) {
        changes.push({ row, column, text: this.model.value(row, column) });
      }
    }
    if (changes.length) this.apply(changes, { undoable: false });
  }

  /** Sends again a date that was refused for the codes of some days, once these are empty. */
  retryDates(row) {
    const { columnOf, firstDay } = this.model.config;
    const freed = (state) =>
      state?.status === REFUSED && state.details.days?.length &&
      state.details.days.every((day) => !this.model.counted(row, firstDay + day - 1));
    const changes = ["entry_date", "exit_date"].map((key) => columnOf.get(key))
      .filter((column) => freed(this.model.state(row, column)))
      .map((column) => ({ row, column, text: this.model.value(row, column) }));
    if (changes.length) this.apply(changes, { undoable: false });
  }

  tell({ done, refused, skipped, message }, changes) {
    if (refused) {
      const where = changes.length === 1 ? `${this.where(changes[0])} : ` : "";
      this.announcer.warn(refused === 1 ? `Refusé. ${where}${message}` : `${count(refused, "cellule refusée", "cellules refusées")}`);
    } else if (changes.length === 1 && done) {
      this.announcer.say(`${this.where(changes[0])} : ${this.said(changes[0].row, changes[0].column)}`);
    } else if (done || skipped) {
      const left = skipped ? `, ${count(skipped, "jour laissé", "jours laissés")} de côté` : "";
      this.announcer.say(`${count(done, "cellule modifiée", "cellules modifiées")}${left}`);
    }
  }

  /** A value as it is said or written elsewhere than in its cell: never a NISS. */
  said(row, column) {
    const text = this.model.value(row, column);
    return text && this.model.config.columns[column].key === "niss" ? "le mien" : text || "vide";
  }

  where({ row, column }) {
    return `${this.model.childName(row)}, ${this.model.config.columns[column].label}`;
  }
}

/** A UUID: random once a page, then counted. 15,500 random ones at a time are felt. */
function uuid() {
  stem ??= randomUuid().slice(0, 24);
  numbered += 1;
  return stem + numbered.toString(16).padStart(12, "0");
}

/** Also where the page is not served over TLS, and crypto.randomUUID is missing. */
function randomUuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

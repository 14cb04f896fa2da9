// Lines that come and go. Unlike a cell, a line is not made offline: its number is the server's to give.

import { count } from "./config.js";
import { Row } from "./model.js";

export class Lines {
  constructor(parts) {
    Object.assign(this, parts); // {model, view, totals, selection, sync, net, history, issues, announcer, edits, ask, notify}
    this.config = this.model.config;
  }

  /** How many more lines the month takes. */
  get room() {
    return Math.max(0, this.config.maxLines - this.model.rows.length);
  }

  async add(number) {
    if (this.edits.readonly) return [];
    const answer = await this.net.post(this.config.urls.lines, { add: number });
    if (answer.kind !== "ok") {
      this.failed(answer, "d’ajouter des lignes");
      return [];
    }
    const rows = answer.body.lines.map(({ id, version }) => new Row(this.view.emptyLine(id, version), 0));
    this.place(rows.map((row, index) => ({ row, index: this.model.rows.length + index })));
    this.remember(rows, "restore", "delete");
    this.announcer.say(`${count(rows.length, "ligne ajoutée", "lignes ajoutées")}`);
    return rows;
  }

  /** Before a paste that does not fit: asks whether to add what is missing. */
  async offer(missing) {
    const room = Math.min(missing, this.room);
    if (!room || this.edits.readonly) return;
    const question = `Le bloc compte ${count(missing, "ligne")} de plus que le relevé. Ajouter ${count(room, "ligne")} ?`;
    if (await this.ask(question, "Ajouter")) await this.add(room);
  }

  /** Empty lines go at once; what holds something is asked about. */
  async remove(rows) {
    if (!rows.length || this.edits.readonly) return;
    const holding = rows.some((row) => this.model.holds(row));
    if (holding && !(await this.ask(this.doubt(rows), "Supprimer", "Garder", true))) return;
    if (!(await this.withdraw(rows))) return;
    this.remember(rows, "delete", "restore");
    this.selection.cell?.focus({ preventScroll: true });
    const back = rows.length < 2 ? "la remet" : "les remet";
    this.history.tell(`${count(rows.length, "ligne supprimée", "lignes supprimées")}. « Défaire » ${back}.`);
  }

  /** The question before lines go: which one, and how much goes with it. */
  doubt(rows) {
    const [row] = rows;
    const name = this.model.named(row);
    const one = name ? `la ligne de ${name}` : `la ligne ${row.index + 1}`;
    const which = rows.length > 1 ? `ces ${rows.length} lignes` : one;
    let days = 0;
    for (const each of rows) days += this.model.encoded(each);
    return `Supprimer ${which} (${days ? count(days, "jour encodé", "jours encodés") : "aucun jour encodé"}) ?`;
  }

  /** Deletes lines on the server, then in the page; true once done. Their pending edits are sent before. */
  async withdraw(rows) {
    const ids = rows.map(({ id }) => id);
    if (!(await this.sync.flush())) {
      this.failed({ kind: this.sync.mode === "online" ? "down" : this.sync.mode }, "de supprimer des lignes");
      return false;
    }
    const answer = await this.net.post(this.config.urls.lines, { delete: ids });
    if (answer.kind !== "ok") {
      this.failed(answer, "de supprimer des lignes");
      return false;
    }
    this.issues.replaceTwins(answer.body.twins);
    for (const row of rows) {
      row.former = row.index;
      this.totals.moveLine(row, this.model, -1);
      for (let column = 1; column < this.config.columns.length; column += 1) {
        const state = this.model.state(row, column);
        if (state) this.model.clear(state);
      }
      row.violations = this.issues.forget(row);
      row.tr.remove();
      this.model.byId.delete(row.id);
    }
    this.model.rows = this.model.rows.filter((row) => this.model.byId.has(row.id));
    this.settle();
    return true;
  }

  async bringBack(rows) {
    const answer = await this.net.post(this.config.urls.lines, { restore: rows.map(({ id }) => id) });
    if (answer.kind !== "ok") {
      this.failed(answer, "de rétablir les lignes");
      return false;
    }
    for (const { id, version } of answer.body.lines ?? []) {
      const row = rows.find((candidate) => candidate.id === id);
      if (row) row.version = version;
    }
    this.place([...rows].sort((a, b) => a.former - b.former).map((row) => ({ row, index: row.former })));
    this.issues.replaceTwins(answer.body.twins);
    for (const row of rows) this.issues.replace(row.id, row.violations ?? []);
    this.edits.changed();
    return true;
  }

  place(entries) {
    for (const { row, index } of entries) {
      this.view.insert(row.tr, this.model.rows[index - 1] ?? null);
      this.model.rows.splice(index, 0, row);
      this.model.byId.set(row.id, row);
      this.totals.moveLine(row, this.model, 1);
    }
    this.settle();
    const [{ row }] = entries;
    this.selection.moveTo(row, this.selection.columns[0]);
  }

  settle() {
    this.totals.paint();
    this.model.reindex();
    this.view.renumber();
    this.selection.repair();
    this.sync.tellLines();
    this.edits.changed();
  }

  remember(rows, did, undoes) {
    const verbs = { delete: () => this.withdraw(rows), restore: () => this.bringBack(rows) };
    this.history.push({ redo: verbs[did], undo: verbs[undoes] });
  }

  failed({ kind, message }, what) {
    if (kind === "session" || kind === "locked" || kind === "forbidden") this.sync.setMode(kind, message);
    const why = kind === "offline" ? " hors ligne" : message ? ` : ${message}` : " pour le moment : réessayez dans un instant";
    this.announcer.warn(`Impossible ${what}${why}`);
    this.notify(`Impossible ${what}${why}.`);
  }
}

// The status line, which says only what is known, and the bar above the table, which says in words what the
// active cell shows in colours.

import { count } from "./config.js";
import { CONFLICT, QUEUED, REFUSED, SAVED, SENDING } from "./model.js";

const STATES = { [QUEUED]: "En attente d’envoi", [SENDING]: "En route", [SAVED]: "Enregistré" };
const CLOCK = { hour: "2-digit", minute: "2-digit", timeZone: "Europe/Brussels" };
const QUIET_MS = 8000; // « Tout est enregistré » is not read out after each cell

export class Status {
  constructor({ root, model, view, sync, edits, issues, selection, announcer }) {
    Object.assign(this, { root, model, view, sync, edits, issues, selection, announcer });
    this.line = root.querySelector("[data-status]");
    this.text = this.line.querySelector("[data-status-text]");
    this.bar = {};
    for (const part of ["where", "value", "note"]) this.bar[part] = root.querySelector(`[data-bar-${part}]`);
    this.actions = root.querySelector("[data-bar-actions]");
    this.actions.addEventListener("click", ({ target }) => this.act(target.closest("button")?.dataset.act));
    this.spokenAt = 0;
    sync.addEventListener("status", () => this.refresh());
    setTimeout(hour, 200, 0);
    selection.addEventListener("change", () => (this.waiting ? this.refreshAll() : this.refreshBar()));
  }

  /** Once what is going on has run: a paste changes both thousands of times, a key is shown in the frame it changed. */
  refresh() {
    if (this.waiting) return;
    this.waiting = true;
    queueMicrotask(() => this.waiting && this.refreshAll());
  }

  refreshAll() {
    this.waiting = false;
    this.refreshLine();
    this.refreshBar();
    this.issues.refresh();
  }

  refreshLine() {
    const [kind, text] = this.sentence();
    write(this.text, text);
    if (this.line.dataset.status !== kind) this.line.dataset.status = kind;
    this.root.classList.toggle("is-offline", this.sync.mode === "offline" || this.sync.mode === "down");
    this.speak(kind, text);
  }

  /** [kind, sentence]: what is stored, what is not, and why. */
  sentence() {
    const { mode, pending, sending, savedAt, draftAt, store } = this.sync;
    const trouble = this.model.troubled.size;
    const waiting = `${count(pending, "modification")} en attente`;
    const apart = trouble ? `, sauf ${count(trouble, "cellule")} à revoir` : "";
    if (mode === "locked" || mode === "forbidden") return ["error", "Relevé en lecture seule : plus rien n’est envoyé"];
    if (this.edits.readonly) return ["idle", "Lecture seule"];
    if (pending) {
      const kept = store && !store.persistent ? ". Laissez cet onglet ouvert : ce navigateur ne garde rien" : "";
      if (mode === "session") return ["error", `${waiting} – session expirée${kept}`];
      if (mode === "offline") return ["offline", `${waiting} – hors ligne${kept}`];
      if (mode === "down") return ["offline", `${waiting} – le serveur ne répond pas, nouvel essai automatique${kept}`];
      if (sending) return ["busy", `Enregistrement de ${count(pending, "modification")}…`];
      return ["busy", `${waiting}${kept}`];
    }
    if (mode === "session") return ["error", "Session expirée"];
    if (mode === "offline") return ["offline", "Hors ligne : ce que vous encodez sera gardé sur cet appareil"];
    if (draftAt && !trouble) return ["ok", `Brouillon enregistré à ${hour(draftAt)}`];
    if (savedAt) {
      const at = hour(savedAt);
      return trouble ? ["warning", `Enregistré à ${at}${apart}`] : ["ok", `Tout est enregistré à ${at}`];
    }
    return trouble ? ["warning", `${count(trouble, "cellule")} à revoir`] : ["idle", "Aucune modification en attente"];
  }

  speak(kind, text) {
    const now = Date.now();
    const news = kind === "offline" || kind === "error" ? kind !== this.spoken : kind === "ok" && now - this.spokenAt > QUIET_MS;
    if (kind === "busy" || !news) {
      if (kind === "busy") this.spoken = kind;
      return;
    }
    this.spoken = kind;
    this.spokenAt = now;
    this.announcer.say(text);
  }

  refreshBar() {
    const { row, column } = this.selection;
    const state = row ? this.model.state(row, column) : null;
    this.bar.note.classList.toggle("wrong", state?.status === REFUSED);
    if (!row) {
      write(this.bar.where, "");
      write(this.bar.value, "");
      write(this.bar.note, this.model.rows.length
        ? "Aucun enfant ne correspond à la recherche."
        : "Ce relevé n’a pas encore de ligne : ajoutez-en, ou importez un classeur.");
      this.actions.replaceChildren();
      return;
    }
    const { size } = this.selection;
    write(this.bar.where, `${this.model.childName(row)} · ${this.model.config.columns[column].label}`);
    write(this.bar.value, size > 1 ? count(size, "cellule") : this.model.value(row, column) || "vide");
    const note = this.note(row, column);
    write(this.bar.note, note);
    // The active cell is described by the note only when there is one: it is read out on each move.
    const { cell } = this.selection;
    if (note) cell.setAttribute("aria-describedby", this.bar.note.id);
    else if (cell.hasAttribute("aria-describedby")) cell.removeAttribute("aria-describedby");
    this.refreshActions(state);
  }

  /** All that is to be known of a cell, in words. */
  note(row, column) {
    const state = this.model.state(row, column);
    const parts = [];
    if (state?.status === REFUSED) {
      const { message, help = "" } = state.details;
      parts.push(`Refusé : ${message} ${help} Valeur gardée par le portail : ${state.stored || "vide"}.`);
    } else if (state?.status === CONFLICT) {
      const { by, at } = state.details;
      parts.push(`Conflit : ${by ?? "quelqu’un d’autre"} a mis ${state.stored || "vide"}${at ? ` le ${at}` : ""}. Entrée pour choisir.`);
    } else {
      const reason = this.view.reason(row, column);
      if (reason) parts.push(reason.message);
      if (state) parts.push(`${this.waitingOffline(state) ? "En attente, hors ligne" : STATES[state.status]}.`);
    }
    if (row.marks?.has(column)) {
      const key = this.model.config.columns[column].key;
      for (const { field, days, message, help } of this.issues.of(row)) {
        if (field === key || days?.map(String).includes(key)) parts.push(`${message} ${help}`);
      }
    }
    return parts.join(" ");
  }

  waitingOffline({ status }) {
    return status === QUEUED && (this.sync.mode === "offline" || this.sync.mode === "down");
  }

  refreshActions(state) {
    const status = state?.status;
    const mine = state ? this.edits.said(state.row, state.column) : "";
    const wanted = status === CONFLICT
      ? [["mine", `Garder ${mine}`], ["theirs", `Prendre ${state.stored || "vide"}`]]
      : status === REFUSED ? [["abandon", "Abandonner"]] : [];
    const signature = JSON.stringify(wanted);
    if (signature === this.shownActions) return;
    this.shownActions = signature;
    this.actions.replaceChildren(...wanted.map(([act, label]) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn-sm btn-outline-secondary";
      button.dataset.act = act;
      button.textContent = label;
      return button;
    }));
  }

  act(name) {
    const { row, column } = this.selection;
    if (name === "abandon") this.edits.abandon(row, column);
    else if (name) this.edits.resolve(row, column, name === "mine");
    if (name) this.selection.cell?.focus({ preventScroll: true });
  }
}

let clock; // the first one of a page takes as long to make as all its modules: once the grid is ready, before it is needed

function hour(at) {
  clock ??= new Intl.DateTimeFormat("fr-BE", CLOCK);
  return clock.format(at);
}

/** What stands there already is not laid out again. */
function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

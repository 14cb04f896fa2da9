// The windows of the grid: native <dialog>s, which keep the focus and give it back.

import { count } from "./config.js";
import { CONFLICT } from "./model.js";
import { unsentOf } from "./store.js";

export class Dialogs {
  constructor({ root, config, model, selection, edits, sync, net }) {
    Object.assign(this, { root, config, model, selection, edits, sync, net });
    this.history = this.find("history");
    this.conflicts = this.find("conflicts");
    this.unsent = this.find("unsent");
    this.unsettled = this.find("unsettled");
    this.question = this.find("question");
    this.wire();
  }

  find(name) {
    const dialog = this.root.querySelector(`dialog[data-dialog=${name}]`);
    dialog.addEventListener("close", () => this.selection.cell?.focus({ preventScroll: true }));
    return dialog;
  }

  wire() {
    for (const button of this.root.querySelectorAll("[data-opens]")) {
      const dialog = this.root.querySelector(`dialog[data-dialog=${button.dataset.opens}]`);
      button.addEventListener("click", () => dialog.showModal()); // closed, it gives the focus back to its button
    }
    this.conflicts.addEventListener("click", ({ target }) => {
      const button = target.closest("[data-keep]");
      if (button) this.choose(button.dataset.keep === "mine", button.dataset.cell);
    });
    this.unsent.querySelector("[data-copy]").addEventListener("click", () => {
      const area = this.unsent.querySelector("textarea");
      area.select();
      navigator.clipboard?.writeText(area.value);
    });
    this.unsent.querySelector("[data-forget]").addEventListener("click", () => {
      this.sync.forget();
      this.unsent.close();
    });
  }

  /** Who changed the active cell, when, from what to what. */
  async showHistory() {
    const { row, column } = this.selection;
    if (!row || !this.model.editable(column)) return;
    const { key, label } = this.config.columns[column];
    const body = this.history.querySelector("tbody");
    const note = this.history.querySelector("[data-note]");
    this.history.querySelector("[data-where]").textContent = `${this.model.childName(row)}, ${label}`;
    body.replaceChildren();
    body.parentElement.hidden = true;
    note.textContent = "Un instant…";
    this.history.showModal();
    const { kind, body: answer } = await this.net.get(`${this.config.urls.history}?line=${row.id}&field=${key}`);
    const entries = kind === "ok" ? answer.entries : [];
    body.parentElement.hidden = !entries.length;
    const empty = {
      ok: entries.length ? "" : "Cette cellule n’a jamais été modifiée.",
      offline: "L’historique n’est pas disponible hors ligne.",
    };
    note.textContent = empty[kind] ?? "L’historique n’a pas pu être lu : réessayez dans un instant.";
    body.append(...entries.map(({ at, who, old, new: value, how }) => line(at, who, `${old || "vide"} → ${value || "vide"}`, how)));
  }

  /** Opens the choice between both values; false when the active cell is not in conflict. */
  showConflicts() {
    const { row, column } = this.selection;
    if (!row || this.model.state(row, column)?.status !== CONFLICT) return false;
    this.renderConflicts();
    this.conflicts.showModal();
    return true;
  }

  renderConflicts() {
    const body = this.conflicts.querySelector("tbody");
    const states = [...this.model.troubled].map((key) => this.model.states.get(key)).filter(({ status }) => status === CONFLICT);
    body.replaceChildren(...states.map(({ row, column, stored, details }) => {
      const tr = line(this.edits.where({ row, column }));
      const cell = this.model.key(row, column);
      tr.append(
        choice("mine", cell, `Garder ${this.edits.said(row, column)}`),
        choice("theirs", cell, `Prendre ${stored || "vide"}`, [details.by, details.at].filter(Boolean).join(", ")),
      );
      return tr;
    }));
    this.conflicts.querySelector("[data-all]").hidden = states.length < 2;
    if (!states.length) this.conflicts.close();
  }

  choose(mine, cell) {
    const keys = cell ? [Number(cell)] : [...this.model.troubled];
    for (const key of keys) {
      const { row, column } = this.model.states.get(key);
      this.edits.resolve(row, column, mine);
    }
    this.renderConflicts();
  }

  /** What could not be sent, as text that can be copied elsewhere. */
  async showUnsent() {
    await this.sync.waiting;
    const items = unsentOf(await this.sync.store.held());
    if (!items.length) return;
    this.unsent.querySelector("textarea").value = items.map((item) => this.told(item).join("\t")).join("\n");
    this.unsent.showModal();
  }

  /** Child, column and value of what is held. */
  told({ line: id, field, text }) {
    const row = this.model.byId.get(id);
    const column = this.config.columns[this.config.columnOf.get(field)];
    return [row ? this.model.childName(row) : "ligne supprimée", column?.label ?? field, text || "vide"];
  }

  /**
   * The month takes modifications again: asks what becomes of those that it refused while it did not. Put aside, the
   * question comes back with the next page; so do the values of a line that is not there any more.
   */
  settleUnsent(items) {
    if (!items.length) return;
    const { unsettled: dialog } = this;
    const number = count(items.length, "modification qui n’a pas pu être enregistrée", "modifications qui n’ont pas pu être enregistrées");
    dialog.querySelector("[data-number]").textContent = `Vous aviez ${number} : ce mois ne pouvait plus être modifié. Il peut l’être de nouveau.`;
    const places = items.map((item) => this.place(item));
    dialog.querySelector("tbody").replaceChildren(...items.map((item, index) => {
      const [child, column, text] = this.told(item);
      const { row, column: at } = places[index] ?? {};
      return line(`${child}, ${column}`, row ? this.model.value(row, at) || "vide" : "", item.field === "niss" && item.text ? "le vôtre" : text);
    }));
    dialog.querySelector("[value=send]").hidden = !places.some(Boolean);
    dialog.returnValue = "";
    dialog.showModal();
    dialog.addEventListener("close", () => this.settled(dialog.returnValue, items, places), { once: true });
  }

  place({ line: id, field, text }) {
    const row = this.model.byId.get(id);
    const column = this.config.columnOf.get(field);
    return row && column ? { row, column, text } : null;
  }

  async settled(choice, items, places) {
    if (choice === "forget") await this.sync.releaseAll(items);
    if (choice !== "send") return;
    this.edits.apply(places.filter(Boolean));
    await this.sync.waiting; // kept on the device as typed now, before it is no longer kept as unsent
    await this.sync.releaseAll(items.filter((_, index) => places[index]));
  }

  /** A yes or no question; of a `danger`, « no » is where Enter leads. `named`: what it is about, one a line. */
  ask(question, yes, no = "Annuler", danger = false, named = []) {
    const { question: dialog } = this;
    dialog.querySelector("[data-question]").textContent = question;
    const list = dialog.querySelector("[data-named]");
    list.replaceChildren(...named.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
    list.hidden = !named.length;
    const [go, stay] = ["yes", "no"].map((value) => dialog.querySelector(`[value=${value}]`));
    go.textContent = yes;
    go.className = `btn btn-sm btn-${danger ? "danger" : "success"}`;
    stay.textContent = no;
    dialog.returnValue = "";
    dialog.showModal();
    if (danger) stay.focus();
    return new Promise((resolve) => {
      dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
    });
  }
}

function line(...cells) {
  const tr = document.createElement("tr");
  for (const content of cells) tr.insertCell().textContent = content ?? "";
  return tr;
}

function choice(keep, cell, label, source = "") {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-sm btn-outline-primary";
  button.dataset.keep = keep;
  button.dataset.cell = cell;
  button.textContent = label;
  const note = document.createElement("small");
  note.textContent = source;
  const td = document.createElement("td");
  td.append(button, note);
  return td;
}

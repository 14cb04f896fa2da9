// The one input of the grid: 15,500 cells, one field. It goes into the active cell when one types or asks to edit
// and stays there, hidden, once the value is committed: taking a focused element out costs a layout of its own.

import { PRESENT } from "./config.js";
import { REFUSED } from "./model.js";

const MODES = { niss: "numeric", pfp_rate: "decimal" };

export class Editor {
  constructor({ model, view, selection, edits, announcer }) {
    Object.assign(this, { model, view, selection, edits, announcer });
    this.input = document.createElement("input");
    this.input.className = "grid-editor";
    this.input.autocomplete = "off";
    this.input.spellcheck = false;
    this.input.maxLength = 200; // what the server takes at all: beyond a field's own length it says so at the cell
    this.at = null; // {row, column, seen, replacing, mark}
    this.input.addEventListener("blur", () => this.commit());
    this.input.addEventListener("keydown", (event) => this.keydown(event));
  }

  get open() {
    return this.at !== null;
  }

  /** Opens on the active cell. `replacing`: what is typed takes the place of the value; arrows then move on. */
  start({ replacing }) {
    const { row, column } = this.selection;
    if (this.open) return; // two taps make a double click as well
    if (this.edits.readonly) {
      this.announcer.warn("Ce relevé est en lecture seule");
      return;
    }
    if (!row || !this.model.editable(column)) {
      this.announcer.warn("Cette cellule est calculée : elle ne s’encode pas");
      return;
    }
    const { key, label } = this.model.config.columns[column];
    const seen = this.model.value(row, column);
    const secret = key === "niss" && seen === PRESENT;
    this.at = { row, column, seen, replacing, mark: row.mark };
    this.input.value = replacing || secret ? "" : seen;
    this.input.placeholder = secret ? "retapez-le" : "";
    this.input.inputMode = MODES[key] ?? "text";
    this.input.ariaLabel = `${this.model.childName(row)}, ${label}`;
    const cell = this.view.cell(row, column);
    cell.classList.add("e");
    cell.append(this.input);
    this.input.focus({ preventScroll: true });
    if (!replacing) this.input.select();
  }

  /** Hides the input and answers what it held, null when it was not open. */
  close() {
    if (!this.at) return null;
    const { at } = this;
    this.at = null; // first: hiding the input fires blur
    this.view.cell(at.row, at.column).classList.remove("e");
    return { ...at, text: this.input.value };
  }

  commit({ whole = false } = {}) {
    const held = this.close();
    if (!held) return;
    const { row, column, seen, text, mark } = held;
    if (whole) {
      const changes = [];
      this.selection.each((eachRow, eachColumn) => {
        if (this.model.editable(eachColumn)) changes.push({ row: eachRow, column: eachColumn, text });
      });
      this.edits.apply(changes, { soft: changes.length > 1 });
      return;
    }
    const refused = this.model.state(row, column)?.status === REFUSED; // typed again, it is judged again
    if ((text === seen && !refused) || (!text && seen === PRESENT)) return;
    const moved = this.model.value(row, column) !== seen;
    this.edits.apply([{ row, column, text, seen: moved ? seen : undefined, mark }]);
  }

  cancel() {
    this.close();
    this.selection.cell?.focus({ preventScroll: true });
  }

  keydown(event) {
    event.stopPropagation();
    if (event.isComposing) return;
    const step = this.exit(event);
    if (!step) return;
    event.preventDefault();
    this.commit({ whole: step.whole });
    if (step.whole) this.selection.cell?.focus({ preventScroll: true });
    else if (step.tab) {
      if (!this.selection.next(step.tab)) this.selection.cell?.focus({ preventScroll: true });
    } else this.selection.step(step.down ?? 0, step.right ?? 0, false);
    this.left?.();
  }

  /** Where a key leads once the value is committed; null when the key belongs to the input. */
  exit(event) {
    const { key, shiftKey, ctrlKey, metaKey } = event;
    if (key === "Escape") {
      event.preventDefault();
      this.cancel();
      return null;
    }
    if (key === "Enter") return ctrlKey || metaKey ? { whole: true } : { down: shiftKey ? -1 : 1 };
    if (key === "Tab") return { tab: shiftKey ? -1 : 1 };
    if (!this.at.replacing || shiftKey || ctrlKey || metaKey) return null;
    if (key === "ArrowDown") return { down: 1 };
    if (key === "ArrowUp") return { down: -1 };
    if (key === "ArrowRight") return { right: 1 };
    if (key === "ArrowLeft") return { right: -1 };
    return null;
  }
}

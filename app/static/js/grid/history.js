// Undo and redo. A step is put back through the same door as any edit, hence through the save queue too.

import { count } from "./config.js";

const DEPTH = 200;

export class History {
  constructor(model, announcer) {
    this.model = model;
    this.announcer = announcer;
    this.done = [];
    this.undone = [];
    this.changed = () => {};
    this.tell = () => {}; // shows what is to be known of the last step; "" once there is a newer one
  }

  /** `entry`: {steps: [{row, column, before, after}]} or {undo(), redo()}, both of which answer a promise. */
  push(entry) {
    this.done.push(entry);
    if (this.done.length > DEPTH) this.done.shift();
    this.undone = [];
    this.tell("");
    this.changed();
  }

  /** A value was given up by other means: there is nothing left of it to undo. */
  forget(row, column, text) {
    const given = (step) => step.row === row && step.column === column && step.after === text;
    const entry = this.done.findLast(({ steps }) => steps?.some((step) => step.row === row && step.column === column));
    if (!entry?.steps.some(given)) return;
    entry.steps = entry.steps.filter((step) => !given(step));
    if (!entry.steps.length) this.done.splice(this.done.lastIndexOf(entry), 1);
    this.changed();
  }

  undo(edits, selection) {
    return this.play(this.done, this.undone, "before", "after", "undo", edits, selection);
  }

  redo(edits, selection) {
    return this.play(this.undone, this.done, "after", "before", "redo", edits, selection);
  }

  async play(from, to, wanted, expected, verb, edits, selection) {
    this.tell("");
    const entry = from.pop();
    if (!entry) {
      this.announcer.say(verb === "undo" ? "Rien à défaire" : "Rien à refaire");
      return;
    }
    if (entry.steps) this.playSteps(entry, wanted, expected, verb, edits, selection);
    else if (!(await entry[verb]())) {
      from.push(entry);
      return;
    }
    to.push(entry);
    this.changed();
  }

  playSteps({ steps }, wanted, expected, verb, edits, selection) {
    const changes = [];
    let moved = 0;
    for (const step of steps) {
      const { row, column } = step;
      // A NISS that was typed is not kept for this: it has to be typed again.
      if (step[wanted] === null) continue;
      // Someone else's value since: undoing ours is no reason to wipe theirs.
      if (step[expected] !== null && !this.same(row, column, step[expected])) moved += 1;
      else changes.push({ row, column, text: step[wanted] });
    }
    edits.apply(changes, { undoable: false });
    const first = changes.find(({ row }) => row.shown >= 0);
    const last = changes.findLast(({ row }) => row.shown >= 0);
    if (first && rectangular(changes, first, last)) selection.select(first, last);
    else if (first) selection.moveTo(first.row, first.column);
    const text = `${verb === "undo" ? "Annulé" : "Rétabli"} : ${count(changes.length, "cellule")}`;
    this.announcer.say(moved ? `${text}, ${count(moved, "modifiée", "modifiées")} entre-temps laissée en l’état` : text);
  }

  same(row, column, text) {
    return row.tr.isConnected && [this.model.value(row, column), this.model.counted(row, column)].includes(text);
  }
}

function rectangular(changes, first, last) {
  const cells = (Math.abs(last.row.shown - first.row.shown) + 1) * (Math.abs(last.column - first.column) + 1);
  return cells === changes.length;
}

// Undo and redo. A step is put back through the same door as any edit, hence through the save queue too.

import { count } from "./config.js";
import { CONFLICT } from "./model.js";

const DEPTH = 200;

export class History {
  constructor(model, announcer) {
    this.model = model;
    this.announcer = announcer;
    this.done = [];
    this.undone = [];
    this.playing = Promise.resolve();
    this.changed = () => {};
    this.reveal = () => {}; // brings out what the search hides, or is put away
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

  /** A value was given up by other means: there is nothing left of it to undo. A NISS is not kept, hence null. */
  forget(row, column, text) {
    const given = (step) => at(step, row, column) && (step.after === text || step.after === null);
    const entry = this.done.findLast(({ steps }) => steps?.some((step) => at(step, row, column)));
    if (!entry?.steps.some(given)) return;
    entry.steps = entry.steps.filter((step) => !given(step));
    if (!entry.steps.length) this.done.splice(this.done.lastIndexOf(entry), 1);
    this.changed();
  }

  /** The portal writes what was typed in its own way (« 13 » as « 13,00 »): that is what stands there from now on. */
  follow(row, column, typed, stored) {
    if (typed === stored) return;
    for (const step of this.stepsOf(row, column)) {
      if (step.before === typed) step.before = stored;
      if (step.after === typed) step.after = stored;
    }
  }

  /** A NISS was typed over another, which nothing keeps: no earlier step of that cell leads back to it. */
  unkept(row, column) {
    for (const step of this.stepsOf(row, column)) step.before = null;
  }

  stepsOf(row, column) {
    return [...this.done, ...this.undone].flatMap(({ steps = [] }) => steps.filter((step) => at(step, row, column)));
  }

  undo(edits, selection) {
    return this.play(this.done, this.undone, "before", "after", "undo", edits, selection);
  }

  redo(edits, selection) {
    return this.play(this.undone, this.done, "after", "before", "redo", edits, selection);
  }

  /** One at a time: what brings lines back waits for the portal, and a key pressed meanwhile is not lost. */
  play(...asked) {
    const next = () => this.playOne(...asked);
    return (this.playing = this.playing.then(next, next));
  }

  async playOne(from, to, wanted, expected, verb, edits, selection) {
    if (edits.readonly) {
      this.announcer.warn("Ce relevé est en lecture seule");
      return;
    }
    this.tell("");
    let entry = from.pop();
    while (entry?.steps?.every(idle)) entry = from.pop();
    if (!entry) {
      this.announcer.say(verb === "undo" ? "Rien à défaire" : "Rien à refaire");
      return;
    }
    if (entry.steps) {
      const steps = this.playSteps(entry.steps, wanted, expected, verb, edits, selection);
      if (steps.length) to.push({ steps });
    } else if (await entry[verb]()) to.push(entry);
    else from.push(entry);
    this.changed();
  }

  /** Puts back what can be, says of the rest why it stays as it is, and answers the steps played. */
  playSteps(steps, wanted, expected, verb, edits, selection) {
    // A NISS that was typed is not kept for this: it has to be typed again.
    const unkept = steps.filter((step) => step[wanted] === null);
    // Someone else's value since: undoing ours is no reason to wipe theirs.
    const same = ({ row, column, [expected]: text }) =>
      this.model.state(row, column)?.status !== CONFLICT && (text === null || this.same(row, column, text));
    const played = steps.filter((step) => step[wanted] !== null && same(step));
    const moved = steps.length - unkept.length - played.length;
    edits.apply(played.map((step) => ({ row: step.row, column: step.column, text: step[wanted] })), { undoable: false });
    this.show(played.length ? played : steps, selection);
    const [one] = played;
    const said = played.length === 1 ? `${edits.where(one)} : ${edits.said(one.row, one.column)}` : count(played.length, "cellule");
    const left = [
      unkept.length ? `Le NISS ne se ${verb === "undo" ? "défait" : "refait"} pas : retapez-le.` : "",
      moved ? `${count(moved, "cellule changée", "cellules changées")} entre-temps : laissée${moved < 2 ? "" : "s"} en l’état.` : "",
    ].filter(Boolean).join(" ");
    if (played.length) this.announcer.say(`${verb === "undo" ? "Annulé" : "Rétabli"} : ${said}`);
    if (left) this.tell(left);
    return played;
  }

  /** The active cell is one of those: their rectangle when they are one. */
  show(steps, selection) {
    const present = steps.filter(({ row }) => row.tr.isConnected);
    if (!present.length) return;
    this.reveal(present);
    const [first, last] = [present[0], present.at(-1)];
    if (rectangular(present, first, last)) selection.select(first, last);
    else selection.moveTo(first.row, first.column);
  }

  same(row, column, text) {
    return row.tr.isConnected && [this.model.value(row, column), this.model.counted(row, column)].includes(text);
  }
}

function at(step, row, column) {
  return step.row === row && step.column === column;
}

/** Typed, but it was there already in other words. */
function idle({ before, after }) {
  return before === after && after !== null;
}

function rectangular(changes, first, last) {
  const cells = (Math.abs(last.row.shown - first.row.shown) + 1) * (Math.abs(last.column - first.column) + 1);
  return cells === changes.length;
}

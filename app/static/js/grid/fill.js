// Fill: by the handle, Ctrl+D and Ctrl+R, and the palette of codes. Days that take no code are left out.

export class Fill {
  constructor({ model, selection, edits, announcer }) {
    Object.assign(this, { model, selection, edits, announcer });
  }

  /** Writes one text in the rectangle: the palette. A single cell is refused with its reason, not left out. */
  write(text) {
    const changes = [];
    this.selection.each((row, column) => {
      if (this.model.config.columns[column].kind === "day") changes.push({ row, column, text });
    });
    if (!changes.length) this.announcer.warn("Choisissez d’abord des jours : un code ne se met que dans un jour");
    else this.edits.apply(changes, { soft: changes.length > 1 });
  }

  /** Ctrl+D: the first line of the rectangle over the others; of a single line, the line above. */
  down() {
    const { top, bottom, left, right } = this.selection.rectangle;
    const source = top === bottom ? top - 1 : top;
    if (source < 0) return;
    this.spread({ top: source, bottom: source, left, right }, { top: source + 1, bottom, left, right });
  }

  /** Ctrl+R: the first column of the rectangle over the others; of a single column, the one before. */
  right() {
    const { top, bottom, left, right } = this.selection.rectangle;
    const source = left === right ? left - 1 : left;
    if (!this.model.editable(source)) return;
    this.spread({ top, bottom, left: source, right: source }, { top, bottom, left: source + 1, right });
  }

  /** Repeats the cells of one rectangle over another. */
  spread(source, target) {
    const { visible } = this.model;
    const changes = [];
    this.selection.each((row, column) => {
      const from = visible[wrap(row.shown, source.top, source.bottom)];
      const fromColumn = wrap(column, source.left, source.right);
      const { kind } = this.model.config.columns[column];
      const sameKind = kind === "day" ? this.model.config.columns[fromColumn].kind === kind : column === fromColumn;
      if (this.model.editable(column) && sameKind) changes.push({ row, column, text: this.model.counted(from, fromColumn) });
    }, target);
    this.edits.apply(changes, { soft: true });
  }

  /** Where the handle leads: the rectangle grown towards a cell, down, up or sideways, whichever is farther. */
  reach({ top, bottom, left, right }, row, column) {
    const down = row.shown > bottom ? row.shown - bottom : row.shown < top ? row.shown - top : 0;
    const across = column > right ? column - right : column < left ? column - left : 0;
    if (!down && !across) return null;
    if (Math.abs(down) >= Math.abs(across)) {
      return down > 0 ? { top: bottom + 1, bottom: bottom + down, left, right } : { top: top + down, bottom: top - 1, left, right };
    }
    return across > 0 ? { top, bottom, left: right + 1, right: right + across } : { top, bottom, left: left + across, right: left - 1 };
  }
}

function wrap(place, first, last) {
  const size = last - first + 1;
  return first + ((((place - first) % size) + size) % size);
}

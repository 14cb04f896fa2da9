// One active cell (roving tabindex) and the rectangle from the anchor to it. aria-selected is at once what a
// screen reader hears and what the style sheet colours.

export class Selection extends EventTarget {
  constructor(model, view, region) {
    super();
    this.model = model;
    this.view = view;
    this.region = region;
    this.row = model.visible[0] ?? null;
    this.column = model.config.firstField;
    this.anchor = { row: this.row, column: this.column };
    this.painted = null; // rectangle that carries aria-selected
    this.stop = this.tabStop(); // the cell with tabindex=0
    this.hiddenColumns = new Set();
    this.handle = document.createElement("span");
    this.handle.className = "grid-handle";
    this.handle.ariaHidden = "true";
    this.keepReachable();
  }

  tabStop() {
    const stop = this.model.table.querySelector("tbody [tabindex='0']");
    return stop ?? null;
  }

  get cell() {
    return this.row && this.view.cell(this.row, this.column);
  }

  /** Columns one can stand on: the line number is a handle for the mouse, hidden columns are passed over. */
  get columns() {
    this.columnList ??= this.model.config.columns
      .map((_, index) => index)
      .filter((index) => index > 0 && !this.hiddenColumns.has(index));
    return this.columnList;
  }

  hideColumns(indexes) {
    this.hiddenColumns = new Set(indexes);
    this.columnList = null;
    if (this.row && this.hiddenColumns.has(this.column)) this.moveTo(this.row, this.columns[0], { focus: false });
  }

  /** The rectangle as {top, bottom, left, right}: places in model.visible, and columns. */
  get rectangle() {
    if (!this.row) return null;
    const rows = [this.anchor.row.shown, this.row.shown].sort((a, b) => a - b);
    const columns = [this.anchor.column, this.column].sort((a, b) => a - b);
    return { top: rows[0], bottom: rows[1], left: columns[0], right: columns[1] };
  }

  get size() {
    const { top, bottom, left, right } = this.rectangle ?? { top: 0, bottom: -1, left: 0, right: 0 };
    return (bottom - top + 1) * (right - left + 1);
  }

  get rows() {
    const rectangle = this.rectangle;
    return rectangle ? this.model.visible.slice(rectangle.top, rectangle.bottom + 1) : [];
  }

  /** Makes a cell the active one; `extend` keeps the anchor, so that the rectangle grows. */
  moveTo(row, column, { extend = false, focus = true } = {}) {
    if (!row) return;
    this.row = row;
    this.column = column;
    if (!extend) this.anchor = { row, column };
    this.paint();
    const cell = this.cell;
    this.point(row, column);
    const { stop } = this;
    const held = stop !== null && stop === document.activeElement;
    cell.tabIndex = 0;
    cell.setAttribute("aria-colindex", column + 1);
    // First what is written about the cell: giving it the focus lays the page out, once.
    this.dispatchEvent(new Event("change"));
    if (focus || held) cell.focus({ preventScroll: true });
    if (focus) cell.scrollIntoView({ block: "nearest", inline: "nearest", behavior: "instant" });
    // Only now: a cell that loses its tabindex loses the focus with it.
    if (cell !== stop) {
      stop?.removeAttribute("tabindex");
      stop?.removeAttribute("aria-describedby");
      this.stop = cell;
    }
  }

  /** Marks the heading of the active cell's column and the number of its line. */
  point(row, column) {
    const marks = [this.model.table.tHead.rows[0].cells[column], row.tr.cells[0]];
    this.marks?.forEach((mark) => marks.includes(mark) || mark.classList.remove("at"));
    for (const mark of marks) mark.classList.add("at");
    this.marks = marks;
  }

  /** A rectangle from one corner to the other; the active cell is the second corner. */
  select(from, to) {
    this.anchor = from;
    this.moveTo(to.row, to.column, { extend: true });
  }

  /** Steps over the lines and columns shown; Infinity goes to the edge. */
  step(down, right, extend) {
    const { visible } = this.model;
    if (!this.row || !visible.length) return;
    const row = visible[clamp(this.row.shown + down, visible.length)];
    const { columns } = this;
    const column = columns[clamp(columns.indexOf(this.column) + right, columns.length)];
    this.moveTo(row, column, { extend });
  }

  /** The next cell in reading order that takes a value, for Tab; false when there is none. */
  next(step) {
    const { columns } = this;
    const { visible } = this.model;
    let place = columns.indexOf(this.column);
    let line = this.row.shown;
    do {
      place += step;
      if (place < 0 || place >= columns.length) {
        line += step;
        place = step > 0 ? 0 : columns.length - 1;
      }
      if (!visible[line]) return false;
    } while (this.editable && !this.takes(visible[line], columns[place]));
    this.moveTo(visible[line], columns[place]);
    return true;
  }

  /** A cell to fill in, or to mend: a total, a closed day and one outside the child's stay are neither. */
  takes(row, column) {
    const { model } = this;
    const { day } = model.config.columns[column];
    const shut = day && model.dayStatus(row, day) && !model.value(row, column);
    return model.editable(column) && (!shut || model.troubled.has(model.key(row, column)));
  }

  selectLines(extend = false) {
    if (!this.row) return;
    const from = extend ? this.anchor.row : this.row;
    const { columns } = this;
    this.select({ row: from, column: columns[0] }, { row: this.row, column: columns.at(-1) });
  }

  selectColumn() {
    const { visible } = this.model;
    if (!visible.length) return;
    this.select({ row: visible[0], column: this.column }, { row: visible.at(-1), column: this.column });
  }

  selectAll() {
    const { visible } = this.model;
    if (!visible.length) return;
    this.anchor = { row: visible[0], column: this.columns[0] };
    this.moveTo(visible.at(-1), this.columns.at(-1), { extend: true, focus: false });
    this.cell.focus({ preventScroll: true });
  }

  /** Calls back for each cell of the rectangle that is shown. */
  each(visit, rectangle = this.rectangle) {
    if (!rectangle) return;
    for (let line = rectangle.top; line <= rectangle.bottom; line += 1) {
      for (let column = rectangle.left; column <= rectangle.right; column += 1) {
        if (!this.hiddenColumns.has(column)) visit(this.model.visible[line], column);
      }
    }
  }

  /** After a filter, an addition or a removal: the active cell may be gone. */
  repair() {
    const { visible } = this.model;
    this.keepReachable();
    this.unpaint();
    const gone = !this.row || this.row.shown < 0 || !this.row.tr.isConnected;
    if (gone) {
      this.stop?.removeAttribute("tabindex");
      this.stop = null;
      this.row = null;
      const row = visible[0];
      if (row) this.moveTo(row, this.columns.includes(this.column) ? this.column : this.columns[0], { focus: false });
    } else this.moveTo(this.row, this.column, { focus: false });
  }

  /** Without a cell to stand on, the region itself can be reached and scrolled with the keyboard. */
  keepReachable() {
    if (this.model.visible.length) this.region.removeAttribute("tabindex");
    else this.region.tabIndex = 0;
  }

  paint() {
    const { size } = this;
    const next = size > 1 ? { ...this.rectangle, rows: this.rows } : null;
    const before = this.painted;
    if (before) sweep(before, next, (cell) => cell.removeAttribute("aria-selected"));
    if (next) sweep(next, before, (cell) => cell.setAttribute("aria-selected", "true"));
    this.painted = next;
    this.paintHandle();
  }

  /** The fill handle stands in the last cell of the rectangle, before its text: it floats. */
  paintHandle() {
    const { bottom, right } = this.rectangle ?? {};
    const holder = this.editable && this.row ? this.view.cell(this.model.visible[bottom], right) : null;
    if (holder === this.holder) return;
    this.holder = holder;
    if (holder) holder.prepend(this.handle);
    else this.handle.remove();
  }

  unpaint() {
    if (this.painted) sweep(this.painted, null, (cell) => cell.removeAttribute("aria-selected"));
    this.painted = null;
  }
}

/** Calls back for the cells of a painted rectangle that are not in another: only the difference is touched. */
function sweep(painted, other, visit) {
  painted.rows.forEach((row, index) => {
    const line = painted.top + index;
    const inside = other && line >= other.top && line <= other.bottom && other.rows[line - other.top] === row;
    for (let column = painted.left; column <= painted.right; column += 1) {
      if (!inside || column < other.left || column > other.right) visit(row.tr.cells[column]);
    }
  });
}

function clamp(value, length) {
  return Math.max(0, Math.min(length - 1, value));
}

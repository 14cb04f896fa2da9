// Mouse, pen and finger. A mouse drags a rectangle or the fill handle; a finger scrolls, and taps: on a cell
// to stand on it, again to edit it. « Étendre » makes taps grow the rectangle, for who has no Shift key.

const EDGE = 28; // pixels from the border of the region within which a drag scrolls it

export class Pointer {
  constructor({ table, region, model, selection, editor, fill, edits }) {
    Object.assign(this, { table, region, model, selection, editor, fill, edits });
    this.extending = false; // the next tap grows the rectangle
    this.drag = null;
    this.preview = [];
    table.addEventListener("pointerdown", (event) => this.down(event));
    table.addEventListener("click", (event) => this.click(event));
    table.addEventListener("dblclick", (event) => this.place(event.target) && this.editor.start({ replacing: false }));
    table.addEventListener("pointerover", (event) => this.hint(event.target));
    this.move = this.move.bind(this);
    this.up = this.up.bind(this);
  }

  /** The line and column under an element; null outside the lines. */
  place(target) {
    const cell = target.closest?.("td,th");
    const row = cell && this.model.byId.get(Number(cell.parentElement.dataset.l));
    return row ? { row, column: cell.cellIndex } : null;
  }

  down(event) {
    if (event.button !== 0 || event.pointerType === "touch" || event.target === this.editor.input) return;
    const place = this.place(event.target);
    if (!place) return;
    event.preventDefault(); // no text selection; focus is ours to place
    if (event.target === this.selection.handle) this.drag = { source: this.selection.rectangle, target: null };
    else {
      this.stand(place, event.shiftKey);
      this.drag = { source: null };
    }
    this.listen(true);
  }

  /** A finger: touch has no pointerdown of its own, so as not to hinder scrolling. */
  click(event) {
    if (event.pointerType !== "touch") return;
    const place = this.place(event.target);
    if (!place) return;
    const { row, column } = this.selection;
    if (place.row === row && place.column === column && !this.extending) this.editor.start({ replacing: false });
    else this.stand(place, this.extending);
    if (this.extending) this.extend(false); // left on, the next code would go over a whole block
  }

  /** Whether the next tap grows the rectangle, once. */
  extend(on) {
    this.extending = on;
    this.extends?.(on);
  }

  stand({ row, column }, extend) {
    if (this.editor.open) this.editor.commit();
    if (column > 0) this.selection.moveTo(row, column, { extend });
    else {
      if (!extend) this.selection.moveTo(row, this.selection.columns[0]);
      else this.selection.row = row;
      this.selection.selectLines(extend);
    }
  }

  listen(on) {
    const change = on ? document.addEventListener : document.removeEventListener;
    change.call(document, "pointermove", this.move);
    change.call(document, "pointerup", this.up);
    change.call(document, "pointercancel", this.up);
    if (!on) cancelAnimationFrame(this.frame);
  }

  move(event) {
    this.last = { x: event.clientX, y: event.clientY };
    this.over(event.target);
    if (!this.box) this.box = this.region.getBoundingClientRect(); // once a drag
    const { x, y } = this.last;
    this.speed = { x: pull(x, this.box.left, this.box.right), y: pull(y, this.box.top, this.box.bottom) };
    if ((this.speed.x || this.speed.y) && !this.scrolling) this.scroll();
  }

  scroll() {
    this.scrolling = true;
    this.frame = requestAnimationFrame(() => {
      this.scrolling = false;
      if (!this.drag || (!this.speed.x && !this.speed.y)) return;
      this.region.scrollBy(this.speed.x, this.speed.y);
      const x = Math.min(Math.max(this.last.x, this.box.left + 2), this.box.right - 2);
      const y = Math.min(Math.max(this.last.y, this.box.top + 2), this.box.bottom - 2);
      this.over(document.elementFromPoint(x, y));
      this.scroll();
    });
  }

  over(target) {
    const place = target && this.place(target);
    if (!place || !this.drag) return;
    if (this.drag.source) this.show((this.drag.target = this.fill.reach(this.drag.source, place.row, place.column)));
    else if (place.column > 0 && (place.row !== this.selection.row || place.column !== this.selection.column)) {
      this.selection.moveTo(place.row, place.column, { extend: true, focus: false });
    }
  }

  up() {
    const { source, target } = this.drag;
    this.drag = null;
    this.box = null;
    this.listen(false);
    this.show(null);
    if (source && target) {
      this.fill.spread(source, target);
      const { visible } = this.model;
      this.selection.select(
        { row: visible[Math.max(source.bottom, target.bottom)], column: Math.max(source.right, target.right) },
        { row: visible[Math.min(source.top, target.top)], column: Math.min(source.left, target.left) },
      );
    }
    this.selection.cell?.focus({ preventScroll: true });
  }

  /** The cells that the handle would fill. */
  show(rectangle) {
    for (const cell of this.preview) cell.classList.remove("fill");
    this.preview = [];
    this.selection.each((row, column) => this.preview.push(row.tr.cells[column]), rectangle);
    for (const cell of this.preview) cell.classList.add("fill");
  }

  /** The reason of a greyed day as a tooltip, written when the pointer first comes over it. */
  hint(target) {
    const place = this.place(target);
    if (place) this.explain?.(place.row, place.column);
  }
}

function pull(at, low, high) {
  if (at < low + EDGE) return -12;
  return at > high - EDGE ? 12 : 0;
}

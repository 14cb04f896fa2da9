// Totals per child, per day and of the month, kept by difference: an edited cell moves a few counters, never
// a recount. Mirrors app/rules (codes.totals, attendance.occupancy); the server rendered the first figures.

import { SHOWN_CODES } from "./config.js";

const RANK = new Map(SHOWN_CODES.map((code, index) => [code, index]));

export class Totals {
  constructor(config, table, root) {
    this.config = config;
    this.month = [...config.totals];
    this.days = config.byDay.map((counts) => [...counts]); // [day - 1][rank]
    this.footer = [...table.tFoot.rows]; // presences, justified, unjustified
    this.figures = [...root.querySelectorAll("[data-total]")];
    this.rate = root.querySelector("[data-occupancy]");
    this.capacity = root.querySelector("[data-over]");
    this.firstTotal = config.lastDay + 1;
    this.dirtyRows = new Map(); // row -> differences of its six totals
    this.dirtyDays = new Set();
    this.over = new Set();
    this.markCapacity(this.days.keys());
  }

  /** One cell counted as `before` now counts as `after`. Call paint() once the batch is done. */
  move(row, day, before, after) {
    if (before === after) return;
    let differences = this.dirtyRows.get(row);
    if (!differences) this.dirtyRows.set(row, (differences = [0, 0, 0, 0, 0, 0]));
    this.shift(RANK.get(before), day, -1, differences);
    this.shift(RANK.get(after), day, 1, differences);
    this.dirtyDays.add(day - 1);
  }

  /** A whole line leaves (-1) or joins (+1) the month. */
  moveLine(row, model, step) {
    for (let day = 1; day <= this.config.days; day += 1) {
      const rank = RANK.get(model.counted(row, this.config.firstDay + day - 1));
      if (rank !== undefined) this.shift(rank, day, step, null);
      this.dirtyDays.add(day - 1);
    }
  }

  shift(rank, day, step, differences) {
    if (rank === undefined) return; // blank
    this.month[rank] += step;
    this.days[day - 1][rank] += step;
    if (differences) differences[rank] += step;
  }

  paint() {
    for (const [row, differences] of this.dirtyRows) {
      differences.forEach((difference, rank) => {
        if (!difference) return;
        const cell = row.tr.cells[this.firstTotal + rank];
        const total = Number(cell.textContent || 0) + difference;
        cell.textContent = total || "";
      });
    }
    this.dirtyRows.clear();
    if (!this.dirtyDays.size) return;
    for (const index of this.dirtyDays) {
      this.footer.forEach((tr, kind) => {
        const amount = this.amount(index, kind);
        tr.cells[this.config.firstDay + index - this.footerOffset].textContent = amount ? this.text(amount) : "";
      });
    }
    this.markCapacity(this.dirtyDays);
    this.dirtyDays.clear();
    this.paintMonth();
  }

  /** The header of a footer line spans the number and the fields. */
  get footerOffset() {
    return this.config.firstDay - 1;
  }

  /** Days (in half days) of presences (0), justified (1) or unjustified (2) absences on a day. */
  amount(index, kind) {
    const counts = this.days[index];
    return counts[2 * kind] + counts[2 * kind + 1] / 2;
  }

  text(amount) {
    return String(amount).replace(".", ","); // whole days and half days
  }

  paintMonth() {
    const cells = this.footer[0].cells;
    this.month.forEach((total, rank) => {
      this.figures[rank].textContent = total;
      cells[cells.length - SHOWN_CODES.length + rank].textContent = total || "";
    });
    if (this.rate) this.rate.textContent = this.occupancy();
  }

  /** Share of the places of the opening days that is taken, justified absences counted when the rule says so. */
  occupancy() {
    const { capacity, days, closed, justified } = this.config;
    const places = (capacity ?? 0) * (days - closed.size);
    if (!places) return "–";
    let taken = 0;
    for (let index = 0; index < days; index += 1) {
      if (!closed.has(index + 1)) taken += this.amount(index, 0) + (justified ? this.amount(index, 1) : 0);
    }
    return `${((100 * taken) / places).toFixed(1).replace(".", ",")}\u00a0%`;
  }

  /** Marks the days on which more places are taken than there are: half a day is half a place. */
  markCapacity(indexes) {
    const { capacity } = this.config;
    if (!capacity) return;
    for (const index of indexes) {
      const over = this.amount(index, 0) > capacity;
      if (over) this.over.add(index + 1);
      else this.over.delete(index + 1);
      this.footer[0].cells[this.config.firstDay + index - this.footerOffset].classList.toggle("over", over);
    }
  }
}

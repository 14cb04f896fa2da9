// Copy and paste with a spreadsheet, both ways: lines of tab-separated values, quoted where Excel quotes them.

import { PRESENT, count } from "./config.js";

// Excel would take such a text for a formula; the apostrophe says that it is one no more than it looks.
const FORMULA = /^[=+@-]/;
const QUOTED_FORMULA = /^'(?=[=+@-])/;

/** Cells of a block of tab-separated values. A cell that begins with a quote may hold tabs and line ends. */
function parseBlock(text) {
  const lines = [];
  let line = [];
  let at = 0;
  const end = text.length;
  while (at <= end) {
    const quoted = text[at] === '"' ? quotedCell(text, at) : null;
    let cell;
    if (quoted) [cell, at] = quoted;
    else {
      const start = at;
      while (at < end && text[at] !== "\t" && text[at] !== "\n" && text[at] !== "\r") at += 1;
      cell = text.slice(start, at);
    }
    line.push(cell.replace(/\s+/gu, " ").trim().replace(QUOTED_FORMULA, ""));
    if (text[at] === "\t") {
      at += 1;
      continue;
    }
    lines.push(line);
    line = [];
    if (at >= end) break;
    at += text[at] === "\r" && text[at + 1] === "\n" ? 2 : 1;
    if (at >= end) break; // Excel ends its last line
  }
  return lines;
}

/** [content, place after the closing quote], null when the quote is only a character of the cell. */
function quotedCell(text, start) {
  let at = start + 1;
  for (;;) {
    const close = text.indexOf('"', at);
    if (close < 0) return null;
    if (text[close + 1] === '"') {
      at = close + 2;
      continue;
    }
    const after = text[close + 1];
    if (after !== undefined && !"\t\r\n".includes(after)) return null;
    return [text.slice(start + 1, close).replaceAll('""', '"'), close + 1];
  }
}

function formatBlock(lines) {
  return lines.map((line) => line.map((cell) => (FORMULA.test(cell) ? `'${cell}` : cell)).join("\t")).join("\r\n");
}

export class Clipboard {
  constructor({ root, model, selection, edits, editor, announcer, lines }) {
    Object.assign(this, { model, selection, edits, editor, announcer, lines });
    root.addEventListener("copy", (event) => this.copy(event));
    root.addEventListener("cut", (event) => this.copy(event) && this.clear(true));
    root.addEventListener("paste", (event) => this.paste(event));
  }

  concerns(event) {
    return !this.editor.open && this.model.table.contains(event.target) && this.selection.row;
  }

  copy(event) {
    if (!this.concerns(event)) return false;
    const lines = [];
    let last = null;
    this.selection.each((row, column) => {
      if (row !== last) lines.push([]);
      last = row;
      lines.at(-1).push(this.model.value(row, column));
    });
    event.clipboardData.setData("text/plain", formatBlock(lines));
    event.preventDefault();
    this.announcer.say(`${count(this.selection.size, "cellule copiée", "cellules copiées")}`);
    return true;
  }

  /** Empties the rectangle. A NISS the page cannot put back is only cleared when it is asked for alone. */
  clear() {
    const changes = [];
    const alone = this.selection.size === 1;
    this.selection.each((row, column) => {
      const text = this.model.value(row, column);
      if (this.model.editable(column) && text && (alone || text !== PRESENT)) changes.push({ row, column, text: "" });
    });
    this.edits.apply(changes);
  }

  paste(event) {
    if (!this.concerns(event)) return;
    event.preventDefault();
    const text = event.clipboardData.getData("text/plain");
    if (!text) return;
    if (this.edits.readonly) {
      this.announcer.warn("Ce relevé est en lecture seule");
      return;
    }
    this.put(parseBlock(text));
  }

  /** Writes a block at the top left of the rectangle, repeated over it when it fits a whole number of times. */
  async put(block) {
    const { top, bottom, left, right } = this.selection.rectangle;
    const width = Math.max(...block.map((line) => line.length));
    const columns = this.selection.columns.filter((column) => column >= left);
    const chosen = columns.filter((column) => column <= right).length;
    const down = times(bottom - top + 1, block.length);
    const across = times(chosen, width);
    const missing = top + block.length * down - this.model.visible.length;
    if (missing > 0) await this.lines.offer(missing);
    const changes = [];
    let lost = Math.max(0, top + block.length * down - this.model.visible.length);
    for (let line = 0; line < block.length * down; line += 1) {
      const row = this.model.visible[top + line];
      if (!row) break;
      const cells = block[line % block.length];
      for (let place = 0; place < width * across; place += 1) {
        const column = columns[place];
        const cell = cells[place % width];
        if (cell !== undefined && column !== undefined && this.model.editable(column)) changes.push({ row, column, text: cell });
      }
    }
    const result = this.edits.apply(changes);
    const bottomRow = this.model.visible[Math.min(top + block.length * down, this.model.visible.length) - 1];
    const rightColumn = columns[Math.min(width * across, columns.length) - 1];
    this.selection.select({ row: bottomRow, column: rightColumn }, { row: this.model.visible[top], column: left });
    lost = lost ? `. ${count(lost, "ligne du bloc ne tient pas", "lignes du bloc ne tiennent pas")} dans le relevé` : "";
    if (lost || changes.length > 1) {
      const refused = result.refused ? `, ${count(result.refused, "refusée", "refusées")}` : "";
      this.announcer.say(`${count(changes.length, "cellule collée", "cellules collées")}${refused}${lost}`);
    }
  }
}

function times(room, size) {
  return room >= size && room % size === 0 ? room / size : 1;
}

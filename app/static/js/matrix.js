// The matrix of rights by keyboard: arrows go from box to box, only one box is a stop of the Tab key.

const boxes = new Map();
const body = document.querySelector(".matrix");
const rows = body ? [...body.rows] : [];

rows.forEach((row, y) => {
  [...row.querySelectorAll("input[type=checkbox]")].forEach((box, x) => {
    boxes.set(box, [x, y]);
    box.tabIndex = -1;
  });
});

function boxAt(x, y, [dx, dy]) {
  for (let [column, line] = [x + dx, y + dy]; rows[line]; column += dx, line += dy) {
    const box = rows[line].querySelectorAll("input[type=checkbox]")[column];
    if (!box) return null;
    if (!box.disabled) return box;
  }
  return null;
}

function stopAt(box) {
  for (const other of boxes.keys()) if (other.tabIndex === 0) other.tabIndex = -1;
  box.tabIndex = 0;
}

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

body?.addEventListener("keydown", (event) => {
  const place = boxes.get(event.target);
  if (!place || !ARROWS[event.key]) return;
  const next = boxAt(...place, ARROWS[event.key]);
  event.preventDefault();
  if (!next) return;
  stopAt(next);
  next.focus();
});

body?.addEventListener("focusin", (event) => boxes.has(event.target) && stopAt(event.target));

const first = [...boxes.keys()].find((box) => !box.disabled);
if (first) first.tabIndex = 0;

// What the page says about the month: read once, never written to afterwards.

export const PRESENT = "présent"; // what stands for a NISS that the server holds and the page never sees
export const SHOWN_CODES = ["P", "P½", "J", "J½", "I", "I½"];

const WEEKDAYS = ["dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"];

/**
 * Reads the root's data-* attributes and the JSON block that app/views/attendance_grid.py wrote.
 * `columns` follows the order of the cells of a row: number, fields, days, totals.
 */
export function readConfig(root) {
  const facts = JSON.parse(root.querySelector("script[data-grid]").textContent);
  const { user, sheet, save, history, lines, poll, draft, undo, readonly, since, login, state } = root.dataset;
  const columns = columnsOf(facts);
  return {
    ...facts,
    lastPast: facts.today > `${facts.month}-31` ? facts.days : facts.today < facts.month ? 0 : Number(facts.today.slice(8)),
    closed: new Map(Object.entries(facts.closed).map(([day, reason]) => [Number(day), reason])),
    columns,
    columnOf: new Map(columns.map((column, index) => [column.key, index])),
    firstField: 1,
    lastField: facts.fields.length,
    firstDay: facts.fields.length + 1,
    lastDay: facts.fields.length + facts.days,
    scope: `${user}:${sheet}`,
    user,
    urls: { save, history, lines, poll, draft, undo, login },
    readonly: readonly === "1",
    since: since ?? "",
    state,
  };
}

function columnsOf(facts) {
  const [year, month] = facts.month.split("-").map(Number);
  const columns = [{ kind: "number", key: "#", label: "Ligne" }];
  for (const [key, label] of facts.fields) columns.push({ kind: "field", key, label });
  for (let day = 1; day <= facts.days; day += 1) {
    const weekday = WEEKDAYS[new Date(Date.UTC(year, month - 1, day)).getUTCDay()];
    columns.push({ kind: "day", key: String(day), day, label: `${weekday} ${day}` });
  }
  SHOWN_CODES.forEach((code) => columns.push({ kind: "total", key: `total ${code}`, label: `total ${code}` }));
  return columns;
}

/** « samedi 3 octobre 2026 », « jeudi 1er octobre 2026 ». */
export function longDate(config, day) {
  const { label } = config.columns[config.firstDay + day - 1];
  return `${day === 1 ? label.replace(/1$/, "1er") : label} ${config.label}`;
}

/** « 1 ligne », « 1,5 place », « 3 lignes »: French takes the singular below two. */
export function count(number, one, many = `${one}s`) {
  return `${String(number).replace(".", ",")} ${number < 2 ? one : many}`;
}

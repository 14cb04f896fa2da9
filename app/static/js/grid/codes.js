// Codes and dates as they are typed. A mirror of app/rules/codes.py and of its dates, for what the page must
// know before the server answers (totals, shading, a code that does not exist); the server stays the judge.
// tests/journeys/test_grid_rules.py holds the two against each other.

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)$/;
const LETTER = /^([PJI])(½|1[/⁄]2|\/2|0?\.5)?$/;
const BARE_HALVES = new Set(["½", "1/2", "1⁄2"]);
const NUMBERS = new Map([[1, "P"], [0.5, "P½"]]);

/** The code as it is shown (« P½ »), "" for blank, null when there is no such code. */
export function parseCode(typed) {
  const text = typed.replace(/\s+/gu, "").toUpperCase().replaceAll(",", ".");
  if (text === "" || text === ".") return "";
  if (BARE_HALVES.has(text)) return "P½";
  if (NUMBER.test(text)) return NUMBERS.get(Number(text)) ?? null;
  const found = LETTER.exec(text);
  return found && found[1] + (found[2] ? "½" : "");
}

const DAY_FIRST = /^(\d{1,2})\s?([/.-])\s?(\d{1,2})\s?\2\s?(\d{4}|\d{2})$/;
const DIGITS = /^(\d\d)(\d\d)((?:19|20)\d\d)$/; // 10092026
const YEAR_FIRST = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$/;

/** A typed date as « 2026-10-03 », null when it is none: the server says what is wrong with it. */
export function parseDate(typed) {
  const text = typed.trim().replace(DIGITS, "$1/$2/$3");
  const first = YEAR_FIRST.exec(text);
  const last = DAY_FIRST.exec(text);
  if (!first && !last) return null;
  // Children and their contracts are of this century: 25 is 2025.
  const [year, month, day] = first
    ? first.slice(1).map(Number)
    : [Number(last[4]) + (last[4].length === 2 ? 2000 : 0), Number(last[3]), Number(last[1])];
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date.toISOString().slice(0, 10) : null;
}

// What was typed in a form when its session ended, kept in this tab for the same person and offered back. Never a password,
// a file, nor anything that looks like a national number: this is a browser's memory, on a desk that others use.

import { addressOf, fill, formOf, show, visible } from "./fill.js";

const PREFIX = "saisie:";
const LONGEST_MS = 12 * 60 * 60 * 1000;
const SECRET = /niss|nrn|registre|passe|password/i;
const NATIONAL_NUMBER = /(?<!\d)\d{2}[ .\-/]?\d{2}[ .\-/]?\d{2}[ .\-/]?\d{3}[ .\-/]?\d{2}(?!\d)/;

const { user } = document.body.dataset;
const here = location.pathname + location.search;
const touched = new Map(); // form → names of the fields that the person changed
let over = false;

function drafts() {
  const found = [];
  for (const key of Object.keys(sessionStorage)) {
    if (!key.startsWith(PREFIX)) continue;
    try {
      found.push([key, JSON.parse(sessionStorage.getItem(key))]);
    } catch {
      sessionStorage.removeItem(key);
    }
  }
  return found;
}

const put = (key, draft) => {
  try {
    sessionStorage.setItem(key, JSON.stringify(draft));
  } catch {
    // Full, or forbidden here: the warning before the end is all there is.
  }
};

function entriesOf(form, names) {
  const entries = [];
  const secret = new Set();
  for (const control of visible(form)) {
    if (!names.has(control.name)) continue;
    const values = control.type === "select-multiple" ? [...control.selectedOptions].map((one) => one.value) : [control.value];
    if (SECRET.test(control.name) || SECRET.test(control.id) || values.some((value) => NATIONAL_NUMBER.test(value))) secret.add(control.name);
    if ((control.type === "checkbox" || control.type === "radio") && !control.checked) continue;
    for (const value of values) entries.push([control.name, value]);
  }
  return { names: [...names].filter((name) => !secret.has(name)), entries: entries.filter(([name]) => !secret.has(name)) };
}

/** `state`: "left" (the next page tells whether it was sent) or "kept". */
function keep(state) {
  if (!user || over || touched.size === 0) return;
  const forms = [...touched].filter(([form]) => form.isConnected).map(([form, names]) => ({ action: addressOf(form), ...entriesOf(form, names) }));
  const filled = forms.filter(({ names }) => names.length > 0);
  const heading = document.querySelector("h1")?.textContent.trim() ?? "";
  if (filled.length) put(`${PREFIX}${user}:${here}`, { state, at: Date.now(), page: here, title: heading, forms: filled });
}

function forget() {
  for (const [key] of drafts()) sessionStorage.removeItem(key);
}

function touch({ target }) {
  const { form } = target;
  if (!form || form.method !== "post" || !target.name || !visible(form).includes(target)) return;
  touched.set(form, (touched.get(form) ?? new Set()).add(target.name));
}

/** Whose drafts these are, and whether the page after them says that they were sent. */
function settle() {
  // Signed out, it was not sent, unless the page says that it was done: converting one's account ends the session.
  const unsure = (!user && !document.querySelector(".flashes .message-success")) || "failed" in document.body.dataset;
  for (const [key, draft] of drafts()) {
    const mine = !user || key.startsWith(`${PREFIX}${user}:`);
    if (!mine || Date.now() - draft.at > LONGEST_MS || (draft.state === "left" && !unsure)) sessionStorage.removeItem(key);
    else if (draft.state === "left") put(key, { ...draft, state: "kept" });
  }
}

function offer() {
  const notice = document.getElementById("saisie-retrouvee");
  const found = drafts().sort(([, a], [, b]) => (b.page === here) - (a.page === here) || b.at - a.at)[0];
  if (!user || !notice || !found) return;
  const [key, draft] = found;
  const part = (name) => notice.querySelector(`[data-draft-${name}]`);
  part("at").textContent = new Intl.DateTimeFormat("fr-BE", { hour: "2-digit", minute: "2-digit", timeZone: "Europe/Brussels" }).format(draft.at);
  part("title").textContent = draft.title;
  part("restore").hidden = draft.page !== here;
  part("open").hidden = draft.page === here;
  part("open").href = draft.page;
  notice.hidden = false;
  part("drop").addEventListener("click", () => {
    sessionStorage.removeItem(key);
    notice.hidden = true;
  });
  part("restore").addEventListener("click", () => {
    const places = draft.forms.map((one) => [formOf(one.action, one.entries), one]).filter(([form]) => form);
    part("lost").hidden = places.length === draft.forms.length;
    for (const [form, { entries, names }] of places) fill(form, entries, new Set(names));
    if (!places.length) return;
    sessionStorage.removeItem(key);
    notice.hidden = true;
    show(places[0][0]);
  });
  if (draft.page === here) notice.focus();
}

settle();
offer();
document.addEventListener("input", touch);
document.addEventListener("change", touch);
document.addEventListener("portal:session-ended", () => keep("kept"));
document.addEventListener("submit", ({ target }) => {
  if (addressOf(target) !== "/deconnexion/") return;
  over = true; // meant to leave: nothing stays on a desk that others use
  forget();
});
addEventListener("pagehide", () => keep(drafts().some(([, { state, page }]) => state === "kept" && page === here) ? "kept" : "left"));

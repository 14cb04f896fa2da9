// Puts values back into a form: those that were typed, as [name, value] pairs in the order of the form.

const BUTTONS = new Set(["submit", "button", "reset", "image"]);

/** Controls that hold what a person chose or typed. */
function controls(form) {
  return [...form.elements].filter((one) => one.name && one.name !== "csrf_token" && one.type !== "password" && one.type !== "file" && !BUTTONS.has(one.type) && one.localName !== "fieldset");
}

export const visible = (form) => controls(form).filter((one) => one.type !== "hidden");

/** The form of this page that is sent to `action`; of several, the one whose hidden fields are those of `entries`. */
export function formOf(action, entries) {
  const hidden = (form) => controls(form).filter((one) => one.type === "hidden");
  const same = (form) => hidden(form).filter((one) => entries.some(([name, value]) => name === one.name && value === one.value)).length;
  const found = [...document.forms].filter((form) => form.method === "post" && addressOf(form) === action);
  const best = found.sort((a, b) => same(b) - same(a))[0];
  // A button in a form of its own is its hidden fields: another value is another button.
  if (best && visible(best).length === 0 && same(best) < hidden(best).length) return null;
  return best ?? null;
}

export function addressOf(form) {
  const { pathname, search } = new URL(form.getAttribute("action") || location.href, location.href);
  return pathname + search;
}

/** `names`: the fields to fill, all of them by default: what the entries do not name was left unchecked. */
export function fill(form, entries, names = null) {
  const given = new Map();
  for (const [name, value] of entries) given.set(name, [...(given.get(name) ?? []), value]);
  const places = new Map();
  for (const control of controls(form)) {
    const { name, type } = control;
    if (names && !names.has(name)) continue;
    const values = given.get(name) ?? [];
    const place = places.get(name) ?? 0;
    places.set(name, place + 1);
    if (type === "checkbox" || type === "radio") {
      set(control, "checked", values.includes(control.value));
    } else if (type === "select-multiple") {
      for (const option of control.options) option.selected = values.includes(option.value);
      tell(control);
    } else if (values[place] !== undefined) set(control, "value", values[place]);
  }
}

function set(control, property, value) {
  if (control[property] === value) return;
  control[property] = value;
  tell(control);
}

// What follows a field (a dependent list, « page modified ») follows as if a person had typed.
function tell(control) {
  if (control.type === "hidden") return;
  for (const kind of ["input", "change"]) control.dispatchEvent(new Event(kind, { bubbles: true }));
}

/** Brings a form into view, its dialog opened, and the focus to its first field. */
export function show(form) {
  const dialog = form.closest("dialog");
  if (dialog && !dialog.open) dialog.showModal();
  for (const details of ancestors(form, "details")) details.open = true;
  form.scrollIntoView({ block: "center" });
  (visible(form)[0] ?? form.querySelector("button"))?.focus({ preventScroll: true });
}

function* ancestors(element, selector) {
  for (let one = element.closest(selector); one; one = one.parentElement?.closest(selector)) yield one;
}

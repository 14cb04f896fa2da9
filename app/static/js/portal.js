// What every page does: dialogs, the left panel, messages to close, forms sent once, work not lost by mistake.
// One listener per kind of event on the document, so that what a page adds later works as well.

// The answer to a form, left by a link, takes the address of the page that held the form: coming back asks for that page,
// where the browser would show one of its own, which asks whether to send the form again. Not before: loading the answer
// again still brings what was typed. Not an error's: drafts.js names the page to go back to.
const answered = "posted" in document.body.dataset;

function leaveAnswer({ target, ctrlKey, metaKey, shiftKey }) {
  const link = target.closest?.("a[href]:not([href^='#'], [download], [target])");
  if (!link || ctrlKey || metaKey || shiftKey || !document.referrer.startsWith(`${location.origin}/`)) return;
  history.replaceState(null, "", document.referrer);
}

if (answered) document.addEventListener("click", leaveAnswer);

const YEAR = 60 * 60 * 24 * 365;

function remember(name, value) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${name}=${value}; Path=/; Max-Age=${YEAR}; SameSite=Lax${secure}`;
}

// --- The left panel -------------------------------------------------------------------------------

function togglePanel(button) {
  const root = document.documentElement;
  const open = root.dataset.panel === "closed";
  root.dataset.panel = open ? "open" : "closed";
  button.setAttribute("aria-expanded", String(open));
  remember("volet", open ? "ouvert" : "ferme");
  document.dispatchEvent(new CustomEvent("portal:panel", { detail: { open } }));
}

function rememberSections() {
  const folded = [...document.querySelectorAll("[data-section]:not([open])")].map((one) => one.dataset.section);
  remember("rubriques", folded.join(","));
}

// In a menu longer than the screen, the link of this page is in sight.
function showCurrent(panel) {
  const link = panel.querySelector("[aria-current]");
  // Not scrollIntoView: in some browsers Tab then goes on from there, past the links to the content.
  for (const frame of link ? [link.closest(".side-sections"), panel] : []) {
    const [{ top, bottom }, seen] = [link, frame].map((one) => one.getBoundingClientRect());
    frame.scrollTop += Math.max(0, bottom - seen.bottom) - Math.max(0, seen.top - top);
  }
}

const panel = document.getElementById("navigation");
if (panel) {
  showCurrent(panel);
  panel.addEventListener("toggle", (event) => event.target === panel && showCurrent(panel));
}

// Sought once: the focus moves with each key in a grid of 23,000 cells.
const popovers = [...document.querySelectorAll("[popover]")];
const openPopovers = () => popovers.filter((one) => one.matches(":popover-open"));

// A popover does not keep the focus: leaving it closes it, or the focus would go on behind it.
function closeLeftPopovers(event) {
  for (const popover of openPopovers()) {
    const opener = document.querySelector(`[popovertarget="${popover.id}"]`);
    if (!popover.contains(event.target) && !opener.contains(event.target)) popover.hidePopover();
  }
}

matchMedia("(min-width: 70em)").addEventListener("change", () => {
  for (const popover of openPopovers()) popover.hidePopover();
});

// --- What a narrow screen folds --------------------------------------------------------------------

function toggleFold(button) {
  const folded = document.getElementById(button.getAttribute("aria-controls")).toggleAttribute("data-folded");
  button.setAttribute("aria-expanded", String(!folded));
}

// --- Dialogs --------------------------------------------------------------------------------------

function openDialog(id) {
  const dialog = document.getElementById(id);
  if (dialog && !dialog.open) dialog.showModal();
}

// A form with data-confirm is held until the person says yes.
function ask(form, submitter) {
  const dialog = document.getElementById("confirmation");
  const title = dialog.querySelector("#confirmation-title");
  const yes = dialog.querySelector('button[value="oui"]');
  title.textContent = form.dataset.confirmTitle || title.dataset.default;
  dialog.querySelector("#confirmation-text").textContent = form.dataset.confirm;
  yes.textContent = form.dataset.confirmLabel || yes.dataset.default;
  dialog.returnValue = "non";
  dialog.addEventListener(
    "close",
    () => {
      if (dialog.returnValue !== "oui") return;
      form.dataset.confirmed = "1";
      form.requestSubmit(submitter ?? undefined);
    },
    { once: true },
  );
  dialog.showModal();
  dialog.querySelector('button[value="non"]').focus();
}

// --- Forms ----------------------------------------------------------------------------------------

const dirty = new Set();

function submitted(event) {
  const form = event.target;
  if (event.defaultPrevented || form.method === "dialog") return;
  if (form.dataset.confirm && !form.dataset.confirmed) {
    event.preventDefault();
    ask(form, event.submitter);
    return;
  }
  if (form.dataset.sent) {
    event.preventDefault(); // a second click while the first is on its way
    return;
  }
  delete form.dataset.confirmed;
  dirty.delete(form); // what was typed in another form of the page is still asked about
  if (form.method !== "post" || form.hasAttribute("data-download")) return;
  // Once every listener has spoken: another part of the page may hold the form (cells on their way) and send it later.
  setTimeout(() => !event.defaultPrevented && sent(form, event.submitter));
}

function sent(form, button) {
  form.dataset.sent = "1";
  if (!button) return;
  button.setAttribute("aria-busy", "true");
  button.setAttribute("aria-disabled", "true");
}

// Back from the browser's memory of pages: what was sent may be sent again.
function revive() {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("[aria-busy]")) {
      button.removeAttribute("aria-busy");
      button.removeAttribute("aria-disabled");
    }
  }
}

function changed(event) {
  const form = event.target.form;
  if (form?.hasAttribute("data-unsaved")) dirty.add(form);
}

// What the browser itself refuses is said in French, whatever its language.
const REFUSALS = {
  valueMissing: ({ type }) =>
    ({ checkbox: "Cochez cette case pour continuer.", file: "Choisissez un fichier.", radio: "Choisissez une réponse.", "select-one": "Choisissez une réponse." })[type] ??
    "Complétez ce champ.",
  typeMismatch: ({ type }) => (type === "email" ? "Écrivez une adresse complète, comme nom@exemple.be." : "Écrivez une adresse complète, comme https://exemple.be/."),
  badInput: ({ type }) => (type === "number" ? "Écrivez un nombre." : "Écrivez une date complète, jour, mois et année."),
  rangeUnderflow: (field) => (field.type === "number" ? `Écrivez ${field.min} ou plus.` : `Choisissez le ${day(field.min)} ou plus tard.`),
  rangeOverflow: (field) => (field.type === "number" ? `Écrivez ${field.max} ou moins.` : `Choisissez le ${day(field.max)} ou plus tôt.`),
  stepMismatch: () => "Écrivez un nombre entier.",
  tooShort: (field) => `Écrivez au moins ${field.minLength} caractères.`,
  tooLong: (field) => `Écrivez au plus ${field.maxLength} caractères.`,
  patternMismatch: () => "Ce n’est pas écrit comme attendu.",
};
const day = (iso) => iso.split("-").reverse().join("/");

function refused({ target }) {
  target.setCustomValidity("");
  const reason = Object.keys(REFUSALS).find((name) => target.validity[name]);
  if (reason) target.setCustomValidity(REFUSALS[reason](target));
}

// In the whole form: the buttons of a choice answer for each other.
function retyped({ target }) {
  for (const field of target.form?.elements ?? []) field.setCustomValidity?.("");
}

function drop(event) {
  const zone = event.target.closest?.("[data-drop]");
  if (!zone) return;
  event.preventDefault();
  zone.classList.toggle("dropping", event.type === "dragover");
  if (event.type !== "drop" || event.dataTransfer.files.length === 0) return;
  const input = zone.querySelector('input[type="file"]');
  input.files = event.dataTransfer.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

// --- Listening ------------------------------------------------------------------------------------

document.addEventListener("click", (event) => {
  const target = event.target.closest?.("button, a, dialog");
  if (!target) return;
  if (target.dataset.dialog) openDialog(target.dataset.dialog);
  else if ("close" in target.dataset) target.closest("dialog")?.close();
  else if ("dismiss" in target.dataset) target.closest(".message")?.remove();
  else if ("panelToggle" in target.dataset) togglePanel(target);
  else if ("fold" in target.dataset) toggleFold(target);
  else if ("leave" in target.dataset) dirty.clear();
  else if (target.matches("dialog.dialog") && event.target === target) closeFromOutside(target, event);
});

function closeFromOutside(dialog, event) {
  const box = dialog.getBoundingClientRect();
  const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
  if (!inside && !dialog.hasAttribute("data-keep")) dialog.close();
}

document.addEventListener("toggle", (event) => event.target.matches?.("[data-section]") && rememberSections(), true);
document.addEventListener("focusin", closeLeftPopovers);
document.addEventListener("submit", submitted);
document.addEventListener("invalid", refused, true);
document.addEventListener("input", retyped);
document.addEventListener("change", retyped);
document.addEventListener("input", changed);
document.addEventListener("change", changed);
for (const kind of ["dragover", "dragleave", "drop"]) document.addEventListener(kind, drop);
addEventListener("pageshow", (event) => event.persisted && revive());
addEventListener("beforeunload", (event) => dirty.size > 0 && event.preventDefault());

// What the person has before their eyes needs no button to be marked as read.
for (const form of document.querySelectorAll("form[data-on-show]")) {
  fetch(form.action, { method: "POST", body: new FormData(form), keepalive: true });
}

// What is to mend first.
document.querySelector(answered ? "[data-focus], main [aria-invalid=true]" : "[data-focus]")?.focus();
document.querySelector("form[data-send]")?.requestSubmit();

// What says that a table goes on to the right stands before it, when it does.
for (const hint of document.querySelectorAll("[data-scroll-hint]")) {
  const area = hint.nextElementSibling;
  new ResizeObserver(() => (hint.hidden = area.scrollWidth <= area.clientWidth)).observe(area);
}

// Warns before the session ends, in every tab, and says when it has. The server alone knows how long it lasts: a page
// loaded or saved in another tab makes it last longer. Asking does not.

import { renew } from "./token.js";

const ADDRESS = "/api/session/";
const SAID_AT = [90, 60, 30, 10]; // seconds left that are read out; each second would drown everything else
const RETRY_MS = 15_000;

const { user, context, idle, absolute, warning } = document.body.dataset;
const dialog = document.getElementById("session");
const left = dialog.querySelector("[data-session-left]");
const said = dialog.querySelector("[data-session-said]");
const channel = new BroadcastChannel("session");
const title = document.title;
const ends = {};
let { session } = document.body.dataset;
let away = false; // another tab acts for somebody else: this page's forms keep a token that is refused
let token = null; // the session's own, of the last answer
let mode = null; // null, "idle", "absolute", "ended" or "other"
let timer = null;
let spoken = Infinity;

const deadline = () => Math.min(ends.idle, ends.absolute);
const secondsLeft = () => Math.max(0, Math.ceil((deadline() - Date.now()) / 1000));

function lasts(idleSeconds, absoluteSeconds) {
  ends.idle = Date.now() + idleSeconds * 1000;
  ends.absolute = Date.now() + absoluteSeconds * 1000;
}

function after(milliseconds, what) {
  clearTimeout(timer);
  timer = setTimeout(what, Math.max(0, milliseconds));
}

/** Waits until it is time to warn; warns when it is. */
function follow() {
  const before = deadline() - Number(warning) * 1000 - Date.now();
  if (before > 0) {
    show(null);
    after(before, ask);
  } else {
    show(ends.absolute <= ends.idle ? "absolute" : "idle");
    tick();
  }
}

async function request(options = {}) {
  try {
    const answer = await fetch(ADDRESS, { cache: "no-store", redirect: "manual", headers: { Accept: "application/json" }, ...options });
    return { status: answer.status, body: answer.ok ? await answer.json() : null };
  } catch {
    return { status: 0, body: null };
  }
}

/** What the server says of the session; answers whether it holds and is this page's. */
async function ask() {
  return heard(await request());
}

function heard({ status, body }) {
  if (status === 401) show("ended");
  else if (!body) after(RETRY_MS, ask); // unreachable, which says nothing of the session
  else if (String(body.user) !== user) show("other");
  else {
    token = body.token;
    away = body.context !== context;
    if (!away) {
      session = String(body.session);
      renew(token);
    }
    lasts(body.idle, body.absolute);
    follow();
    return true;
  }
  return false;
}

async function stay() {
  const current = () => token ?? document.querySelector("meta[name=csrf-token]").content;
  const post = () => request({ method: "POST", body: "{}", headers: { "Content-Type": "application/json", "X-CSRFToken": current() } });
  let answer = await post();
  // Signed in again in another tab: the token is another one, which asking brings.
  if (answer.status === 400 && (await ask())) answer = await post();
  if (heard(answer)) tell();
}

const tell = () => channel.postMessage({ session, context, idle: ends.idle });

function show(next) {
  if (next === mode) return;
  mode = next;
  spoken = Infinity;
  document.title = mode ? `${dialog.querySelector(`h2 [data-session-for~="${mode}"]`).textContent} – ${title}` : title;
  dialog.classList.toggle("session-over", mode === "ended" || mode === "other");
  for (const part of dialog.querySelectorAll("[data-session-for]")) part.hidden = !part.dataset.sessionFor.split(" ").includes(mode);
  if (mode === "ended") document.dispatchEvent(new CustomEvent("portal:session-ended"));
  if (!mode) dialog.close();
  else {
    // Opened anew: above any dialog opened meanwhile, its first button focused.
    dialog.close();
    dialog.showModal();
  }
}

function tick() {
  if (mode !== "idle" && mode !== "absolute") return;
  const seconds = secondsLeft();
  const text = seconds >= 60 ? `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s` : `${seconds} s`;
  left.textContent = text;
  const due = SAID_AT.findLast((one) => seconds <= one && one < spoken);
  if (due) {
    spoken = due;
    said.textContent = `Temps restant : ${text}`;
  }
  if (seconds > 0) after(1000, tick);
  else after(1000, ask);
}

if (user) {
  lasts(Number(idle), Number(absolute));
  dialog.querySelector("[data-session-stay]").addEventListener("click", stay);
  // Escape: somebody is there.
  dialog.addEventListener("cancel", (event) => {
    if (mode !== "absolute") event.preventDefault();
    if (mode === "idle") stay();
  });
  channel.addEventListener("message", ({ data }) => {
    // A new session, someone else's, or back to whom this page is for: the server says whose, and gives its token.
    if (data.session !== session || (away && data.context === context)) ask();
    else {
      away ||= data.context !== context;
      ends.idle = Math.max(ends.idle, data.idle);
      follow();
    }
  });
  // Timers sleep with the computer, and while nobody looks at the tab.
  document.addEventListener("visibilitychange", () => !document.hidden && (mode || deadline() - Number(warning) * 1000 < Date.now()) && ask());
  addEventListener("pageshow", (event) => event.persisted && ask());
  tell();
  follow();
}

// The save queue: kept on the device, sent a chunk at a time, one request in flight over all tabs of the sheet.
// It only ever says what is known: an edit is stored when the server has said so.

import { CONFLICT, REFUSED } from "./model.js";
import { MemoryStore, dropRescue, rescue, unsent } from "./store.js";

const DEBOUNCE_MS = 400;
const LONGEST_WAIT_MS = 60_000;
const SESSION_RETRY_MS = 30_000;

export class Sync extends EventTarget {
  constructor({ config, net }) {
    super();
    this.config = config;
    this.net = net;
    this.store = null;
    this.keys = new Set(); // edits not yet answered for
    this.early = new Set(); // edits of other tabs that were answered for before they were heard of
    this.unkept = new Set(); // [method of the store, what it writes to this device], under way
    this.mode = "online"; // or "offline", "down", "session", "locked", "forbidden"
    this.sending = 0;
    this.failures = 0;
    this.savedAt = null;
    this.draftAt = null; // when « Enregistrer le brouillon » found everything stored, until the next edit
    this.opened = new Promise((resolve) => (this.open = resolve));
    this.waiting = this.opened;
    this.channel = typeof BroadcastChannel === "function" ? new BroadcastChannel(`grille:${config.scope}`) : null;
    if (this.channel) this.channel.onmessage = ({ data }) => this.hear(data);
  }

  get pending() {
    return this.keys.size;
  }

  get stopped() {
    return this.mode === "locked" || this.mode === "forbidden";
  }

  /** Would closing the page now lose something? */
  get atRisk() {
    return this.unkept.size > 0 || (this.pending > 0 && this.store !== null && !this.store.persistent);
  }

  /** Takes the store once it is open, with what an earlier page left in it. */
  start(store, left) {
    this.store = store;
    this.open();
    for (const { key } of left) this.keys.add(key);
    addEventListener("online", () => this.wake());
    addEventListener("focus", () => this.mode !== "online" && this.wake());
    addEventListener("offline", () => this.setMode("offline"));
    if (!navigator.onLine) this.setMode("offline"); // it went before anybody listened
    document.addEventListener("visibilitychange", () => document.hidden && this.pending && this.drain());
    if (left.length && !this.config.readonly) this.drain();
  }

  /** Queues edits [{key, line, field, old, new}]. Written to the device in the order they came. */
  add(edits) {
    for (const { key } of edits) this.keys.add(key);
    const writing = this.writing("add", edits);
    this.draftAt = null;
    this.status();
    this.waiting = this.waiting.then(() => this.keep(edits, writing));
    return this.waiting;
  }

  writing(method, items) {
    const writing = [method, items];
    this.unkept.add(writing);
    return writing;
  }

  written(writing) {
    this.unkept.delete(writing);
    if (this.left && !this.unkept.size) this.left = dropRescue(this.config.scope);
  }

  /** The page may be about to close, sooner than the device has written all: the rest is put where the next one looks. */
  leave() {
    this.left = this.unkept.size > 0;
    const kept = ([method, items]) => (this.stopped && method === "add" ? ["hold", items.map(unsent)] : [method, items]);
    if (this.left) rescue(this.config.scope, [...this.unkept].map(kept));
  }

  async keep(edits, writing) {
    let replaced;
    try {
      replaced = await this.store.add(edits);
    } catch {
      // Disk full or storage withdrawn: from here on in memory, and said in the status line.
      replaced = await this.fallBack(edits);
    }
    if (this.stopped) await this.store.refuse().catch(() => {}); // what stood in the editor when the month was locked
    this.written(writing);
    this.channel?.postMessage({ kind: "queued", edits, replaced });
    this.hear({ kind: "queued", edits, replaced }, false);
    this.schedule(DEBOUNCE_MS);
    this.status();
  }

  schedule(delay) {
    if (this.stopped) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.drain(), delay);
  }

  /** Tries now, whatever was being waited for. */
  wake() {
    if (this.stopped || !this.store) return;
    this.failures = 0;
    this.drain();
  }

  /** The portal answers again, as the same person. */
  recover() {
    this.setMode("online");
    this.wake();
  }

  /** Sends now and resolves when nothing is left to send, or it cannot be: true when all was answered for. */
  async flush() {
    await this.waiting;
    await this.drain();
    return this.pending === 0;
  }

  drain() {
    clearTimeout(this.timer);
    this.draining ??= this.alone(() => this.sendAll()).finally(() => (this.draining = null));
    return this.draining;
  }

  /** One tab at a time. Without the Locks API two may send the same edit: its key makes the second harmless. */
  alone(work) {
    return navigator.locks ? navigator.locks.request(`grille:${this.config.scope}`, work) : work();
  }

  async sendAll() {
    await this.waiting;
    while (!this.stopped) {
      const chunk = await this.store.take();
      if (!chunk) {
        if (this.mode === "down" || this.mode === "offline") this.setMode(navigator.onLine ? "online" : "offline");
        return;
      }
      this.sending = chunk.edits.length;
      this.emit("sending", chunk.edits);
      this.channel?.postMessage({ kind: "sending", edits: chunk.edits });
      const answer = await this.net.post(this.config.urls.save, { edits: chunk.edits });
      this.sending = 0;
      if (!(await this.answered(answer, chunk))) return;
    }
  }

  /** Acts on an answer; true to go on with the next chunk. */
  async answered({ kind, body, message, wait }, chunk) {
    if (kind === "ok") {
      await this.settle(chunk, body);
      return true;
    }
    this.emit("unsent", chunk.edits);
    if (kind === "large" || kind === "bad") {
      if (chunk.edits.length > 1) await this.store.split(chunk);
      else await this.settle(chunk, { results: [unreadable(chunk.edits[0], message)] });
      return true;
    }
    this.setMode(kind, message);
    if (kind === "session") this.schedule(SESSION_RETRY_MS);
    else this.schedule(Math.max(wait ?? 0, this.backoff()));
    return false;
  }

  backoff() {
    const longest = Math.min(LONGEST_WAIT_MS, 1000 * 2 ** this.failures);
    this.failures += 1;
    return longest * (0.75 + Math.random() / 2); // so that a whole crèche does not come back at once
  }

  async settle(chunk, body) {
    const answered = new Map((body.results ?? []).map((result) => [result.key, result]));
    const results = chunk.edits.map((edit) => answered.get(edit.key) ?? unreadable(edit));
    const rebased = new Map();
    chunk.edits.forEach(({ line, field, old }, index) => {
      const { status, value, mark } = results[index];
      if (status !== "conflict") rebased.set(`${line}:${field}`, { old: value ?? old, seen: mark });
    });
    await this.store.settle(chunk.seq, rebased);
    this.failures = 0;
    this.savedAt = this.net.now();
    const message = { kind: "results", edits: chunk.edits, results, warnings: body.warnings ?? {}, twins: body.twins };
    this.channel?.postMessage(message);
    this.hear(message, false);
    this.setMode("online");
  }

  /** What this tab or another one did. */
  hear({ kind, edits, results, warnings, twins, replaced, mode }, fromElsewhere = true) {
    if (kind === "queued") {
      // Another tab's edit may have been sent from here before word of it came.
      for (const { key } of edits) if (!this.early.has(key)) this.keys.add(key);
      for (const key of replaced) this.keys.delete(key);
    }
    if (kind === "refused") {
      if (!this.config.readonly) this.setMode(mode);
    } else if (kind === "results") {
      for (const { key } of edits) this.keys.delete(key) || this.early.add(key);
      if (fromElsewhere) this.savedAt = this.net.now();
      this.emit("results", { edits, results, warnings, twins });
    } else if (fromElsewhere) this.emit(kind, edits);
    this.status();
  }

  draftSaved() {
    this.draftAt = this.net.now();
    this.status();
  }

  /** Keeps values that were refused or are in conflict [{line, field, text, status, details}] over a reload. */
  async hold(items) {
    const kept = items.map((item) => (item.field === "niss" ? withoutNumber(item) : item));
    const writing = this.writing("hold", kept);
    await this.opened;
    await this.store.hold(kept).catch(() => {});
    this.written(writing);
  }

  release(line, field) {
    return this.releaseAll([{ line, field }]);
  }

  async releaseAll(items) {
    await this.opened;
    await this.store.release(items).catch(() => {});
  }

  /** The month takes no more modification: what waits, in all tabs, is not sent again unless a person says so. */
  refuse() {
    this.waiting = this.waiting.then(() => this.store.refuse()).catch(() => {});
    this.channel?.postMessage({ kind: "refused", mode: this.stopped ? this.mode : "locked" });
  }

  tellLines() {
    this.channel?.postMessage({ kind: "lines" });
  }

  async forget() {
    this.keys.clear();
    await this.store.clear();
    this.status();
  }

  async fallBack(edits) {
    const left = await this.store.all().catch(() => []);
    this.store = new MemoryStore();
    return this.store.add([...left, ...edits]);
  }

  setMode(mode, message) {
    if (this.stopped) return;
    const changed = mode !== this.mode;
    this.mode = mode;
    if (this.stopped) this.refuse();
    if (changed) this.emit("mode", { mode, message });
    this.status();
  }

  status() {
    this.emit("status");
  }

  emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

/** Of a NISS: that it was not stored, why, and what stands there. The number is left on no device beyond its sending. */
function withoutNumber({ line, field, status, details }) {
  const help = "Le numéro que vous aviez tapé n’est pas gardé sur cet appareil : retapez-le.";
  const [stored, message] = status === CONFLICT
    ? [details.theirs, "Quelqu’un d’autre a changé le NISS entre-temps."] // `value` is what was typed
    : [details.value, details.message];
  return { line, field, text: null, stored, status: REFUSED, details: { message, help, mark: details.mark } };
}

/** A modification that the server answers neither for nor against. */
function unreadable({ key }, message) {
  return {
    key,
    status: "refused",
    message: message ?? "Le portail n’a pas pu lire cette modification",
    help: "Retapez la valeur ; si cela se répète, rechargez la page.",
  };
}

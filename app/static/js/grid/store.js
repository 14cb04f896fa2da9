// What is typed is kept on this device before anything else, until the server has acknowledged it. Edits are kept
// in chunks, each of which is one request: 15,500 pasted cells are 78 records, not 15,500.

const DATABASE = "releve-de-presences";
const CHUNK = 200; // edits in one request, at most
export const UNSENT = "unsent"; // the status of what is held because the month took no more modification

let rank = 0;

/** What is held of an edit that only a person sends again. */
export function unsent({ line, field, new: text }) {
  return { line, field, text, status: UNSENT, rank: Date.now() * 1000 + (rank += 1) };
}

/** Of what is held, these edits in the order in which they were typed. */
export function unsentOf(held) {
  return held.filter(({ status }) => status === UNSENT).sort((one, two) => one.rank - two.rank);
}

/** Opens the store of one person and one sheet; in memory only where the browser has no IndexedDB. */
export async function openStore(scope) {
  const store = await openDatabase().then((database) => new Store(scope, database), () => new MemoryStore());
  const known = new Set((await store.all()).map(({ key }) => key));
  for (const [method, items] of rescued(scope)) await store[method](items.filter(({ key }) => !known.has(key)));
  dropRescue(scope);
  return store;
}

/**
 * Keeps at once, in the breath that a closing page leaves, what IndexedDB may not have time to write:
 * [[method of the store, what it is given]].
 */
export function rescue(scope, writings) {
  try {
    localStorage.setItem(rescueId(scope), JSON.stringify([...rescued(scope), ...writings]));
  } catch {
    // No room or no right to: the question before closing is what remains.
  }
}

export function dropRescue(scope) {
  try {
    localStorage.removeItem(rescueId(scope));
  } catch {
    // Nothing was kept there either.
  }
  return false;
}

function rescued(scope) {
  try {
    return JSON.parse(localStorage.getItem(rescueId(scope))) ?? [];
  } catch {
    return [];
  }
}

const rescueId = (scope) => `${DATABASE}:${scope}`;

function openDatabase() {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(DATABASE, 1);
    opening.onupgradeneeded = () => {
      opening.result.createObjectStore("chunks", { keyPath: "seq", autoIncrement: true }).createIndex("scope", "scope");
      opening.result.createObjectStore("held", { keyPath: "id" }).createIndex("scope", "scope");
    };
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
    opening.onblocked = () => reject(new Error("blocked"));
  });
}

/**
 * Chunk: {seq, scope, tried, edits: [{key, line, field, old, new, seen?}]}. A chunk that was tried may have reached the
 * server even if no answer came: it is only ever sent again as it is, so that its keys keep their meaning.
 * Held: {id, scope, line, field, text, status, details}: refused, in conflict or unsent, waiting for a person; of a NISS
 * no text, but what is `stored`. An unsent value has a place of its own beside what was refused in its cell.
 */
class Store {
  persistent = true;

  constructor(scope, database) {
    this.scope = scope;
    this.database = database;
  }

  /** Runs `work(stores, done)` in one transaction; resolves with what it gave to `done` once it is on disk. */
  transaction(names, mode, work) {
    return new Promise((resolve, reject) => {
      const transaction = this.database.transaction(names, mode);
      let answer;
      transaction.oncomplete = () => resolve(answer);
      transaction.onabort = () => reject(transaction.error);
      work(transaction, (value) => (answer = value));
    });
  }

  /** Keeps edits; resolves with the keys of those they took the place of. */
  add(edits) {
    return this.transaction("chunks", "readwrite", (transaction, done) => {
      const chunks = transaction.objectStore("chunks");
      const last = chunks.index("scope").openCursor(IDBKeyRange.only(this.scope), "prev");
      last.onsuccess = () => {
        const chunk = last.result?.value;
        const { rest, replaced } = merge(chunk, edits);
        done(replaced);
        if (rest !== edits) chunks.put(chunk);
        for (let at = 0; at < rest.length; at += CHUNK) {
          chunks.add({ scope: this.scope, tried: false, edits: rest.slice(at, at + CHUNK) });
        }
      };
    });
  }

  /** The oldest chunk, marked as tried; undefined when nothing waits. */
  take() {
    return this.transaction("chunks", "readwrite", (transaction, done) => {
      const chunks = transaction.objectStore("chunks");
      const first = chunks.index("scope").openCursor(IDBKeyRange.only(this.scope));
      first.onsuccess = () => {
        const chunk = first.result?.value;
        if (!chunk) return;
        chunk.tried = true;
        chunks.put(chunk);
        done(chunk);
      };
    });
  }

  /** The server answered for a chunk: it goes, and later edits of its cells start from what is now stored. */
  settle(seq, rebased) {
    return this.transaction("chunks", "readwrite", (transaction) => {
      const chunks = transaction.objectStore("chunks");
      chunks.delete(seq);
      if (!rebased.size) return;
      const all = chunks.index("scope").getAll(this.scope);
      all.onsuccess = () => {
        for (const chunk of all.result) if (rebase(chunk, rebased)) chunks.put(chunk);
      };
    });
  }

  /** The server finds a chunk too large: two in its place, at the head of the queue. */
  split(chunk) {
    return this.transaction("chunks", "readwrite", (transaction) => {
      const chunks = transaction.objectStore("chunks");
      const half = Math.ceil(chunk.edits.length / 2);
      // A fraction for the place of its first edit keeps it between its neighbours, however often it is split.
      chunks.put({ ...chunk, edits: chunk.edits.slice(0, half) });
      chunks.put({ ...chunk, seq: chunk.seq + half / (4 * CHUNK), edits: chunk.edits.slice(half) });
    });
  }

  all() {
    return this.transaction("chunks", "readonly", (transaction, done) => {
      const all = transaction.objectStore("chunks").index("scope").getAll(this.scope);
      all.onsuccess = () => done(all.result.flatMap(({ edits }) => edits));
    });
  }

  /** The month takes no more modification: what waits is held, of each cell the last value. */
  refuse() {
    return this.transaction(["chunks", "held"], "readwrite", (transaction) => {
      const chunks = transaction.objectStore("chunks");
      const all = chunks.index("scope").getAll(this.scope);
      all.onsuccess = () => {
        for (const { seq } of all.result) chunks.delete(seq);
        this.put(transaction, all.result.flatMap(({ edits }) => edits.map(unsent)));
      };
    });
  }

  clear() {
    return this.transaction(["chunks", "held"], "readwrite", (transaction) => {
      for (const name of ["chunks", "held"]) {
        const store = transaction.objectStore(name);
        const keys = store.index("scope").getAllKeys(this.scope);
        keys.onsuccess = () => keys.result.forEach((key) => store.delete(key));
      }
    });
  }

  hold(items) {
    return this.transaction("held", "readwrite", (transaction) => this.put(transaction, items));
  }

  put(transaction, items) {
    const held = transaction.objectStore("held");
    for (const item of items) held.put({ ...item, id: this.heldId(item), scope: this.scope });
  }

  /** What is held of cells [{line, field, status?}] was settled. */
  release(items) {
    return this.transaction("held", "readwrite", (transaction) => {
      for (const item of items) transaction.objectStore("held").delete(this.heldId(item));
    });
  }

  held() {
    return this.transaction("held", "readonly", (transaction, done) => {
      const all = transaction.objectStore("held").index("scope").getAll(this.scope);
      all.onsuccess = () => done(all.result);
    });
  }

  heldId({ line, field, status }) {
    return `${this.scope}:${line}:${field}${status === UNSENT ? `:${UNSENT}` : ""}`;
  }
}

/** The same, for a browser that keeps nothing: the page then warns before it is closed. */
export class MemoryStore {
  persistent = false;
  chunks = [];
  kept = [];

  async add(edits) {
    const chunk = this.chunks.at(-1);
    const { rest, replaced } = merge(chunk, edits);
    for (let at = 0; at < rest.length; at += CHUNK) {
      this.chunks.push({ seq: Symbol("chunk"), tried: false, edits: rest.slice(at, at + CHUNK) });
    }
    return replaced;
  }

  async take() {
    if (this.chunks[0]) this.chunks[0].tried = true;
    return this.chunks[0];
  }

  async settle(seq, rebased) {
    this.chunks = this.chunks.filter((chunk) => chunk.seq !== seq);
    this.chunks.forEach((chunk) => rebase(chunk, rebased));
  }

  async split(chunk) {
    const half = Math.ceil(chunk.edits.length / 2);
    this.chunks.unshift({ ...chunk, edits: chunk.edits.splice(0, half), seq: Symbol("chunk") });
  }

  async all() {
    return this.chunks.flatMap(({ edits }) => edits);
  }

  async refuse() {
    this.kept.push(...(await this.all()).map(unsent));
    this.chunks = [];
  }

  async clear() {
    this.chunks = [];
    this.kept = [];
  }

  async hold() {}

  async release() {}

  async held() {
    return this.kept;
  }
}

/**
 * Puts edits into the last chunk if it was not tried, over those of the same cells. Answers {rest, replaced}: the
 * edits that found no room, and the keys of those that will never be sent.
 */
function merge(chunk, edits) {
  if (!chunk || chunk.tried) return { rest: edits, replaced: [] };
  const places = new Map(chunk.edits.map((edit, index) => [`${edit.line}:${edit.field}`, index]));
  const rest = [];
  const replaced = [];
  for (const edit of edits) {
    const cell = `${edit.line}:${edit.field}`;
    const place = places.get(cell);
    if (place !== undefined) {
      replaced.push(chunk.edits[place].key);
      const { old, seen } = chunk.edits[place];
      chunk.edits[place] = { ...edit, old, seen };
    } else if (chunk.edits.length < CHUNK) places.set(cell, chunk.edits.push(edit) - 1);
    else rest.push(edit);
  }
  return { rest, replaced };
}

/** The next edit of each cell starts from what is now stored; those after it start from that edit. */
function rebase(chunk, rebased) {
  if (chunk.tried) return false;
  let touched = false;
  for (const edit of chunk.edits) {
    const cell = `${edit.line}:${edit.field}`;
    if (!rebased.has(cell)) continue;
    Object.assign(edit, rebased.get(cell));
    rebased.delete(cell);
    touched = true;
  }
  return touched;
}

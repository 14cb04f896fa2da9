// Puts the grid together. What a key needs comes first; the store, the poll and what an earlier page left come
// once the page is ready.

import { Actions } from "./actions.js";
import { Announcer } from "./announce.js";
import { Banner } from "./banner.js";
import { Clipboard } from "./clipboard.js";
import { readConfig } from "./config.js";
import { Dialogs } from "./dialogs.js";
import { Editor } from "./editor.js";
import { Edits } from "./edits.js";
import { Fill } from "./fill.js";
import { History } from "./history.js";
import { Issues } from "./issues.js";
import { Keyboard } from "./keyboard.js";
import { Lines } from "./lines.js";
import { Model } from "./model.js";
import { Net } from "./net.js";
import { Pointer } from "./pointer.js";
import { Poll } from "./poll.js";
import { Results } from "./results.js";
import { Selection } from "./selection.js";
import { Status } from "./status.js";
import { UNSENT, openStore, unsentOf } from "./store.js";
import { Sync } from "./sync.js";
import { Toolbar } from "./toolbar.js";
import { Totals } from "./totals.js";
import { View } from "./view.js";

function start(root) {
  const config = readConfig(root);
  const table = root.querySelector("table[role=grid]");
  const region = table.parentElement;
  const announcer = new Announcer(root);
  const model = new Model(table, config);
  const totals = new Totals(config, table, root);
  const view = new View(model, totals, root.querySelector("template[data-line]"));
  const selection = new Selection(model, view, region);
  selection.editable = !config.readonly;
  const net = new Net(config.user);
  const sync = new Sync({ config, net });
  const history = new History(model, announcer);
  const edits = new Edits({ model, view, totals, history, sync, announcer });
  const editor = new Editor({ model, view, selection, edits, announcer });
  const fill = new Fill({ model, selection, edits, announcer });
  const issues = new Issues({ root, model, view, totals, selection });
  const dialogs = new Dialogs({ root, config, model, selection, edits, sync, net });
  const ask = (...question) => dialogs.ask(...question);
  const banner = new Banner(root);
  const notify = (text) => banner.show("warning", text);
  history.tell = (text) => banner.brief(text);
  edits.forgotten = () => notify("NISS effacé. Le portail n’en garde rien : ni « Défaire » ni « Annuler les modifications » ne le remettra. Retapez-le s’il devait rester.");
  const lines = new Lines({
    model, view, totals, selection, sync, net, history, issues, announcer, edits, notify, ask,
  });
  const clipboard = new Clipboard({ root, model, selection, edits, editor, announcer, lines });
  const actions = new Actions({ config, model, edits, editor, sync, net, banner, announcer, ask });
  const commands = {
    history: () => dialogs.showHistory(),
    choose: () => dialogs.showConflicts(),
    nextIssue: (step) => issues.next(step) || announcer.say("Rien à revoir"),
    deleteLines: () => lines.remove(selection.rows),
    save: () => actions.save(),
  };
  const pointer = new Pointer({ table, region, model, selection, editor, fill, edits });
  new Keyboard({ table, region, selection, editor, edits, history, fill, clipboard, commands, announcer });
  const toolbar = new Toolbar({ root, config, model, selection, fill, edits, history, lines, commands, pointer, announcer });
  const status = new Status({ root, model, view, sync, edits, issues, selection, announcer });
  const results = new Results({ model, view, totals, edits, sync, history, issues, announcer, notify });

  edits.changed = () => {
    status.refresh();
    banner.settle();
  };
  issues.reveal = history.reveal = (cells) => toolbar.reveal(cells);
  issues.arrived = () => banner.makeRoom();
  pointer.explain = (row, column) => explain(view.cell(row, column), status.note(row, column));
  document.querySelector(".skip-link[href='#tableau']")?.addEventListener("click", (event) => {
    if (!selection.cell) return;
    event.preventDefault();
    selection.cell.focus();
  });
  selection.keepReachable();
  selection.moveTo(selection.row, selection.column, { focus: false });
  for (const [line, violations] of Object.entries(config.issues)) issues.replace(line, violations);
  issues.replaceTwins(config.twins);
  status.refresh();
  root.dataset.ready = "1";
  // Once the first frame, with the first lines alone, is drawn.
  requestAnimationFrame(() => setTimeout(() => {
    table.classList.remove("first");
    issues.follow(location.hash);
    if (location.hash) window.history.replaceState(null, "", location.pathname + location.search); // it serves once
  }));

  const freeze = () => {
    edits.readonly = true;
    selection.editable = false;
    selection.paint();
    table.setAttribute("aria-readonly", "true");
    root.classList.add("is-readonly");
    for (const control of root.querySelectorAll("[data-edits]")) control.hidden = true;
    status.refresh();
  };
  if (config.readonly) freeze();
  sync.addEventListener("mode", ({ detail }) => {
    banner.mode(detail, config.urls.login);
    if (sync.stopped) {
      editor.commit(); // it is among what could not be stored
      freeze();
      dialogs.showUnsent();
    }
  });
  sync.addEventListener("lines", () => banner.stale());
  resume({ config, sync, results, dialogs }).then(() => {
    const onState = (state) => {
      if (state && config.state && state !== config.state) banner.stale();
    };
    if (config.urls.poll) new Poll({ config, net, sync, results, model, onState, onStale: () => banner.stale() });
  });
}

/** Opens the store, shows what an earlier page left in it, and sends it. */
async function resume({ config, sync, results, dialogs }) {
  const store = await openStore(config.scope);
  const left = await store.all();
  const held = await store.held();
  if (config.readonly) {
    sync.start(store, []);
    if (left.length) sync.refuse(); // typed for a month that cannot take it: nothing of it leaves by itself later on
    await dialogs.showUnsent();
    return;
  }
  results.overlay(left);
  sync.start(store, left);
  results.restore(held.filter(({ status }) => status !== UNSENT));
  dialogs.settleUnsent(unsentOf(held));
}

function explain(cell, note) {
  if (cell.title !== note) cell.title = note;
}

const root = document.getElementById("grid");
if (root) start(root);

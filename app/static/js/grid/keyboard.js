// Keys of the grid while no cell is being edited. Tab moves on inside the grid, but only once a person works in
// it: who is merely passing with Tab goes through, and Escape then Tab leaves at any time (WCAG 2.1.2).

export class Keyboard {
  constructor(parts) {
    Object.assign(this, parts); // {table, selection, editor, edits, history, fill, clipboard, commands, announcer, region}
    this.engaged = false;
    this.page = 10;
    this.table.addEventListener("keydown", (event) => this.keydown(event));
    this.table.addEventListener("pointerdown", () => (this.engaged = true));
    // The editor's input took the focus for a while: who typed a value works in the grid.
    this.editor.left = () => (this.engaged = true);
    this.table.addEventListener("focusout", ({ relatedTarget }) => {
      if (!this.table.contains(relatedTarget)) this.engaged = false;
    });
    // A page is what the region shows; watched rather than measured when a key comes.
    new ResizeObserver(([{ contentRect }]) => {
      this.page = Math.max(1, Math.floor(contentRect.height / 30) - 4);
    }).observe(this.region);
  }

  keydown(event) {
    if (this.editor.open || event.isComposing || !this.selection.row) return;
    if (event.key === "Tab") {
      this.tab(event);
      return;
    }
    if (event.key === "Escape") {
      this.engaged = false;
      this.announcer.say("Tab quitte la grille");
      return;
    }
    const command = this.command(event);
    if (!command) return;
    this.engaged = true;
    if (command !== "type") {
      event.preventDefault();
      command();
    } else this.editor.start({ replacing: true }); // the key itself goes on, into the input
  }

  tab(event) {
    const { ctrlKey, altKey, metaKey, shiftKey } = event;
    if (!this.engaged || ctrlKey || altKey || metaKey) return;
    if (this.selection.next(shiftKey ? -1 : 1)) event.preventDefault();
  }

  command(event) {
    // AltGr writes characters: to the browser it is Ctrl and Alt at once.
    if (event.getModifierState("AltGraph")) return event.key.length === 1 ? "type" : null;
    const control = event.ctrlKey || event.metaKey;
    if (event.altKey) return event.code === "KeyH" && !control ? this.commands.history : null;
    if (control) return this.controlled(event) ?? this.moves(event, true);
    return this.moves(event, false) ?? this.plain(event);
  }

  moves({ key, shiftKey }, far) {
    const { selection, page } = this;
    const all = Infinity;
    const go = {
      ArrowUp: () => selection.step(far ? -all : -1, 0, shiftKey),
      ArrowDown: () => selection.step(far ? all : 1, 0, shiftKey),
      ArrowLeft: () => selection.step(0, far ? -all : -1, shiftKey),
      ArrowRight: () => selection.step(0, far ? all : 1, shiftKey),
      Home: () => selection.step(far ? -all : 0, -all, shiftKey),
      End: () => selection.step(far ? all : 0, all, shiftKey),
      PageUp: () => selection.step(-page, 0, shiftKey),
      PageDown: () => selection.step(page, 0, shiftKey),
    };
    return Object.hasOwn(go, key) ? go[key] : null;
  }

  controlled({ key, shiftKey }) {
    const { edits, selection, history, fill, commands } = this;
    if (this.edits.readonly && "dr".includes(key)) return null; // Ctrl+R reloads the page
    const keys = {
      z: () => (shiftKey ? history.redo(edits, selection) : history.undo(edits, selection)),
      y: () => history.redo(edits, selection),
      a: () => selection.selectAll(),
      d: () => fill.down(),
      r: () => fill.right(),
      s: () => commands.save(),
      " ": () => selection.selectColumn(),
      Delete: () => commands.deleteLines(),
    };
    const name = key.length === 1 ? key.toLowerCase() : key;
    return Object.hasOwn(keys, name) ? keys[name] : null;
  }

  plain(event) {
    const { key, shiftKey } = event;
    const { selection, editor, clipboard, commands } = this;
    const keys = {
      F2: () => editor.start({ replacing: false }),
      Enter: () => (commands.choose() ? undefined : editor.start({ replacing: false })),
      F8: () => commands.nextIssue(shiftKey ? -1 : 1),
      Delete: () => clipboard.clear(),
      Backspace: () => clipboard.clear(),
    };
    if (Object.hasOwn(keys, key)) return keys[key];
    if (key === " " && shiftKey) return () => selection.selectLines();
    if (key === " ") return () => editor.start({ replacing: false });
    return key.length === 1 || key === "Dead" || key === "Process" ? "type" : null;
  }
}

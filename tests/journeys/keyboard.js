// What somebody without a mouse meets on a page: the places they must reach, and what they see at each press of Tab.
// tests/journeys/keyboard.py loads it into the page and presses the keys; faults are told in words.

(() => {
  const ROLES = ["button", "link", "checkbox", "radio", "switch", "tab", "menuitem", "option", "combobox", "slider", "spinbutton", "textbox", "searchbox", "treeitem"];
  const NATIVE = "a[href], area[href], button, input:not([type=hidden]), select, textarea, summary, iframe, audio[controls], video[controls], [contenteditable]:not([contenteditable=false])";
  const CONTROLS = [NATIVE, '[tabindex]:not([tabindex="-1"])', ...ROLES.map((role) => `[role=${role}]`)].join();
  // One stop each: the arrows go on inside (WAI-ARIA's roving tabindex). The boxes of the matrix, but not its links.
  const COMPOSITES = ["grid", "treegrid", "tree", "tablist", "radiogroup", "listbox", "menu", "menubar"].map((role) => `[role=${role}]`).join();

  const all = (selector) => [...document.querySelectorAll(selector)];

  function describe(element) {
    const tag = element.cloneNode(false).outerHTML.replace(/<\/[^>]*>$/, "").slice(0, 160);
    return `${tag} ${(element.textContent || "").trim().replace(/\s+/g, " ").slice(0, 50)}`.trim();
  }

  function usable(element) {
    return (
      element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) &&
      [...element.getClientRects()].some(({ width, height }) => width > 0 && height > 0) &&
      !element.matches(":disabled") &&
      !element.closest("[inert]")
    );
  }

  /** The element that stands for the place an element belongs to: itself, its composite, its group of radio buttons. */
  function placeOf(element) {
    const composite = element.parentElement?.closest(COMPOSITES) ?? (element.type === "checkbox" && element.closest(".matrix"));
    if (composite) return composite;
    if (element.type !== "radio" || !element.name) return element;
    return all('input[type="radio"]').find(({ name, form }) => name === element.name && form === element.form);
  }

  // --- What shows the focus --------------------------------------------------------------------------

  const PAINT = ["boxShadow", "backgroundColor", "borderTopColor", "borderTopWidth", "borderBottomColor", "borderBottomWidth", "textDecorationLine", "textDecorationThickness"];

  function paint(element, pseudo) {
    const style = getComputedStyle(element, pseudo);
    const drawn = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0 && !/, 0\)|transparent/.test(style.outlineColor);
    return [drawn ? `${style.outlineWidth} ${style.outlineColor}` : "", ...PAINT.map((name) => style[name])].join("|");
  }

  /** How an element and what may show its focus for it look: a card draws the ring of its link. */
  const looks = (element) =>
    [paint(element), paint(element, "::before"), paint(element, "::after"), ...[element.parentElement, element.parentElement?.parentElement].filter(Boolean).map((one) => paint(one))].join("\n");

  /** Sides of the part of an element that the window shows. */
  function shown(rect) {
    const left = Math.max(0, rect.left), top = Math.max(0, rect.top);
    const right = Math.min(innerWidth, rect.right), bottom = Math.min(innerHeight, rect.bottom);
    return right > left && bottom > top ? { left, top, right, bottom } : null;
  }

  /** Why the eye does not find an element: "" when it does (WCAG 2.4.11, half of it at least). */
  function hidden(element) {
    const parts = [...element.getClientRects()].map(shown).filter(Boolean);
    if (!parts.length) return "outside the window";
    let seen = 0, points = 0;
    const over = new Set();
    for (const { left, top, right, bottom } of parts)
      for (const across of [0.1, 0.5, 0.9])
        for (const down of [0.1, 0.5, 0.9]) {
          const hit = document.elementFromPoint(left + (right - left) * across, top + (bottom - top) * down);
          const own = hit && (element.contains(hit) || hit.contains(element) || hit.closest("label")?.control === element);
          points += 1;
          if (own) seen += 1;
          else if (hit) over.add(describe(hit));
        }
    return seen * 2 >= points ? "" : `under ${[...over].slice(0, 2).join(" and ")}`;
  }

  // --- The walk --------------------------------------------------------------------------------------

  const keyboard = { handlers: [], places: [], faults: new Set() };
  const fault = (text) => keyboard.faults.add(text);
  const plain = new Map(); // element → how it looks without the focus
  let steps = [], recording = false, before = "";

  const state = () =>
    JSON.stringify([location.href, all("input, select, textarea").map((one) => [one.value, one.checked]), all("dialog, details, [popover]").map((one) => one.open ?? one.matches(":popover-open"))]);

  keyboard.plan = () => {
    for (const one of all("main details")) one.open = true;
    document.activeElement.blur();
    const controls = all(CONTROLS).filter(usable);
    const places = new Set(controls.map(placeOf));
    // The cells of a grid by the thousand: only the one that takes the focus is looked at.
    for (const one of controls) if (!one.parentElement.closest(COMPOSITES) || one.tabIndex === 0) plain.set(one, looks(one));
    for (const one of all("[tabindex]")) if (Number(one.getAttribute("tabindex")) > 0) fault(`positive tabindex: ${describe(one)}`);
    const answers = (one) => places.has(placeOf(one)) || controls.some((control) => control.contains(one) || one.contains(control)) || one.closest("label")?.control;
    for (const one of keyboard.handlers) {
      if (one instanceof Element && one !== document.body && one !== document.documentElement && usable(one) && !answers(one)) fault(`only a mouse can click: ${describe(one)}`);
    }
    for (const one of all("body *")) {
      const points = (element) => getComputedStyle(element).cursor === "pointer";
      if (one.parentElement.closest(COMPOSITES) || !points(one) || points(one.parentElement) || !usable(one)) continue;
      if (!answers(one)) fault(`looks clickable, is no control: ${describe(one)}`);
    }
    keyboard.places = [...places];
    before = state();
    return places.size;
  };

  /** Tab begins at the top of the document, wherever the focus was. */
  keyboard.start = () => {
    const top = document.createElement("span");
    top.tabIndex = -1;
    document.body.prepend(top);
    top.focus({ preventScroll: true });
    top.remove();
    scrollTo(0, 0);
    steps = [];
    recording = true;
  };

  const pressed = ({ key }) => {
    if (!recording || key !== "Tab") return;
    const element = document.activeElement;
    const inside = element && element !== document.body && element !== document.documentElement;
    steps.push(inside ? element : null);
    if (inside) look(element);
  };
  addEventListener("keyup", pressed, true);

  function look(element) {
    const why = hidden(element);
    if (why) fault(`has the focus ${why}: ${describe(element)}`);
    const visible = plain.has(element) ? plain.get(element) !== looks(element) : getComputedStyle(element).outlineStyle !== "none";
    if (!visible) fault(`nothing shows the focus: ${describe(element)}`);
  }

  // The browser's own bar takes the focus, and sometimes the key as well: the next press is at the top again.
  const ended = (step, index) => step === null || (index > 0 && step === steps[0]);
  keyboard.left = () => steps.some(ended);
  keyboard.trapped = () => fault(`Tab never leaves the page: ${describe(document.activeElement)}`);

  /** After the way forward and out: what was not reached, and in which order the rest was. Gives the number of stops. */
  keyboard.forward = () => {
    const reached = steps.slice(0, steps.findIndex(ended));
    const places = new Set(reached.map(placeOf));
    for (const place of keyboard.places) if (!places.has(place)) fault(`Tab does not reach: ${describe(place)}`);
    reached.slice(1).forEach((one, index) => {
      const previous = reached[index];
      if (!(previous.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING)) fault(`Tab goes back from ${describe(previous)} to ${describe(one)}`);
    });
    keyboard.skips = reached[0]?.matches(".skip-link");
    if (!keyboard.skips) fault(`the first stop is no « Aller au contenu »: ${reached[0] ? describe(reached[0]) : "nothing"}`);
    keyboard.reached = reached;
    steps = [];
    return reached.length;
  };

  keyboard.fromEnd = () => {
    keyboard.reached.at(-1).focus();
    steps = [];
  };

  /** After Shift+Tab from the last stop: the same places the other way round. */
  keyboard.back = () => {
    if (!steps.length) fault("Shift+Tab leads nowhere");
    steps.forEach((one, index) => {
      const expected = keyboard.reached.at(-2 - index);
      if (placeOf(one ?? document.body) !== placeOf(expected)) fault(`Shift+Tab leads to ${one ? describe(one) : "nothing"}, not back to ${describe(expected)}`);
    });
    if (state() !== before) fault("Tab alone changed a field, a dialog or the address");
  };

  /** After « Aller au contenu », Enter and Tab: the first place of the content. */
  keyboard.skipped = () => {
    const main = document.querySelector("main");
    const expected = keyboard.reached.find((one) => main.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING);
    const one = steps.at(-1);
    if (expected && placeOf(one ?? document.body) !== placeOf(expected)) fault(`after « Aller au contenu », Tab leads to ${one ? describe(one) : "nothing"}, not to ${describe(expected)}`);
    recording = false;
  };

  // --- The ring, in pixels ---------------------------------------------------------------------------

  /** What makes two stops look alike, by the rank of their stop. */
  keyboard.kinds = () =>
    keyboard.reached.map((element) => {
      const line = [];
      for (let one = element; one && line.length < 4; one = one.parentElement) line.push(`${one.localName}.${[...one.classList].sort().join(".")}`);
      return `${element.type ?? ""} ${line.join(" < ")}`;
    });

  let seen = null; // the stop being looked at, and the length of its edge in pixels

  /** Focuses a stop as a key would. Gives the part of the window to look at. */
  keyboard.show = (rank) => {
    const element = keyboard.reached[rank];
    const around = [element, element.parentElement, element.parentElement.parentElement];
    document.activeElement.blur();
    const without = around.map((one) => paint(one));
    element.focus({ focusVisible: true });
    element.scrollIntoView({ block: "center", inline: "nearest" });
    const rect = shown(element.getBoundingClientRect());
    if (document.activeElement !== element || !rect) return null;
    const drawn = around.filter((one, index) => one === element || paint(one) !== without[index]).map((one) => one.getBoundingClientRect());
    const side = (name, choose, more) => Math.round(choose(...drawn.map((one) => one[name])) + more);
    const part = shown({ left: side("left", Math.min, -8), top: side("top", Math.min, -8), right: side("right", Math.max, 8), bottom: side("bottom", Math.max, 8) });
    seen = { element, edge: 2 * (rect.right - rect.left + rect.bottom - rect.top) };
    return { x: part.left, y: part.top, width: part.right - part.left, height: part.bottom - part.top };
  };

  keyboard.hide = () => document.activeElement.blur();

  // --- What opens over the page ----------------------------------------------------------------------

  const OPENERS = "button[data-dialog], [data-opens], [popovertarget]:not([popovertargetaction=hide]), form[data-confirm] [type=submit]";
  let openers = [], opener = null, over = null, inside = [], met = new Set();

  // From a dialog's end Tab goes by way of the browser's own bar, where the key may be lost: the focus itself is not.
  addEventListener("focusin", ({ target }) => recording && met.add(target), true);

  /** What each opener of the page opens, in words: one of a kind is tried. */
  keyboard.openers = () => {
    openers = all(OPENERS).filter((one) => usable(one) && (!one.form?.dataset.confirm || [...one.form.elements].every((field) => !field.willValidate || field.validity.valid)));
    return openers.map((one) => `${opened(one)?.id || one.dataset.opens} ${(one.form?.dataset.confirmTitle ?? "").replace(/«.*»/, "")}`);
  };

  function opened({ dataset, form, popoverTargetElement }) {
    if (popoverTargetElement) return popoverTargetElement;
    if (dataset.opens) return document.querySelector(`dialog[data-dialog=${dataset.opens}]`);
    return document.getElementById(form?.dataset.confirm ? "confirmation" : dataset.dialog);
  }

  const isOpen = () => over?.matches("dialog[open], :popover-open");

  keyboard.toOpener = (rank) => {
    opener = openers[rank];
    over = opened(opener);
    opener.focus();
  };

  /** After Enter. Gives how often Tab must be pressed to go through what is open: not at all when nothing is. */
  keyboard.open = () => {
    if (!isOpen()) fault(`Enter opens nothing: ${describe(opener)}`);
    if (!isOpen()) return 0;
    const at = document.activeElement, modal = over.localName === "dialog";
    if (modal && !over.contains(at)) fault(`the focus stays outside ${describe(over)}: ${describe(at)}`);
    at.blur();
    inside = [...over.querySelectorAll(CONTROLS)].filter(usable);
    for (const one of inside) plain.set(one, looks(one));
    at.focus({ focusVisible: true });
    met = new Set(modal ? [at] : []);
    recording = true;
    return inside.length + (modal ? 1 : 0);
  };

  keyboard.through = () => {
    recording = false;
    for (const one of inside) if (!met.has(one)) fault(`Tab does not reach, in ${describe(over)}: ${describe(one)}`);
    for (const one of met) if (!over.contains(one)) fault(`Tab goes behind ${describe(over)}: ${describe(one)}`);
  };

  /** After Escape: closed, and back where one was. */
  keyboard.closed = async () => {
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    if (isOpen()) fault(`Escape does not close ${describe(over)}`);
    else if (document.activeElement !== opener) fault(`closed, ${describe(over)} leaves the focus on ${describe(document.activeElement)}, not on ${describe(opener)}`);
  };

  /** The lists to choose from, one after the other: choosing alone sends nothing. */
  keyboard.toChoice = (rank) => {
    const choice = all("select:not([multiple])").filter(usable)[rank];
    choice?.focus();
    return Boolean(choice);
  };

  const luminance = (data, at) => {
    const [red, green, blue] = [0, 1, 2].map((offset) => {
      const part = data[at + offset] / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };

  /** With the focus and without (PNG, base64): a contrast of 3:1 in as many pixels as the edge is long (after WCAG 2.4.13). */
  keyboard.differ = async (...pictures) => {
    const [one, other] = await Promise.all(
      pictures.map(async (picture) => {
        const bitmap = await createImageBitmap(new Blob([Uint8Array.from(atob(picture), (letter) => letter.charCodeAt(0))], { type: "image/png" }));
        const canvas = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
        canvas.drawImage(bitmap, 0, 0);
        return canvas.getImageData(0, 0, bitmap.width, bitmap.height).data;
      }),
    );
    let count = 0;
    for (let at = 0; at < one.length; at += 4) {
      const [dark, light] = [luminance(one, at), luminance(other, at)].sort((a, b) => a - b);
      if ((light + 0.05) / (dark + 0.05) >= 3) count += 1;
    }
    if (count < seen.edge) fault(`the ring is hardly seen, ${count} pixels on an edge of ${Math.round(seen.edge)}: ${describe(seen.element)}`);
  };

  window.keyboard = keyboard;
})();

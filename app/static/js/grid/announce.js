// What a screen reader is told. Two live regions: results wait their turn, refusals do not.

export class Announcer {
  constructor(root) {
    this.polite = root.querySelector("[data-live=polite]");
    this.assertive = root.querySelector("[data-live=assertive]");
  }

  say(text) {
    this.write(this.polite, text);
  }

  warn(text) {
    this.write(this.assertive, text);
  }

  write(region, text) {
    // The same sentence twice is only read twice when the text changes: a no-break space makes it differ.
    region.textContent = region.textContent === text ? `${text}\u00a0` : text;
  }
}

// The message above the grid: what keeps edits from being stored, and the way out.

export class Banner {
  constructor(root) {
    this.element = root.querySelector("[data-banner]");
    this.text = this.element.querySelector("[data-banner-text]");
    this.link = this.element.querySelector("a");
    this.mayGo = true; // false once only a reload helps
    this.element.querySelector("[data-banner-close]").addEventListener("click", () => (this.element.hidden = true));
  }

  /**
   * `link`: {text, href, elsewhere}; `elsewhere` opens another tab, so that this one loses nothing. `until`: whether
   * what it says is over.
   */
  show(kind, text, link = null, until = null) {
    this.until = until;
    this.element.className = `alert alert-${kind} grid-banner`;
    this.text.textContent = text;
    this.link.hidden = !link;
    if (link) {
      this.link.textContent = link.text;
      this.link.href = link.href;
      this.link.target = link.elsewhere ? "_blank" : "";
    }
    this.element.hidden = false;
  }

  /** After each change: what is over is said no longer. */
  settle() {
    if (this.until?.()) this.element.hidden = true;
  }

  /** What says that there is something to mend has done its part once one is there. */
  makeRoom() {
    if (this.until) this.element.hidden = true;
  }

  /** Of one's last act in the grid, until the next one takes it away with an empty text; never over what has a way out. */
  brief(text) {
    const shown = this.element.hidden ? "" : this.text.textContent;
    if (text && (!shown || this.link.hidden)) this.show("info", text);
    else if (!text && shown === this.said) this.element.hidden = true;
    this.said = text;
  }

  mode({ mode, message }, login) {
    if (mode === "session") {
      const text = "Votre session a expiré : reconnectez-vous, rien n’est perdu.";
      this.show("warning", text, { text: "Se reconnecter", href: login, elsewhere: true });
    } else if (mode === "locked") this.final("danger", message ?? "Ce relevé n’est plus modifiable : il a été soumis.");
    else if (mode === "forbidden") this.final("danger", message ?? "Vous n’avez plus accès à ce relevé.");
    else if (mode === "online" && this.mayGo) this.element.hidden = true;
  }

  /** The month changed in a way that this page cannot follow. */
  stale() {
    this.final("info", "Ce relevé a changé ailleurs : des lignes ont été ajoutées ou supprimées, ou son état n’est plus le même.");
  }

  final(kind, text) {
    this.mayGo = false;
    this.show(kind, text, { text: "Recharger la page", href: location.href });
  }
}

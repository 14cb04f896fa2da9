// « Enregistrer le brouillon », « Signer et soumettre », and every form or link that needs the whole month stored
// (data-grid-flush): each does what it says, or says why it cannot.

import { count } from "./config.js";

export class Actions {
  constructor({ config, model, edits, editor, sync, net, banner, announcer, ask }) {
    Object.assign(this, { config, model, edits, editor, sync, net, banner, announcer, ask });
    document.addEventListener("submit", (event) => {
      const form = event.target;
      if (!form.matches("[data-grid-flush]") || !this.unsettled) return;
      event.preventDefault();
      this.settled(() => form.requestSubmit(event.submitter));
    });
    document.addEventListener("click", (event) => {
      if (event.target.closest?.("[data-grid-save]")) this.save();
      if (event.target.closest?.("[data-grid-undo]")) this.undo();
      const link = event.target.closest?.("a[data-grid-flush]");
      if (!link || !this.unsettled) return;
      event.preventDefault();
      this.settled(() => location.assign(link.href), link.dataset.gridFlush === "sign");
    });
    addEventListener("beforeunload", (event) => {
      this.editor.commit(); // what stands in the editor is typed too
      this.sync.leave();
      if (this.atRisk) event.preventDefault();
    });
  }

  get offline() {
    return !navigator.onLine || this.sync.mode === "offline" || this.sync.mode === "down";
  }

  get unsettled() {
    return this.sync.pending || this.model.troubled.size || this.offline;
  }

  /**
   * Would closing the page now lose something? A refused NISS is the one value that the device does not keep; after a
   * reload its cell shows what is stored, and nothing is left to lose.
   */
  get atRisk() {
    if (this.sync.atRisk) return true;
    const { columnOf } = this.config;
    const unkept = this.sync.store?.persistent === false;
    const lost = ({ row, column, stored }) => column === columnOf.get("niss") && this.model.value(row, column) !== stored;
    return [...this.model.troubled].some((key) => unkept || lost(this.model.states.get(key)));
  }

  async save() {
    if (!(await this.sync.flush()) || this.offline) this.explain(false);
    else if (this.model.troubled.size) this.warn(`Le reste est enregistré. ${this.troubles()}`);
    else if (await this.ok(this.net.post(this.config.urls.draft, {}), "d’enregistrer le brouillon")) {
      this.sync.draftSaved();
      this.announcer.say("Brouillon enregistré");
    }
  }

  /** « Annuler les modifications »: says what would come back, asks, and has the portal put it back. */
  async undo() {
    if (!(await this.sync.flush()) || this.offline) {
      this.explain(false);
      return;
    }
    const plan = await this.ok(this.net.get(this.config.urls.undo), "d’annuler les modifications");
    if (!plan) return;
    const { size } = this.model.troubled;
    const left = plan.left ? ` ${count(plan.left, "modification ne peut pas être annulée", "modifications ne peuvent pas être annulées")}.` : "";
    if (!plan.said && !size) {
      const nothing = "Rien à annuler : vous n’avez rien changé depuis votre connexion, depuis votre dernier brouillon enregistré ou depuis que ce mois est de nouveau ouvert.";
      this.banner.show("info", left.trim() || nothing);
      return;
    }
    const back = plan.said ? `Remettre ${plan.said} comme ${plan.since} ?` : "";
    const dropped = size ? `${count(size, "valeur refusée ou en conflit", "valeurs refusées ou en conflit")} à abandonner.` : "";
    const question = [back, dropped, left.trim()].filter(Boolean).join(" ");
    if (!(await this.ask(question, "Annuler les modifications", "Garder les modifications", true, plan.named))) return;
    const troubled = [...this.model.troubled].map((key) => this.model.states.get(key));
    await Promise.all(troubled.map(({ row, column }) => this.edits.abandon(row, column)));
    if (plan.said && !(await this.ok(this.net.post(this.config.urls.undo, {}), "d’annuler les modifications"))) return;
    history.scrollRestoration = "manual"; // what was done is told at the head of the page
    location.reload();
  }

  /** What the portal answered, or null once it was said why there is no answer. */
  async ok(asked, what) {
    const { kind, body, message } = await asked;
    if (kind === "ok") return body;
    if (kind === "session" || kind === "locked" || kind === "forbidden") this.sync.setMode(kind, message);
    else if (kind === "offline") this.explain(false);
    else this.banner.show("warning", `Impossible ${what} pour le moment${message ? ` : ${message}` : " : réessayez dans un instant."}`);
    return null;
  }

  /** Goes on once all is stored; else says what stands in the way. `sign`: to the page where one signs. */
  async settled(go, sign = false) {
    const stored = (await this.sync.flush()) && !this.offline;
    if (!stored) this.explain(sign);
    // A refused or conflicting cell shows what was typed, not what would be signed.
    else if (this.model.troubled.size) this.warn(this.troubles());
    else go();
  }

  /** What is refused or in conflict stands in the way; said until nothing is. */
  warn(text) {
    this.banner.show("warning", text, null, () => !this.model.troubled.size);
  }

  troubles() {
    const cells = count(
      this.model.troubled.size,
      "cellule refusée ou en conflit n’est pas enregistrée",
      "cellules refusées ou en conflit ne sont pas enregistrées",
    );
    return `${cells} : corrigez ou abandonnez d’abord ce que montre « À revoir ».`;
  }

  explain(sign) {
    const { mode, pending, store } = this.sync;
    if (mode === "session" || this.sync.stopped) {
      this.banner.mode({ mode }, this.config.urls.login);
      return;
    }
    const why = mode === "down" ? "Le serveur ne répond pas pour le moment." : "Vous êtes hors ligne.";
    const kept = store?.persistent === false ? "dans cet onglet, qu’il faut laisser ouvert," : "sur cet appareil";
    const verb = pending < 2 ? "est gardée" : "sont gardées";
    const leave = pending < 2 ? "partira" : "partiront";
    const apart = this.model.troubled.size ? `, sauf ${count(this.model.troubled.size, "cellule")} à revoir` : "";
    const waiting = pending
      ? `${count(pending, "modification")} ${verb} ${kept} et ${leave} dès que la connexion revient${apart}.`
      : `Tout ce que vous avez encodé jusqu’ici est enregistré${apart}.`;
    const then = sign ? " Vous pourrez signer une fois la connexion revenue et tout enregistré." : "";
    this.banner.show("warning", `${why} ${waiting}${then}`);
  }
}

// Others' changes, asked for every twenty seconds while the page is looked at.

const EVERY_MS = 20_000;

export class Poll {
  constructor({ config, net, sync, results, model, onState, onStale }) {
    Object.assign(this, { config, net, sync, results, model, onState, onStale });
    this.since = config.since;
    document.addEventListener("visibilitychange", () => this.schedule(document.hidden ? null : 0));
    this.schedule(EVERY_MS);
  }

  schedule(delay) {
    clearTimeout(this.timer);
    if (delay !== null && !document.hidden) this.timer = setTimeout(() => this.ask(), delay);
  }

  async ask() {
    // While the queue waits for its answers they carry the versions; asking in between only costs.
    if (!this.sync.sending) await this.once();
    this.schedule(EVERY_MS);
  }

  async once() {
    const { kind, body, message } = await this.net.get(`${this.config.urls.poll}?since=${encodeURIComponent(this.since)}`);
    if (kind === "session" || kind === "forbidden") this.sync.setMode(kind, message);
    if (kind !== "ok") return;
    if (this.sync.mode === "session") this.sync.recover();
    this.since = body.now;
    const unknown = this.results.remote(body);
    if (unknown || body.deleted.some((id) => this.model.byId.has(id))) this.onStale();
    this.onState(body.state);
  }
}

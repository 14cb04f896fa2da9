// Requests to the portal, and what their failures mean to a person at work.

const TIMEOUT_MS = 20_000;

/**
 * Answers {kind, body?, message?, wait?}:
 * "ok"; "offline" (no network); "down" (the server fails or asks to wait: `wait` in ms); "session" (signed out, or
 * someone else signed in); "locked" (the month is no longer editable); "forbidden"; "large"; "bad".
 */
export class Net {
  constructor(user) {
    this.user = user;
    this.ahead = 0; // ms: of the portal's clock over this device's
  }

  /** The moment by the portal's clock, which is the one of the history. */
  now() {
    return new Date(Date.now() + this.ahead);
  }

  get token() {
    return document.querySelector("meta[name=csrf-token]")?.content ?? "";
  }

  get(url) {
    return this.request(url, {});
  }

  async post(url, body) {
    const send = () =>
      this.request(url, {
        method: "POST",
        body: JSON.stringify(body),
        headers: { "Content-Type": "application/json", "X-CSRFToken": this.token },
      });
    const answer = await send();
    if (!answer.renew) return answer;
    // Signing in again in another tab changes the token: ask the page for the new one, once.
    const renewed = await this.renew();
    return renewed === "ok" ? send() : { kind: renewed };
  }

  /** Takes the token of a fresh copy of this page, if it is still the same person's. */
  async renew() {
    const answer = await this.request(location.href, { headers: { Accept: "text/html" } }, "text");
    if (answer.kind !== "ok") return answer.kind;
    const page = new DOMParser().parseFromString(answer.body, "text/html");
    if (page.querySelector("#grid")?.dataset.user !== this.user) return "session";
    const token = page.querySelector("meta[name=csrf-token]")?.content;
    if (!token || token === this.token) return "bad";
    document.querySelector("meta[name=csrf-token]").content = token;
    return "ok";
  }

  async request(url, options, format = "json") {
    if (!navigator.onLine) return { kind: "offline" };
    let response;
    try {
      response = await fetch(url, {
        credentials: "same-origin",
        redirect: "manual",
        cache: "no-store",
        signal: AbortSignal.timeout(TIMEOUT_MS),
        headers: { Accept: "application/json" },
        ...options,
      });
    } catch (error) {
      return { kind: error.name === "TimeoutError" ? "down" : "offline" };
    }
    // The sign-in page is a redirection, which fetch answers as « opaque » without following it.
    if (response.type === "opaqueredirect" || response.status === 401) return { kind: "session" };
    return this.read(response, format);
  }

  async read(response, format) {
    const { status } = response;
    const answered = Date.parse(response.headers.get("Date"));
    if (answered) this.ahead = answered - Date.now();
    let body = null;
    try {
      body = await response[format]();
    } catch {
      if (response.ok) return { kind: "down" }; // cut off, or a proxy's page in place of the answer
    }
    if (response.ok) return { kind: "ok", body };
    if (status === 409) return { kind: "locked", message: body?.message };
    if (status === 403) return { kind: "forbidden", message: body?.message };
    // Not there any more for this person: another tab may be acting for another organiser.
    if (status === 404) return { kind: "forbidden" };
    if (status === 413) return { kind: "large" };
    if (status === 429 || status >= 500) return { kind: "down", wait: 1000 * Number(response.headers.get("Retry-After")) || 0 };
    return { kind: "bad", message: body?.message, renew: status === 400 };
  }
}

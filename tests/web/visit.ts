/** The page over an owner made of what a test needs, visited as a signed-in browser does. */
import assert from "node:assert/strict";
import type { Api, MessageView, Method } from "../../src/node/api.ts";
import type { Owner, PageUnlock, SheetView } from "../../src/node/web_port.ts";
import { UserError } from "../../src/node/user_error.ts";
import { makeApp } from "../../src/web/app.tsx";
import { type Session, Sessions } from "../../src/web/sessions.ts";
import { Veil } from "../../src/web/veil.ts";
import type { WebApp } from "../../src/web/site.ts";
import { message } from "../cli/messages.ts";

/** Methods that an owner of a test answers; all others are refused as a locked node would. */
export type Answers = {
  readonly [M in Method]?: (
    params: Api[M]["params"],
  ) => Api[M]["result"] | Promise<Api[M]["result"]>;
};

/** What was asked of it. */
export interface Call {
  readonly method: Method;
  readonly params: unknown;
}

const PORT = 4_321;
const ORIGIN = `http://127.0.0.1:${PORT}`;

/** Addresses without what is veiled in them, which looks like anything. */
export function inTheClear(address: string): string {
  return address.replace(/\bv-[\w-]{30,}/g, "");
}

/** A browser at the page. */
export class Visit {
  readonly app: WebApp;
  readonly sessions: Sessions;
  readonly session: Session;
  readonly veil = new Veil((length) => new Uint8Array(length).fill(7));
  readonly calls: Call[] = [];
  readonly failures: unknown[] = [];
  /** What a recovery sheet holds: a test may say otherwise. */
  openSheet: (sheet: Uint8Array, words: Uint8Array) => Promise<SheetView> = () =>
    Promise.reject(new UserError("locked", "Wrong words."));
  /** What becomes of a passphrase: a test may say otherwise. */
  unlock: (passphrase: Uint8Array) => Promise<PageUnlock> = () =>
    Promise.reject(new UserError("locked", "Wrong passphrase."));

  /** `watched` are statuses that come to an open page. */
  constructor(answers: Answers, watched: AsyncIterable<MessageView> = nothing()) {
    let n = 0;
    this.sessions = new Sessions({
      now: () => 0,
      random: (length) => new Uint8Array(length).fill(++n),
    });
    const session = this.sessions.redeem(this.sessions.offer());
    assert.ok(session);
    this.session = session;
    const owner: Owner = {
      call: async (method, params) => {
        this.calls.push({ method, params });
        const answer = answers[method];
        if (answer === undefined) throw new UserError("locked", "This needs your keys.");
        return await answer(params);
      },
      watch: () => watched,
      unlock: () => Promise.reject(new Error("not here")),
    };
    this.app = makeApp({
      owner,
      unlock: (passphrase) => this.unlock(passphrase),
      openSheet: (sheet, words) => this.openSheet(sheet, words),
      sessions: this.sessions,
      veil: this.veil,
      now: () => 1_800_000_000,
      closing: new AbortController().signal,
    }, { port: () => PORT, failed: (error) => this.failures.push(error) });
  }

  /** Asks for a page. */
  async get(path: string, headers: Record<string, string> = {}): Promise<Response> {
    return await this.app.request(`${ORIGIN}${path}`, { headers: this.#headers(headers) });
  }

  /** The same as text; fails unless it is there. */
  async page(path: string): Promise<string> {
    const response = await this.get(path);
    const text = await response.text();
    assert.deepEqual(this.failures, []);
    assert.equal(response.status, 200, text);
    return text;
  }

  /** Sends a form as the page's own; fields with several values, and files, are lists. */
  async post(
    path: string,
    fields: Readonly<Record<string, string | readonly (string | File)[]>> = {},
    headers: Record<string, string> = {},
  ): Promise<Response> {
    const form = new FormData();
    form.append("csrf", this.session.csrf);
    for (const [name, values] of Object.entries(fields)) {
      for (const value of [values].flat()) form.append(name, value);
    }
    return await this.app.request(`${ORIGIN}${path}`, {
      method: "POST",
      body: form,
      headers: this.#headers({ origin: ORIGIN, ...headers }),
    });
  }

  /** The same as a form without files is sent by a browser. */
  async submit(
    path: string,
    fields: Readonly<Record<string, string>> = {},
    headers: Record<string, string> = {},
  ): Promise<Response> {
    return await this.app.request(`${ORIGIN}${path}`, {
      method: "POST",
      body: new URLSearchParams({ csrf: this.session.csrf, ...fields }),
      headers: this.#headers({ origin: ORIGIN, ...headers }),
    });
  }

  /** What a method was asked with, each time. */
  asked(method: Method): unknown[] {
    return this.calls.filter((call) => call.method === method).map(({ params }) => params);
  }

  #headers(more: Record<string, string>): Record<string, string> {
    return {
      host: `127.0.0.1:${PORT}`,
      cookie: `gossamer-${PORT}=${this.session.id}`,
      ...more,
    };
  }
}

/** A post with what a test says of it. */
export function postView(part: Partial<MessageView> = {}): MessageView {
  const plain = { id: "ab".repeat(32), author: "g1author", name: "Ada", created: 1_800_000_000 };
  return message({ ...plain, ...part });
}

async function* nothing(): AsyncIterable<MessageView> {}

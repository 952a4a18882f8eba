/** A browser without JavaScript at a real node's page: signed in by the link, it reads and sends forms. */
import assert from "node:assert/strict";
import { type Machine, text } from "./node.ts";

/** What a form came to. */
export interface Sent {
  /** HTTP status. */
  readonly status: number;
  /** Path that it led to, with what stands behind; "" when it led nowhere. */
  readonly to: string;
  /** The page, where it led nowhere. */
  readonly page: string;
}

/** One browser. */
export class Browser {
  readonly origin: string;
  readonly #cookie: string;
  #csrf = "";

  private constructor(origin: string, cookie: string) {
    this.origin = origin;
    this.#cookie = cookie;
  }

  /** Signs in at a machine's running node. */
  static async open(machine: Machine): Promise<Browser> {
    const link = text(await machine.object(["open", "--no-browser"]), "link");
    const response = await fetch(link);
    await response.body?.cancel();
    const [cookie = ""] = response.headers.getSetCookie();
    return new Browser(new URL(link).origin, cookie.split(";")[0] ?? "");
  }

  /** Reads a page, which must be there. */
  async page(path: string): Promise<string> {
    const response = await fetch(`${this.origin}${path}`, { headers: this.#headers() });
    const page = await response.text();
    assert.equal(response.status, 200, `${path}: ${page}`);
    this.#csrf = / name="csrf" value="(\w+)"/.exec(page)?.[1] ?? this.#csrf;
    return page;
  }

  /** Reads an event stream until something was found in it. */
  async follow(path: string, found: (stream: string) => boolean): Promise<string> {
    const stop = new AbortController();
    const response = await fetch(`${this.origin}${path}`, {
      headers: this.#headers(),
      signal: stop.signal,
    });
    let all = "";
    for await (const part of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      all += part;
      if (found(all)) break;
    }
    stop.abort();
    return all;
  }

  /** Asks for something that isn't a page. */
  async get(path: string): Promise<Response> {
    return await fetch(`${this.origin}${path}`, { headers: this.#headers() });
  }

  /** Sends a form of the page read last; with files as browsers send those. */
  async send(
    path: string,
    fields: Readonly<Record<string, string | readonly string[] | File>>,
  ): Promise<Sent> {
    const withFiles = Object.values(fields).some((value) => value instanceof File);
    const form = withFiles ? new FormData() : new URLSearchParams();
    form.append("csrf", this.#csrf);
    for (const [name, values] of Object.entries(fields)) {
      if (values instanceof File) {
        if (form instanceof FormData) form.append(name, values);
      } else for (const value of [values].flat()) form.append(name, value);
    }
    const response = await fetch(`${this.origin}${path}`, {
      method: "POST",
      body: form,
      redirect: "manual",
      headers: { ...this.#headers(), origin: this.origin, "sec-fetch-site": "same-origin" },
    });
    return {
      status: response.status,
      to: response.headers.get("location") ?? "",
      page: await response.text(),
    };
  }

  #headers(): Record<string, string> {
    return { cookie: this.#cookie };
  }
}

/** Whether this node serves its web page: not before somebody asks for it. */
import type { WebView } from "./api_health.ts";
import { History } from "./history.ts";
import type { Log } from "./log.ts";
import type { OwnerService } from "./owner.ts";
import type { PassphraseUnlock } from "./passphrase_unlock.ts";
import { UserError } from "./user_error.ts";
import type { PageUnlock, WebOptions, WebRequest, WebServer } from "./web_port.ts";

/** A way into the page. */
export interface WebLink {
  /** The link, good for one browser and once. */
  readonly link: string;
  /** Until when, seconds since 1970. */
  readonly expires: number;
  /** The port that the node listens on for it. */
  readonly port: number;
}

/** The node that the page is of. */
export interface PageNode {
  /** What it can be asked. */
  readonly owner: OwnerService;
  /** For what goes wrong. */
  readonly log: Log;
}

/** Opens and closes the page. Openings that come at the same time open it once. */
export class WebPage {
  /** How the node did in the last day: what the page draws. */
  readonly history: History = new History();
  readonly #options: WebOptions | undefined;
  readonly #keys: PassphraseUnlock;
  #node: PageNode | undefined;
  #server: Promise<WebServer> | undefined;
  #open: WebServer | undefined;

  /** Nothing is loaded, nothing listens. */
  constructor(options: WebOptions | undefined, keys: PassphraseUnlock) {
    this.#options = options;
    this.#keys = keys;
  }

  /** Says whose page it is, and opens it if that is wanted from the start. Rejects as `open` does. */
  async start(node: PageNode): Promise<void> {
    this.#node = node;
    if (this.#options?.port !== undefined) await this.#listen(this.#options.port);
  }

  /**
   * A link to the page, which listens from now on. Rejects with a `UserError`: the port is taken, or the
   * page listens on another one.
   */
  async open(port?: number): Promise<WebLink> {
    const server = await (this.#server ?? this.#listen(port ?? 0));
    if (port !== undefined && port !== 0 && port !== server.port) {
      throw new UserError(
        "usage",
        `The web page is open on port ${server.port} already: gossamer open --close ends that.`,
      );
    }
    return { ...server.link(), port: server.port };
  }

  /** Where it is served and for how many browsers; null while it isn't. */
  view(): WebView | null {
    return this.#open === undefined
      ? null
      : { port: this.#open.port, browsers: this.#open.browsers() };
  }

  /** Keeps the `keys` file as it is on the disk now. Rejects with a `UserError` for what isn't one. */
  async keysFile(file: Uint8Array): Promise<void> {
    await this.#keys.take(file);
  }

  /** Ends the page and all its sessions. Answers whether it was open. */
  async close(): Promise<boolean> {
    const server = await this.#server?.catch(() => undefined);
    this.#server = undefined;
    this.#open = undefined;
    await server?.close();
    return server !== undefined;
  }

  #listen(port: number): Promise<WebServer> {
    const server = this.#load(port);
    this.#server = server;
    // A port that was taken may be free the next time.
    server.catch(() => this.#server = undefined);
    return server;
  }

  async #load(port: number): Promise<WebServer> {
    if (this.#node === undefined || this.#options === undefined) {
      throw new UserError("failed", "This node has no web page to serve.");
    }
    const start = await this.#options.load();
    const { owner } = this.#node;
    const unlock = (passphrase: Uint8Array): Promise<PageUnlock> =>
      this.#keys.unlock(passphrase, owner);
    const openSheet: WebRequest["openSheet"] = (sheet, words) => this.#keys.openSheet(sheet, words);
    const server = await start({ port, unlock, openSheet, ...this.#node });
    void server.ended.then(() => {
      if (this.#open === server) this.#open = this.#server = undefined;
    });
    return this.#open = server;
  }
}

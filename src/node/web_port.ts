/** The web page as the node knows it: what it hands in, and what it gets to hold. */
import type { Owner } from "./control_server.ts";
import type { Log } from "./log.ts";

export type { Owner };

/** Keys that were opened by the page. */
export interface PageUnlock {
  /** The identities, `g1…`. */
  readonly identities: readonly string[];
  /** Takes the keys away again, unless somebody else has unlocked the node since. */
  lockAgain(): Promise<void>;
}

/** A recovery sheet, opened. */
export interface SheetView {
  /** Whose it is, `g1…`. */
  readonly id: string;
  /** Who can go on, `g1…`. */
  readonly successor: string;
  /** The revocation, in base64, for the method `revoke`. */
  readonly statement: string;
}

/** What the web page works with. */
export interface WebRequest {
  /** TCP port on 127.0.0.1; 0 lets the system choose. */
  readonly port: number;
  /** The same functions as behind the control socket. */
  readonly owner: Owner;
  /**
   * Unlocks by the passphrase, whose bytes are wiped. It counts as the owner's unlock, and blocks this
   * thread for about a second. Rejects with a `UserError`: `locked` for a wrong one, `refused` for an
   * attempt too early after that, or beside another.
   */
  readonly unlock: (passphrase: Uint8Array) => Promise<PageUnlock>;
  /**
   * Opens the text of a recovery sheet with its seven words, which are wiped. Blocks this thread for some
   * seconds. Rejects as `unlock` does, and for what isn't a sheet of this network.
   */
  readonly openSheet: (sheet: Uint8Array, words: Uint8Array) => Promise<SheetView>;
  /** For what goes wrong. */
  readonly log: Log;
}

/** A web page that is being served. */
export interface WebServer {
  /** The port that it listens on. */
  readonly port: number;
  /** A link that signs one browser in, once, and when that ends, in seconds since 1970. */
  link(): { readonly link: string; readonly expires: number };
  /** How many browsers are signed in. */
  browsers(): number;
  /** Resolves when it serves no more, because it was closed or couldn't go on, which is in the log then. */
  readonly ended: Promise<void>;
  /** Signs everybody out and stops listening. */
  close(): Promise<void>;
}

/** Begins to listen. Rejects with a `UserError` when the port is taken. */
export type StartWeb = (request: WebRequest) => Promise<WebServer>;

/** Where the web page comes from, and whether it is wanted from the start. */
export interface WebOptions {
  /** Loads its program; nothing of it is in memory before. */
  readonly load: () => Promise<StartWeb>;
  /** TCP port on which it is served from the node's start on; absent means when it is asked for. */
  readonly port?: number;
}

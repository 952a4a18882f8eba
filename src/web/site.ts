/** What every view works with. */
import type { Context, Hono } from "hono";
import type { Owner, WebRequest } from "../node/web_port.ts";
import type { SecretForm } from "./secret_form.ts";
import type { Session, Sessions } from "./sessions.ts";
import type { Veil } from "./veil.ts";

/** The node behind the page. */
export interface Site {
  /** The same functions as behind the control socket. */
  readonly owner: Owner;
  /** Unlocks by the passphrase, whose bytes are wiped. */
  readonly unlock: WebRequest["unlock"];
  /** Opens a recovery sheet by its words, which are wiped. */
  readonly openSheet: WebRequest["openSheet"];
  /** Who is signed in. */
  readonly sessions: Sessions;
  /** For what stands in addresses. */
  readonly veil: Veil;
  /** Seconds since 1970. */
  readonly now: () => number;
  /** Aborts when the page closes: streams end. */
  readonly closing: AbortSignal;
}

/** What a request carries once the guards have let it in. */
export interface WebEnv {
  /** Set before anything else, and by the guards. */
  Variables: {
    /** The browser that asks. */
    readonly session: Session;
    /** For what stands in addresses. */
    readonly veil: Veil;
    /** A form with a passphrase in it, on the few paths that take one; overwritten after the answer. */
    readonly secret?: SecretForm;
  };
}

/** The routes. */
export type WebApp = Hono<WebEnv>;

/** One request. */
export type WebContext = Context<WebEnv>;

/** Adds the routes of one view. */
export type View = (app: WebApp, site: Site) => void;

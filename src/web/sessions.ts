/**
 * Who may look at the page: browsers that followed a link which only the owner can make. Pure: time and
 * chance are passed in.
 */

/** Seconds in which a link can be used. */
export const LINK_LIFE_S = 120;

/** Links that can be used at the same time; the oldest goes for a new one. */
export const MAX_LINKS = 8;

/** Browsers that can be signed in at the same time; the one that was away longest goes for a new one. */
export const MAX_SESSIONS = 16;

/** Seconds after which a browser that asked for nothing is signed out. */
export const IDLE_S = 1_800;

/** Bytes in what a link and a cookie hold. */
const SECRET_BYTES = 32;

/** A browser that is signed in. */
export interface Session {
  /** What its cookie says. */
  readonly id: string;
  /** What its forms must say, so that no other site can send them. */
  readonly csrf: string;
  /** Aborts when it is signed out: its streams end. */
  readonly ended: AbortSignal;
}

/** What sessions need of the world. */
export interface SessionPorts {
  /** Seconds from any start, never going back. */
  readonly now: () => number;
  /** Random bytes. */
  readonly random: (length: number) => Uint8Array;
}

interface Held {
  readonly session: Session;
  readonly controller: AbortController;
  lastSeen: number;
}

interface Link {
  readonly made: number;
  /** The session that it opened. */
  used?: string;
}

/** Links and sessions. In memory only: they end with the node. */
export class Sessions {
  readonly #ports: SessionPorts;
  readonly #links = new Map<string, Link>();
  /** By cookie, the one that was away longest first. */
  readonly #held = new Map<string, Held>();

  /** What is being done for those who were signed out. */
  readonly #endings = new Set<Promise<void>>();

  /** Nobody is signed in. */
  constructor(ports: SessionPorts) {
    this.#ports = ports;
  }

  /** Browsers that are signed in. */
  get size(): number {
    this.expire();
    return this.#held.size;
  }

  /** A new link's secret. */
  offer(): string {
    this.expire();
    if (this.#links.size >= MAX_LINKS) this.#links.delete(first(this.#links));
    const secret = this.#secret();
    this.#links.set(secret, { made: this.#ports.now() });
    return secret;
  }

  /**
   * Signs a browser in; `undefined` for a link that isn't good any more. A link that is used twice was
   * seen by somebody else, and nobody knows who came first: the session that it opened ends.
   */
  redeem(secret: string): Session | undefined {
    this.expire();
    const link = this.#links.get(secret);
    if (link === undefined) return undefined;
    if (link.used !== undefined) {
      this.end(link.used);
      return undefined;
    }
    if (this.#held.size >= MAX_SESSIONS) this.end(first(this.#held));
    const controller = new AbortController();
    const session = { id: this.#secret(), csrf: this.#secret(), ended: controller.signal };
    this.#held.set(session.id, { session, controller, lastSeen: this.#ports.now() });
    link.used = session.id;
    return session;
  }

  /** Whose cookie this is. `person` says that somebody asked, not a page by itself. */
  find(id: string, { person }: { readonly person: boolean }): Session | undefined {
    this.expire();
    const held = this.#held.get(id);
    if (held === undefined) return undefined;
    if (person) {
      held.lastSeen = this.#ports.now();
      this.#held.delete(id);
      this.#held.set(id, held);
    }
    return held.session;
  }

  /** Signs a browser out. */
  end(id: string): void {
    const held = this.#held.get(id);
    this.#held.delete(id);
    held?.controller.abort();
  }

  /** Has something done when a browser is signed out, or now if it is; that it fails is its own affair. */
  whenEnded({ ended }: Session, run: () => Promise<void>): void {
    const end = (): void => {
      const ending = run().catch(() => {}).finally(() => this.#endings.delete(ending));
      this.#endings.add(ending);
    };
    if (ended.aborted) end();
    else ended.addEventListener("abort", end, { once: true });
  }

  /** Resolves when what was to be done for those who are signed out is done. */
  async settled(): Promise<void> {
    await Promise.all(this.#endings);
  }

  /** Signs those out who were away too long. To be called now and then: nobody may ask any more. */
  expire(): void {
    const now = this.#ports.now();
    for (const [secret, { made }] of this.#links) {
      if (now - made > LINK_LIFE_S) this.#links.delete(secret);
    }
    for (const [id, { lastSeen }] of this.#held) {
      if (now - lastSeen > IDLE_S) this.end(id);
    }
  }

  /** Signs all out; no link is good any more. */
  endAll(): void {
    this.#links.clear();
    for (const id of [...this.#held.keys()]) this.end(id);
  }

  #secret(): string {
    return this.#ports.random(SECRET_BYTES).toHex();
  }
}

function first(map: ReadonlyMap<string, unknown>): string {
  const [key] = map.keys();
  return key ?? "";
}

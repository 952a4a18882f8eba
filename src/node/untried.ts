/**
 * Which private messages are still to be tried with which identities (docs/PROTOCOL.md section 5).
 *
 * ```
 * just arrived ──────────────────────────────┐
 * stored, newest first, then held, oldest ───┴─→ next(): some at a time
 * ```
 * What was marked as tried comes again only for identities that the marks don't hold for: new ones.
 */
import type { PublicStore, Tried } from "../store/mod.ts";
import { BODY_TYPES } from "../wire/body.ts";
import type { IdentityKey, MessageId } from "../wire/ids.ts";
import type { AdmittedMessage } from "../wire/message.ts";
import type { UnixSeconds } from "../wire/time.ts";

/** Messages looked at in the index in one go: some milliseconds. */
const LOOK = 2_048;
/** Most arrivals that wait; beyond it everything is looked through once more. */
const MAX_ARRIVED = 4_096;

/** A message to be tried. */
export interface Untried {
  /** Which. */
  readonly id: MessageId;
  /** Where it is held if it isn't stored any more. */
  readonly created: UnixSeconds;
  /** With which identities. */
  readonly identities: readonly IdentityKey[];
}

/** A walk over everything that is here, for the time of one unlocking. */
export class UntriedMessages {
  readonly #store: PublicStore;
  readonly #tried: Tried;
  readonly #all: readonly IdentityKey[];
  #novel: readonly IdentityKey[];
  readonly #arrived = new Map<MessageId, UnixSeconds>();
  #stage: "stored" | "held" | "over" = "stored";
  #before: MessageId | undefined;
  #after: { readonly created: UnixSeconds; readonly id: MessageId } | undefined;
  #found: Untried[] = [];
  /** Arrived and given out while the walk may still come by. */
  readonly #given = new Set<MessageId>();
  #again = false;

  /** Begins at the newest. */
  constructor(
    store: PublicStore,
    { tried, identities }: {
      readonly tried: Tried;
      /** This node's own identities. */
      readonly identities: readonly IdentityKey[];
    },
  ) {
    this.#store = store;
    this.#tried = tried;
    this.#all = identities;
    this.#novel = identities.filter((key) => !tried.identities.includes(key));
  }

  /** Whether nothing is known to be left. */
  get done(): boolean {
    return this.walked && this.#arrived.size === 0;
  }

  /** Whether a walk from the newest to the oldest ended, all that it found having been given out. */
  get walked(): boolean {
    return this.#stage === "over" && !this.#again && this.#found.length === 0;
  }

  /** Walks once more when this walk is over: what was tried isn't tried again, but asked for. */
  lookAnew(): void {
    this.#again = true;
  }

  /** A message was stored. */
  arrived({ id, body }: AdmittedMessage): void {
    if (body.kind !== "private") return;
    if (this.#arrived.size < MAX_ARRIVED) this.#arrived.set(id, body.created);
    else this.#again = true;
  }

  /**
   * The next messages with at most so many trials, one message at least; fewer than there are for whoever
   * must first look for them. Rejects with a `StoreError`.
   */
  async next(trials: number): Promise<readonly Untried[]> {
    const taken: Untried[] = [];
    let left = trials;
    while (left > 0) {
      const item = this.#take();
      if (item === undefined) break;
      taken.push(item);
      left -= item.identities.length;
    }
    if (taken.length === 0) {
      if (this.#stage === "over" && this.#again) this.#restart();
      if (this.#stage !== "over") await this.#look();
    }
    return taken;
  }

  #take(): Untried | undefined {
    for (const [id, created] of this.#arrived) {
      this.#arrived.delete(id);
      const item = this.#need({ id, created });
      if (this.#stage === "stored") this.#given.add(id);
      if (item !== undefined) return item;
    }
    // Tried meanwhile, or found in both places since it was dropped in between.
    for (let item = this.#found.shift(); item !== undefined; item = this.#found.shift()) {
      const still = this.#need(item);
      if (still !== undefined) return still;
    }
    return undefined;
  }

  #need(place: { readonly id: MessageId; readonly created: UnixSeconds }): Untried | undefined {
    if (this.#given.has(place.id)) return undefined;
    const identities = this.#tried.has(place.id) ? this.#novel : this.#all;
    return identities.length === 0 ? undefined : { ...place, identities };
  }

  async #look(): Promise<void> {
    if (this.#stage === "stored") this.#lookAtStored();
    else await this.#lookAtHeld();
  }

  #lookAtStored(): void {
    const { index } = this.#store;
    // Dropped since: what was behind it isn't known any more, so from the top again.
    const before = this.#before !== undefined && index.has(this.#before) ? this.#before : undefined;
    let looked = 0;
    const query = { type: BODY_TYPES.private, ...(before === undefined ? {} : { before }) };
    for (const { id, created } of index.newestFirst(query)) {
      this.#before = id;
      const item = this.#need({ id, created });
      if (item !== undefined) this.#found.push(item);
      if (++looked === LOOK) return;
    }
    this.#stage = "held";
    this.#given.clear();
  }

  async #lookAtHeld(): Promise<void> {
    const places = await this.#store.held.placesAfter(this.#after);
    for (const place of places) {
      const item = this.#need(place);
      if (item !== undefined) this.#found.push(item);
    }
    this.#after = places.at(-1) ?? this.#after;
    if (places.length > 0) return;
    this.#stage = "over";
  }

  /** Everything was given out, what the marks hold for with new identities, too. */
  #restart(): void {
    this.#stage = "stored";
    this.#novel = [];
    this.#before = undefined;
    this.#after = undefined;
    this.#again = false;
  }
}

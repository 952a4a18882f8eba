/**
 * How messages leave `public.kv`, and what is remembered of them (docs/PROTOCOL.md section 7).
 *
 * ```
 * drop     rows of messages go, rows of remembered ids come: one commit, so that a process killed
 *          anywhere has each message stored or remembered
 * refuse   ids of what was never stored on purpose
 * forget   ids whose messages are past their lifetime; whole days of rows
 * horizon  too many ids: the time rises before which all is refused, then those before it go
 * ```
 */
import { BODY_TYPES } from "../wire/body.ts";
import type { MessageId } from "../wire/ids.ts";
import { LIFETIME_S } from "../wire/limits.ts";
import { type UnixSeconds, unixSeconds } from "../wire/time.ts";
import { StoreError } from "./errors.ts";
import type { HeldPrivate } from "./held_private.ts";
import {
  horizonKey,
  messageKey,
  metaKey,
  readRememberedDay,
  rememberedIds,
  rememberedKey,
} from "./keys.ts";
import type { Kv, KvMutation } from "./kv_port.ts";
import type { MessageIndex, MessageMeta } from "./message_index.ts";
import {
  DAY_S,
  decodeFact,
  decodeRemembered,
  encodeFact,
  encodeRemembered,
  type PublicBytes,
} from "./public_rows.ts";
import { type DroppedId, MAX_REMEMBERED, RememberedIds } from "./remembered_ids.ts";
import type { Turns } from "./turns.ts";

/** Messages that go in one commit: two rows each, well within the database's limits. */
const AT_ONCE = 320;
/** Private messages read in one go, of up to 61 kB each. */
const HELD_AT_ONCE = 32;
/** Rows deleted in one commit. */
const ROWS_AT_ONCE = 500;
/** Part of all remembered ids that go when there are too many, so that it isn't done for each one. */
const SHARE_GONE = 1 / 50;

/** What dropping works on: the store's own parts. */
export interface DroppingParts {
  /** `public.kv`. */
  readonly kv: Kv<PublicBytes>;
  /** What is known of stored messages. */
  readonly index: MessageIndex;
  /** Who writes takes turns. */
  readonly turns: Turns;
  /** Where private messages go then. */
  readonly held: HeldPrivate;
  /** Most ids remembered; the protocol's unless given. */
  readonly maxRemembered?: number;
}

/** Drops messages and remembers that. */
export class Dropping {
  /** Ids that count as known though nothing is stored of them. */
  readonly remembered: RememberedIds;
  readonly #parts: DroppingParts;
  readonly #max: number;
  #horizon = 0 as UnixSeconds;

  private constructor(parts: DroppingParts) {
    const [salt = 0] = crypto.getRandomValues(new Uint32Array(1));
    this.remembered = new RememberedIds(salt);
    this.#parts = parts;
    this.#max = parts.maxRemembered ?? MAX_REMEMBERED;
  }

  /** Reads what is remembered. Throws for a row that this program never wrote. */
  static async open(parts: DroppingParts): Promise<Dropping> {
    const dropping = new Dropping(parts);
    const bytes = await parts.kv.get(horizonKey);
    const horizon = bytes === undefined ? 0 : decodeFact(bytes);
    dropping.#horizon = unixSeconds(typeof horizon === "number" ? horizon : NaN);
    for await (const row of parts.kv.list({ prefix: rememberedIds })) {
      // What the horizon left behind when the process was killed.
      dropping.remembered.add(
        decodeRemembered(row).filter(({ created }) => created >= dropping.#horizon),
        "dropped",
      );
    }
    return dropping;
  }

  /** Messages made before then are refused; 0 for none. */
  get horizon(): UnixSeconds {
    return this.#horizon;
  }

  /**
   * Drops messages; unknown ones are skipped. Those within their lifetime are remembered. Answers
   * which went: not those for whose ids there is no room. Others may write in between. Throws a `StoreError` when the disk fails; what went
   * before stays gone.
   */
  async drop(ids: readonly MessageId[], now: UnixSeconds): Promise<MessageId[]> {
    const { index, turns } = this.#parts;
    const known = ids.map((id) => index.get(id)).filter((meta) => meta !== undefined)
      .sort((a, b) => a.created - b.created);
    const gone: MessageId[] = [];
    for (let at = 0; at < known.length; at += AT_ONCE) {
      const some = known.slice(at, at + AT_ONCE).map(({ id }) => id);
      gone.push(...await turns.run(() => this.#drop(some, now)));
    }
    return gone;
  }

  /** Runs a task while nothing of what is stored changes. */
  quietly<T>(task: () => Promise<T>): Promise<T> {
    return this.#parts.turns.run(task);
  }

  /**
   * Remembers ids of messages that this node doesn't want to store, as if it had dropped them. Throws
   * a `StoreError` when the disk fails; they are not remembered then.
   */
  refuse(dropped: readonly DroppedId[], now: UnixSeconds): Promise<void> {
    return this.#parts.turns.run(async () => {
      for (let at = 0; at < dropped.length; at += AT_ONCE) {
        const some = dropped.slice(at, at + AT_ONCE);
        const { fresh } = await this.#admit(some, now);
        await this.#parts.kv.commit(rows(fresh));
        this.remembered.add(fresh, "refused");
      }
    });
  }

  /** Forgets ids whose lifetime is over. Throws a `StoreError` when the disk fails. */
  forget(now: UnixSeconds): Promise<void> {
    return this.#parts.turns.run(async () => {
      const end = now - LIFETIME_S;
      this.remembered.remove(this.remembered.before(end));
      await this.#deleteDays(end);
    });
  }

  async #drop(ids: readonly MessageId[], now: UnixSeconds): Promise<MessageId[]> {
    const { kv, index } = this.#parts;
    const metas = ids.map((id) => index.get(id)).filter((meta) => meta !== undefined);
    const dropped = metas.filter(({ created }) => created >= now - LIFETIME_S);
    const { fresh: admitted, left } = await this.#admit(dropped, now);
    const wanted = metas.filter(({ id }) => !left.has(id));
    const stay = await this.#hold(wanted);
    const going = wanted.filter(({ id }) => !stay.has(id));
    const fresh = admitted.filter(({ id }) => !stay.has(id));
    await kv.commit([...going.flatMap(deletions), ...rows(fresh)]);
    const gone = going.map(({ id }) => id);
    // First, so that whoever watches sees whose place each takes.
    this.remembered.add(fresh, "dropped");
    index.remove(gone);
    return gone;
  }

  /**
   * Private messages stay a while longer elsewhere; there before they go here, so that none gets lost.
   * Answers those for which the disk has no room: they stay where they are, and make none to others.
   */
  async #hold(going: readonly MessageMeta[]): Promise<ReadonlySet<MessageId>> {
    const { kv, held } = this.#parts;
    const places = going.filter(({ type, retracted }) => type === BODY_TYPES.private && !retracted);
    for (let at = 0; at < places.length; at += HELD_AT_ONCE) {
      const some = places.slice(at, at + HELD_AT_ONCE);
      const rows = await Promise.all(some.map(async (place) => {
        return { place, bytes: await kv.get(messageKey(place)) };
      }));
      const found = rows.flatMap(({ place, bytes }) => bytes === undefined ? [] : { place, bytes });
      try {
        await held.take(found);
      } catch (error) {
        if (!(error instanceof StoreError) || error.code !== "full") throw error;
        return new Set(places.slice(at).map(({ id }) => id));
      }
    }
    return new Set();
  }

  /**
   * Makes room for ids. Answers those that are to be remembered, not what the horizon refuses, and
   * those for which there is no room: a flood dated ahead of the clock, beyond any horizon.
   */
  async #admit(
    dropped: readonly DroppedId[],
    now: UnixSeconds,
  ): Promise<{ readonly fresh: DroppedId[]; readonly left: ReadonlySet<MessageId> }> {
    const novel = dropped.filter(({ id }) => !this.remembered.has(id));
    const excess = this.remembered.size + novel.length - this.#max;
    if (excess > 0) await this.#raise(Math.max(excess, Math.ceil(this.#max * SHARE_GONE)), now);
    const wanted = novel.filter(({ created }) => created >= this.#horizon);
    const room = Math.max(0, this.#max - this.remembered.size);
    return { fresh: wanted.slice(0, room), left: new Set(wanted.slice(room).map(({ id }) => id)) };
  }

  /** Refuses what is older from now on, and forgets the ids of it. */
  async #raise(count: number, now: UnixSeconds): Promise<void> {
    // Never ahead of the clock: what is said now must get through, whatever a flood was dated.
    const horizon = unixSeconds(Math.min(this.remembered.horizonFor(count), now));
    if (horizon <= this.#horizon) return;
    await this.#parts.kv.commit([
      { kind: "set", key: horizonKey, value: encodeFact(horizon) },
    ]);
    this.#horizon = horizon;
    this.remembered.remove(this.remembered.before(horizon));
    await this.#deleteDays(horizon);
  }

  /** Deletes rows of days that are over before then. */
  async #deleteDays(end: number): Promise<void> {
    const { kv } = this.#parts;
    let mutations: KvMutation<PublicBytes>[] = [];
    for await (const { key } of kv.list({ prefix: rememberedIds })) {
      if ((readRememberedDay(key) + 1) * DAY_S > end) break;
      mutations.push({ kind: "delete", key });
      if (mutations.length < ROWS_AT_ONCE) continue;
      await kv.commit(mutations);
      mutations = [];
    }
    await kv.commit(mutations);
  }
}

function deletions(meta: MessageMeta): KvMutation<PublicBytes>[] {
  return [
    { kind: "delete", key: messageKey(meta) },
    { kind: "delete", key: metaKey(meta) },
  ];
}

/** One row for each day. */
function rows(dropped: readonly DroppedId[]): KvMutation<PublicBytes>[] {
  const days = new Map<number, DroppedId[]>();
  for (const item of dropped) {
    const day = Math.floor(item.created / DAY_S);
    const others = days.get(day);
    if (others === undefined) days.set(day, [item]);
    else others.push(item);
  }
  return Array.from(days, ([day, items]) => ({
    kind: "set",
    key: rememberedKey(day, items[0]?.id ?? ("" as MessageId)),
    value: encodeRemembered(items),
  }));
}

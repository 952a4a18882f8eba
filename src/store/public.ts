/**
 * `public.kv`: messages, profiles, statements, addresses, freshness. What anybody could know, so it
 * takes public types only and stays open while the node is locked.
 *
 * ```
 * put    AdmittedMessage → rows in commits within the database's limits → index, once they are on disk
 * read   index → body by its key → readStored → AdmittedMessage
 * ```
 */
import { BODY_TYPES, MARKUP_TYPES, type Profile, type StatusBody } from "../wire/body.ts";
import { type IdentityKey, type MessageId, parseMessageId } from "../wire/ids.ts";
import type { Labels } from "../wire/labels.ts";
import type { AdmittedMessage } from "../wire/message.ts";
import type { UnixSeconds } from "../wire/time.ts";
import { Addresses } from "./addresses.ts";
import { REMEMBERED_DISK_BYTES } from "./disk_use.ts";
import { Dropping } from "./dropping.ts";
import { ClockFloor } from "./clock_floor.ts";
import { Envelopes } from "./envelopes.ts";
import { undamaged } from "./errors.ts";
import { HeldPrivate } from "./held_private.ts";
import { heirKey, messageKey, messageMetas, metaKey, profileKey } from "./keys.ts";
import { Heirs } from "./heirs.ts";
import { intoCommits, type Kv, type KvMutation } from "./kv_port.ts";
import { MessageIndex, type MessageMeta } from "./message_index.ts";
import { calledUpon, mentionBits, withoutMentions } from "./mention_bits.ts";
import { MessageReader } from "./message_reader.ts";
import { Profiles } from "./profiles.ts";
import type { ReadableIndex } from "./readable_index.ts";
import { decodeMeta, encodeMeta, encodeProfile, type PublicBytes } from "./public_rows.ts";
import { Statements } from "./statements.ts";
import { Turns } from "./turns.ts";

/** A message to keep. */
export interface NewMessage {
  /** The message. */
  readonly message: AdmittedMessage;
  /** 0 to 255; the engine uses 0 to 6. */
  readonly freshness: number;
  /** Now. */
  readonly storedAt: UnixSeconds;
  /** Number of the place that delivered it, in memory only; 0, or none, for none. */
  readonly place?: number;
}

/** What became of a message: `known` is also what its author took back before it arrived. */
export type PutOutcome = "stored" | "known";

/** Rows of the index that are read before they are packed. */
const ROWS_AT_ONCE = 1_024;

/** Commits under way at once: Deno KV writes them together, with one sync to disk. */
const COMMITS_AT_ONCE = 4;

/** The public half of the store. */
export class PublicStore {
  /** What is known of every message. */
  readonly index: ReadableIndex;
  /** How messages leave, and the ids that are remembered then. */
  readonly dropping: Dropping;
  /** Addresses of nodes. */
  readonly addresses: Addresses;
  /** Statements about identities. */
  readonly statements: Statements;
  /** Which heir each identity was first seen with. */
  readonly heirs: Pick<Heirs, "of" | "fits">;
  readonly #heirs: Heirs;
  /** The time that the clock can't be before. */
  readonly clockFloor: ClockFloor;
  /** Private messages beyond their time. */
  readonly held: HeldPrivate;
  /** All messages, in order. */
  readonly envelopes: Envelopes;
  readonly #kv: Kv<PublicBytes>;
  readonly #index: MessageIndex;
  readonly #profiles: Profiles;
  readonly #turns: Turns;
  readonly #reader: MessageReader;

  private constructor(
    parts: {
      kv: Kv<PublicBytes>;
      labels: Labels;
      index: MessageIndex;
      addresses: Addresses;
      turns: Turns;
      dropping: Dropping;
      statements: Statements;
      held: HeldPrivate;
      profiles: Profiles;
      heirs: Heirs;
      clockFloor: ClockFloor;
    },
  ) {
    this.#kv = parts.kv;
    this.#index = this.index = parts.index;
    this.#reader = new MessageReader(parts);
    this.addresses = parts.addresses;
    this.#turns = parts.turns;
    this.dropping = parts.dropping;
    this.statements = parts.statements;
    this.clockFloor = parts.clockFloor;
    this.held = parts.held;
    this.envelopes = new Envelopes(parts.kv, parts.labels);
    this.#profiles = parts.profiles;
    this.#heirs = this.heirs = parts.heirs;
  }

  /**
   * Reads what is known of all messages into memory; the database was migrated before. Throws a
   * `StoreError`, "damaged" for a row that this program never wrote.
   */
  static async open(
    kv: Kv<PublicBytes>,
    labels: Labels,
    { maxRemembered }: { readonly maxRemembered?: number } = {},
  ): Promise<PublicStore> {
    const [salt = 0] = crypto.getRandomValues(new Uint32Array(1));
    const index = new MessageIndex(salt);
    return await undamaged(async () => {
      let metas: MessageMeta[] = [];
      for await (const row of kv.list({ prefix: messageMetas })) {
        // Piece by piece: a node that has much to keep would otherwise grow for good at its start.
        if (metas.push(decodeMeta(row)) < ROWS_AT_ONCE) continue;
        index.add(metas);
        metas = [];
      }
      index.add(metas);
      const turns = new Turns();
      const limit = maxRemembered === undefined ? {} : { maxRemembered };
      const held = await HeldPrivate.open(kv, labels);
      const dropping = await Dropping.open({ kv, index, turns, held, ...limit });
      const profiles = new Profiles(kv);
      const heirs = new Heirs({ kv, labels, profiles });
      return new PublicStore({
        ...{ kv, labels, index, turns, dropping, held, profiles, heirs },
        addresses: await Addresses.open(kv),
        statements: await Statements.open(kv, heirs),
        clockFloor: await ClockFloor.open(kv),
      });
    });
  }

  /**
   * Keeps messages, and says in their order what became of each. They are on disk when it returns. It
   * throws a `StoreError` when the disk is full or fails; nothing is half recorded then, but what
   * earlier commits of a large batch recorded stays, as `index.has` tells.
   */
  putMessages(batch: readonly NewMessage[]): Promise<PutOutcome[]> {
    return this.#turns.run(async () => {
      const novel = new Map<MessageId, NewMessage>();
      const outcomes = batch.map((item): PutOutcome => {
        checkFreshness(item.freshness);
        const { id } = item.message;
        if (this.has(id) || novel.has(id)) return "known";
        novel.set(id, item);
        return "stored";
      });
      const late = await this.#keep(novel);
      return late.size === 0 ? outcomes : outcomes.map((outcome, i) => {
        const id = batch[i]?.message.id;
        return id !== undefined && late.has(id) ? "known" : outcome;
      });
    });
  }

  /** Whether a message is stored, or was and must not come again. */
  has(id: MessageId): boolean {
    return this.#index.has(id) || this.dropping.remembered.has(id);
  }

  /** Bytes that all of it takes on disk, about. */
  get diskBytes(): number {
    return this.#index.diskBytes + this.dropping.remembered.size * REMEMBERED_DISK_BYTES +
      this.statements.diskBytes + this.held.diskBytes;
  }

  /** A stored message. `undefined` when it is unknown or was retracted. */
  getMessage(id: MessageId): Promise<AdmittedMessage | undefined> {
    return this.#reader.message(id);
  }

  /**
   * The same, but `undefined` also for one whose row is damaged, and counted in
   * {@linkcode damagedMessages}: for what shows or sends many, where one must not spoil the rest.
   */
  getReadable(id: MessageId): Promise<AdmittedMessage | undefined> {
    return this.#reader.readable(id);
  }

  /**
   * The first of these messages, at least one and as many as are worth reading at once; `undefined`
   * as for {@linkcode getReadable}. Much cheaper for messages of about the same time.
   */
  getReadableBatch(ids: readonly MessageId[]): Promise<readonly (AdmittedMessage | undefined)[]> {
    return this.#reader.readableBatch(ids);
  }

  /** The same as they go out to others: whole, their envelopes and ids checked, for half of the cost. */
  getBytesBatch(ids: readonly MessageId[]): Promise<readonly (PublicBytes | undefined)[]> {
    return this.#reader.bytesBatch(ids);
  }

  /** How many messages were found damaged since the store was opened. */
  get damagedMessages(): number {
    return this.#reader.damaged;
  }

  /** A stored message as it goes out to others. `undefined` when it is unknown or was retracted. */
  getBytes(id: MessageId): Promise<PublicBytes | undefined> {
    return this.#reader.bytes(id);
  }

  /** Changes freshness; unknown messages are skipped. Throws a `StoreError` when the disk fails. */
  setFreshness(changes: Iterable<readonly [MessageId, number]>): Promise<void> {
    const wanted = new Map(changes);
    for (const freshness of wanted.values()) checkFreshness(freshness);
    return this.#turns.run(async () => {
      const groups: Group[] = [];
      for (const known of this.#known(wanted.keys())) {
        const meta = { ...known, freshness: wanted.get(known.id) ?? 0 };
        if (meta.freshness !== known.freshness) groups.push({ meta, mutations: [setMeta(meta)] });
      }
      await this.#commit(groups, (done) => {
        for (const { meta } of done) this.#index.setFreshness(meta.id, meta.freshness);
      });
    });
  }

  /** The newest profile seen of an identity, whatever became of the message that brought it. */
  profile(key: IdentityKey): Promise<Profile | undefined> {
    return undamaged(() => this.#profiles.get(key));
  }

  /** Waits for what is being written, then closes. */
  async close(): Promise<void> {
    const parts = [this.addresses, this.statements, this.clockFloor, this.held];
    await Promise.all([this.#turns.idle(), ...parts.map((part) => part.idle())]);
    this.#kv.close();
  }

  /** Writes novel messages and answers the ids of those that were retracted before they came. */
  async #keep(novel: ReadonlyMap<MessageId, NewMessage>): Promise<Set<MessageId>> {
    const retracted = new Set<MessageId>();
    const messages = Array.from(novel.values(), ({ message }) => message);
    const revoked = await this.statements.revokedOf(messages.map(({ key }) => key));
    // A thief of a revoked key changes neither profile nor heir any more.
    const valid = messages.filter(({ key }) => !revoked.has(key));
    const heirs = await undamaged(() => this.#heirs.disputedBy(valid));
    const profiles = await undamaged(() => this.#profiles.newestIn(valid));
    const applied = (done: readonly NewGroup[]): void => {
      this.#index.add(done.map(({ meta, place }) => ({ ...meta, place })));
      for (const { meta, retracts, profile } of done) {
        if (retracts !== undefined) this.#index.retract(retracts);
        if (profile !== undefined) this.#profiles.remember(meta.key, profile);
      }
    };
    let groups: NewGroup[] = [];
    for (const item of novel.values()) {
      const isRetraction = item.message.body.kind === "retraction";
      if (isRetraction) {
        // Its target may be among those before it or among those after it: each must see the other.
        await this.#commit(groups, applied);
        groups = [];
      }
      const { id, key } = item.message;
      const late = revoked.has(key);
      const group = this.#group(item, { profile: profiles.get(id), heir: heirs.get(id), late });
      if (group.meta.retracted) retracted.add(group.meta.id);
      if (isRetraction) await this.#commit([group], applied);
      else groups.push(group);
    }
    await this.#commit(groups, applied);
    return retracted;
  }

  /** The rows of a new message. */
  #group(
    { message, freshness, storedAt, place = 0 }: NewMessage,
    { profile, heir, late }: {
      readonly profile: Profile | undefined;
      readonly heir: PublicBytes | undefined;
      readonly late: boolean;
    },
  ): NewGroup {
    const { id, key, body } = message;
    const retracted = this.#index.isReferredTo(id, { type: BODY_TYPES.retraction, key });
    const ref = body.kind === "retraction"
      ? body.id
      : body.kind === "status" && !retracted
      ? replyTo(body)
      : undefined;
    const mentions = body.kind === "status" && !retracted
      ? mentionBits(calledUpon(body))
      : undefined;
    const meta: MessageMeta = {
      id,
      key,
      type: body.kind === "unknown" ? body.type : BODY_TYPES[body.kind],
      created: body.created,
      size: retracted ? 0 : message.bytes.length,
      freshness: retracted ? 0 : freshness,
      storedAt,
      ref,
      retracted,
      ...(mentions && { mentions }),
      ...(late && { late }),
    };
    const mutations: KvMutation<PublicBytes>[] = [setMeta(meta)];
    if (!retracted) mutations.push({ kind: "set", key: messageKey(meta), value: message.bytes });
    if (profile !== undefined) {
      mutations.push({ kind: "set", key: profileKey(key), value: encodeProfile(profile) });
    }
    if (heir !== undefined) mutations.push({ kind: "set", key: heirKey(key), value: heir });
    const target = body.kind === "retraction" ? this.#index.get(body.id) : undefined;
    const retracts = target?.key === key && !target.retracted ? target : undefined;
    if (retracts !== undefined) {
      const left = retracts.type === BODY_TYPES.retraction ? retracts.ref : undefined;
      mutations.push(
        { kind: "delete", key: messageKey(retracts) },
        setMeta({
          ...withoutMentions(retracts),
          size: 0,
          freshness: 0,
          retracted: true,
          ref: left,
        }),
      );
    }
    return { meta, mutations, profile, place, retracts: retracts?.id };
  }

  #known(ids: Iterable<MessageId>): MessageMeta[] {
    return Array.from(new Set(ids), (id) => this.#index.get(id)).filter((meta) =>
      meta !== undefined
    );
  }

  /** Writes groups in commits, several at once, and applies to memory those that reached the disk. */
  async #commit<G extends Group>(
    groups: readonly G[],
    apply: (done: readonly G[]) => void,
  ): Promise<void> {
    const inOrder = groups.toSorted((a, b) => a.meta.created - b.meta.created);
    const commits = [...intoCommits<PublicBytes, G>(inOrder)];
    for (let at = 0; at < commits.length; at += COMMITS_AT_ONCE) {
      const now = commits.slice(at, at + COMMITS_AT_ONCE);
      const results = await Promise.allSettled(
        now.map((commit) => this.#kv.commit(commit.flatMap(({ mutations }) => mutations))),
      );
      results.forEach((result, i) => {
        if (result.status === "fulfilled") apply(now[i] ?? []);
      });
      const failed = results.find((result) => result.status === "rejected");
      if (failed !== undefined) throw failed.reason;
    }
  }
}

/** Changes of one message, and what is known of it then. */
interface Group {
  readonly meta: MessageMeta;
  readonly mutations: readonly KvMutation<PublicBytes>[];
}

interface NewGroup extends Group {
  /** The author's profile, if this message brings a newer one. */
  readonly profile: Profile | undefined;
  /** Number of the place that delivered it. */
  readonly place: number;
  /** The stored message that this one takes back. */
  readonly retracts: MessageId | undefined;
}

function setMeta(meta: MessageMeta): KvMutation<PublicBytes> {
  return { kind: "set", key: metaKey(meta), value: encodeMeta(meta) };
}

function replyTo(body: StatusBody): MessageId | undefined {
  const mark = body.markup.find(({ type }) => type === MARKUP_TYPES.replyTo);
  return mark && parseMessageId(mark.value);
}

function checkFreshness(freshness: number): void {
  if (!Number.isInteger(freshness) || freshness < 0 || freshness > 255) {
    throw new RangeError(`Not a freshness: ${freshness}`);
  }
}

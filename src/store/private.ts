/**
 * `private.kv`: what concerns nobody but the owner, sealed. The file is made and opened with the
 * first start, before there is any identity, so that it tells nothing by being there; a store key
 * unlocks it later, and may be taken away again.
 */
import { binField, fields, listField, strField, timeField } from "../wire/fields.ts";
import { ID_BYTES, idBytes, type IdentityKey, identityKey } from "../wire/ids.ts";
import type { Labels } from "../wire/labels.ts";
import { HEIR_PREFIX_BYTES } from "../wire/locator.ts";
import { decode, encode } from "../wire/msgpack.ts";
import { Private } from "../wire/privacy.ts";
import type { UnixSeconds } from "../wire/time.ts";
import { Archive, segmentNames } from "./archive.ts";
import { BLOCKS, Blocks } from "./blocks.ts";
import { StoreError } from "./errors.ts";
import { recordKey } from "./keys.ts";
import type { Kv } from "./kv_port.ts";
import { type LetterKind, letterNames } from "./letter_segments.ts";
import { Letters } from "./letters.ts";
import { OUTBOX, type Outbox } from "./outbox.ts";
import { damaged, RecordCodec, type Sealed } from "./record_codec.ts";
import { SealedRecords, type ValueName } from "./sealed.ts";
import { SealedList } from "./sealed_list.ts";
import { TAKE_BACKS, type TakeBacks } from "./take_backs.ts";
import { TRIED, Tried } from "./tried.ts";
import { TRUST, TrustSettings } from "./trust_settings.ts";
import { openSlots, sealSlots, slotsName } from "./slots.ts";
import { Turns } from "./turns.ts";

/** Someone whom the owner follows. */
export interface Follow {
  /** The identity. */
  readonly key: IdentityKey;
  /** What the owner calls it; may be "". */
  readonly petname: string;
  /** First 80 bits of the heir that the locator named, if it did. */
  readonly heir: Uint8Array | undefined;
  /** Since when. */
  readonly followedAt: UnixSeconds;
}

const FOLLOWS: ValueName = { kind: "list", name: "follows" };
const SETTING = "setting";

/**
 * All values that this program keeps in private.kv: a change of the store key seals these anew, and
 * refuses a file with others. Whoever uses a new name, of a setting too, adds it here.
 */
export const RECORDS: readonly ValueName[] = [
  ...[FOLLOWS, BLOCKS, OUTBOX.name, TAKE_BACKS.name, TRUST],
  ...TRIED,
];

/** The names of {@linkcode RECORDS} and of what there is of archive and letters. */
export async function* recordNames(records: SealedRecords): AsyncGenerator<ValueName> {
  yield* RECORDS;
  yield* segmentNames(records);
  yield* letterNames(records);
}

/** The sealed half of the store, unlocked. After `PrivateFile.lock` all of it throws a `StoreError` "locked". */
export class PrivateStore {
  /** The owner's messages that were not seen back yet. */
  readonly outbox: Outbox;
  /** Private messages to be taken back when their time comes. */
  readonly takeBacks: TakeBacks;
  /** Whom the owner blocks. */
  readonly blocks: Blocks;
  /** How far trust reaches. */
  readonly trust: TrustSettings;
  readonly #records: SealedRecords;
  readonly #labels: Labels;
  readonly #turns = new Turns();
  readonly #letters = new Map<LetterKind, Promise<Letters>>();
  #archive: Promise<Archive> | undefined;
  #follows: Private<readonly Follow[]> | undefined;
  #isOver = false;
  #tried: Promise<Tried> | undefined;

  /** Over open records. */
  constructor(records: SealedRecords, labels: Labels) {
    this.#records = records;
    this.outbox = new SealedList(records, OUTBOX);
    this.takeBacks = new SealedList(records, TAKE_BACKS);
    this.blocks = new Blocks(records);
    this.trust = new TrustSettings(records);
    this.#labels = labels;
  }

  /** The archive, read when it is first asked for. */
  archive(): Promise<Archive> {
    this.#archive ??= Archive.open(this.#records, { labels: this.#labels }).catch((error) => {
      // A disk that failed once may work the next time.
      this.#archive = undefined;
      throw error;
    });
    return this.#archive;
  }

  /** Inbox and sent folder, or what strangers wrote; read when first asked for. */
  letters(kind: LetterKind): Promise<Letters> {
    const open = this.#letters.get(kind);
    if (open !== undefined) return open;
    const opening = Letters.open(this.#records, { kind }).catch((error) => {
      this.#letters.delete(kind);
      throw error;
    });
    this.#letters.set(kind, opening);
    return opening;
  }

  /** Which private messages were tried; read when first asked for. */
  tried(): Promise<Tried> {
    this.#tried ??= Tried.open(this.#records).catch((error) => {
      this.#tried = undefined;
      throw error;
    });
    return this.#tried;
  }

  /** Everybody whom the owner follows, in the order of following. */
  async follows(): Promise<Private<readonly Follow[]>> {
    // Every view asks, and the list changes only here.
    if (this.#follows !== undefined) return this.#follows;
    const bytes = await this.#records.get(FOLLOWS);
    const follows = new Private(bytes === undefined ? [] : decodeFollows(bytes));
    this.#remember(follows);
    return follows;
  }

  /** Keeps nothing of it in memory from now on: the keys are gone. */
  forget(): void {
    this.#isOver = true;
    this.#follows = undefined;
  }

  #remember(follows: Private<readonly Follow[]>): void {
    if (!this.#isOver) this.#follows = follows;
  }

  /** Follows an identity, or changes what is kept of one; its place in the list stays. */
  addFollow(entry: Private<Follow>): Promise<void> {
    const follow = entry.reveal();
    return this.#change((follows) => {
      const at = follows.findIndex(({ key }) => key === follow.key);
      return at < 0 ? [...follows, follow] : follows.with(at, follow);
    });
  }

  /** Stops following. Answers whether it was followed. */
  async removeFollow(entry: Private<IdentityKey>): Promise<boolean> {
    const gone = entry.reveal();
    let found = false;
    await this.#change((follows) => {
      const kept = follows.filter(({ key }) => key !== gone);
      found = kept.length < follows.length;
      return kept;
    });
    return found;
  }

  /** A private setting, by a name that the program chose. */
  async setting(name: string): Promise<Private<Uint8Array> | undefined> {
    const bytes = await this.#records.get({ kind: SETTING, name });
    return bytes && new Private(bytes);
  }

  /** Sets a private setting, or deletes it. */
  async putSetting(name: string, value: Private<Uint8Array> | undefined): Promise<void> {
    const place = { kind: SETTING, name };
    if (value === undefined) await this.#records.delete(place);
    else await this.#records.put(place, value.reveal());
  }

  #change(f: (follows: readonly Follow[]) => readonly Follow[]): Promise<void> {
    return this.#turns.run(async () => {
      const follows = f((await this.follows()).reveal());
      await this.#records.put(FOLLOWS, encodeFollows(follows));
      this.#remember(new Private(follows));
    });
  }
}

/** The file, open but locked until it gets a store key. */
export class PrivateFile {
  readonly #kv: Kv<Sealed>;
  readonly #labels: Labels;
  #unlocked: { codec: RecordCodec; records: SealedRecords; store: PrivateStore } | undefined;

  /** Over `private.kv`. */
  constructor(kv: Kv<Sealed>, labels: Labels) {
    this.#kv = kv;
    this.#labels = labels;
  }

  /** Labels of the network, for whoever derives slot keys. */
  get labels(): Labels {
    return this.#labels;
  }

  /** The store while it is unlocked. */
  get store(): PrivateStore | undefined {
    return this.#unlocked?.store;
  }

  /**
   * Unlocks with a store key of 32 bytes, or else with the one that an identity's slot key opens;
   * the caller wipes them all. The first key that a file gets is its key for good. Slot keys that
   * have no slot get one. Throws a `StoreError`: "wrong-key" or "damaged"; what was unlocked stays so.
   */
  async unlock(
    storeKey: Uint8Array,
    slotKeys: readonly Uint8Array[] = [],
  ): Promise<PrivateStore> {
    try {
      return await this.#unlockWith(storeKey, slotKeys);
    } catch (error) {
      if (!(error instanceof StoreError) || error.code !== "wrong-key") throw error;
      const recovered = await recoverStoreKey(this.#kv, { labels: this.#labels, slotKeys });
      if (recovered === undefined) throw error;
      return await this.#unlockWith(recovered, slotKeys).finally(() => recovered.fill(0));
    }
  }

  async #unlockWith(
    storeKey: Uint8Array,
    slotKeys: readonly Uint8Array[],
  ): Promise<PrivateStore> {
    const codec = new RecordCodec(storeKey, this.#labels);
    try {
      const records = await SealedRecords.open(this.#kv, codec);
      await this.#slots(storeKey, slotKeys);
      this.lock();
      const store = new PrivateStore(records, this.#labels);
      this.#unlocked = { codec, records, store };
      return store;
    } catch (error) {
      codec.wipe();
      throw error;
    }
  }

  /** A full disk keeps nobody from reading: the next unlocking writes the slots. */
  async #slots(storeKey: Uint8Array, slotKeys: readonly Uint8Array[]): Promise<void> {
    try {
      await ensureSlots(this.#kv, { labels: this.#labels, slotKeys, storeKey });
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
    }
  }

  /** Wipes the keys. What is under way may fail with a `StoreError` "locked", but not half. */
  lock(): void {
    this.#unlocked?.store.forget();
    this.#unlocked?.codec.wipe();
    this.#unlocked = undefined;
  }

  /** Waits for what is being written, wipes the keys and closes. */
  async close(): Promise<void> {
    await this.#unlocked?.records.idle();
    this.lock();
    this.#kv.close();
  }
}

/** What slots in a database are looked for with. */
export interface SlotSearch {
  /** Labels of the network. */
  readonly labels: Labels;
  /** One for each identity. */
  readonly slotKeys: readonly Uint8Array[];
}

/** The store key of a database, as any one of the slot keys opens it; the caller wipes it. */
export async function recoverStoreKey(
  kv: Kv<Sealed>,
  { labels, slotKeys }: SlotSearch,
): Promise<Uint8Array | undefined> {
  const slots = await kv.get(recordKey(slotsName({ labels })));
  if (slots === undefined) return undefined;
  for (const slotKey of slotKeys) {
    const storeKey = openSlots(slots, { labels, slotKey });
    if (storeKey !== undefined) return storeKey;
  }
  return undefined;
}

/** Writes the slots anew unless each of the slot keys opens one with this store key in it. */
export async function ensureSlots(
  kv: Kv<Sealed>,
  { labels, slotKeys, storeKey }: SlotSearch & { readonly storeKey: Uint8Array },
): Promise<void> {
  if (slotKeys.length === 0) return;
  const key = recordKey(slotsName({ labels }));
  const slots = await kv.get(key);
  const opens = (slotKey: Uint8Array): boolean => {
    const found = slots && openSlots(slots, { labels, slotKey });
    const same = found?.every((byte, i) => byte === storeKey[i]) ?? false;
    found?.fill(0);
    return same;
  };
  if (slotKeys.every(opens)) return;
  const random = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length));
  const value = sealSlots(storeKey, { labels, slotKeys, random }) as Sealed;
  await kv.commit([{ kind: "set", key, value }]);
}

/** `[[key: bin32, petname: str, heir: bin10 or empty, followed at]…]` */
function encodeFollows(follows: readonly Follow[]): Uint8Array {
  return encode(follows.map(({ key, petname, heir, followedAt }) => {
    if (heir !== undefined && heir.length !== HEIR_PREFIX_BYTES) {
      throw new RangeError("The prefix of an heir has 10 bytes");
    }
    return [idBytes(key), petname, heir ?? new Uint8Array(0), followedAt];
  }));
}

function decodeFollows(bytes: Uint8Array): Follow[] {
  try {
    const value = decode(bytes, { maxBytes: bytes.length });
    return listField(value, bytes.length).map((item) => {
      const [key, petname, heir, followedAt] = fields(item, 4);
      const prefix = binField(heir);
      return {
        key: identityKey(binField(key, ID_BYTES)),
        petname: strField(petname),
        heir: prefix.length === 0 ? undefined : prefix.slice(),
        followedAt: timeField(followedAt),
      };
    });
  } catch {
    throw damaged();
  }
}

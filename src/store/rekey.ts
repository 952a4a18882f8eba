/**
 * A fresh private.kv under a new store key (docs/PROTOCOL.md section 11): when an identity goes, what
 * it could open is gone with it, also from copies of the file's old pages.
 *
 * ```
 * prepareRekeyed   private.kv.new: the records sealed anew, slots for those who stay, synced
 * (the caller writes `keys` with the new store key)
 * adopt            a second name for the old file → private.kv.new takes its place → the old one is destroyed
 * ```
 * Cut off before `keys` is written, nothing happened; after it, the old file still opens through its
 * slots, and doing it again finishes. The caller holds the folder's lock all the time.
 */
import type { IdentityKey } from "../wire/ids.ts";
import type { Labels } from "../wire/labels.ts";
import { ARCHIVE, MAX_SEGMENTS, segmentName, withoutAuthor } from "./archive.ts";
import { StoreError, storeError } from "./errors.ts";
import { everything, recordKey } from "./keys.ts";
import { openDenoKv } from "./kv_deno.ts";
import type { Kv } from "./kv_port.ts";
import { allLetterNames, withoutOwner } from "./letter_segments.ts";
import { OUTBOX } from "./outbox.ts";
import { withoutOrigin } from "./sealed_list.ts";
import { TAKE_BACKS } from "./take_backs.ts";
import { TRIED_HEAD, withoutIdentity } from "./tried.ts";
import { ensureSlots, recordNames, RECORDS, recoverStoreKey } from "./private.ts";
import { MAX_PARTS, RecordCodec, type RecordPlace, type Sealed } from "./record_codec.ts";
import { SealedRecords, type ValueName } from "./sealed.ts";
import { slotsName } from "./slots.ts";

/** Who can open a private store; the caller wipes all of it. */
export interface StoreOpeners {
  /** As the `keys` file holds it. */
  readonly storeKey: Uint8Array;
  /** One for each identity. */
  readonly slotKeys: readonly Uint8Array[];
}

/** What is to be sealed anew. */
export interface Rekeying {
  /** The data folder. */
  readonly dir: string;
  /** Labels of the network. */
  readonly labels: Labels;
  /** Who opens it now. */
  readonly from: StoreOpeners;
  /** Who shall open it then; nobody's slot key empties it. */
  readonly to: StoreOpeners;
  /** The identity that goes: what it still had in the outbox goes with it. */
  readonly gone?: IdentityKey;
  /** Written to the old file in the clear and deleted again, so that a search can tell that file. */
  readonly canary: Uint8Array;
}

/** Whether private.kv is still under another store key than `keys` holds, and a slot opens it. */
export async function needsRekeying(
  dir: string,
  { labels, openers }: { readonly labels: Labels; readonly openers: StoreOpeners },
): Promise<boolean> {
  const kv = await openIfThere(`${dir}/private.kv`);
  if (kv === undefined) return false;
  try {
    const found = await recoverStoreKey(kv, { labels, slotKeys: openers.slotKeys });
    const differs = found?.some((byte, i) => byte !== openers.storeKey[i]) ?? false;
    found?.fill(0);
    return differs;
  } finally {
    kv.close();
  }
}

/** Writes private.kv.new. Throws a `StoreError`; private.kv is then as before. */
export async function prepareRekeyed(rekeying: Rekeying): Promise<void> {
  const { dir } = rekeying;
  for (const end of ["", "-wal", "-shm"]) await removeIfThere(`${dir}/private.kv.new${end}`);
  const path = `${dir}/private.kv.new`;
  const old = await openIfThere(`${dir}/private.kv`);
  try {
    (await Deno.open(path, { createNew: true, write: true, mode: 0o600 })).close();
    const fresh = await openDenoKv<Sealed>(path);
    try {
      if (old !== undefined && rekeying.to.slotKeys.length > 0) await copy(old, fresh, rekeying);
      if (old !== undefined) await plant(old, rekeying.canary);
    } finally {
      fresh.close();
    }
  } catch (error) {
    throw storeError(error, path);
  } finally {
    old?.close();
  }
}

async function copy(old: Kv<Sealed>, fresh: Kv<Sealed>, rekeying: Rekeying): Promise<void> {
  const { labels, to } = rekeying;
  const { codec, records } = await openOld(old, rekeying);
  const next = new RecordCodec(to.storeKey, labels);
  try {
    if (records !== undefined) {
      await refuseUnknown(old, { codec, labels });
      const copies = await SealedRecords.open(fresh, next);
      for await (const name of recordNames(records)) {
        const value = await records.get(name);
        if (value === undefined) continue;
        await copies.put(name, without(value, { name, rekeying }));
        value.fill(0);
      }
    }
    await ensureSlots(fresh, { labels, slotKeys: to.slotKeys, storeKey: to.storeKey });
  } finally {
    codec.wipe();
    next.wipe();
  }
}

/** A record without what only the identity that goes is in. */
function without(
  value: Uint8Array,
  { name, rekeying }: { readonly name: ValueName; readonly rekeying: Rekeying },
): Uint8Array {
  const { gone, labels } = rekeying;
  if (gone === undefined) return value;
  if (name === OUTBOX.name) return withoutOrigin(value, { form: OUTBOX, origin: gone });
  if (name === TAKE_BACKS.name) return withoutOrigin(value, { form: TAKE_BACKS, origin: gone });
  if (name === TRIED_HEAD) return withoutIdentity(value, gone);
  if (name.kind === "letters" || name.kind === "requests") return withoutOwner(value, gone);
  return name.kind === ARCHIVE ? withoutAuthor(value, { labels, key: gone }) : value;
}

/** The records as `from` opens them; none for a file that holds nothing yet. */
async function openOld(
  old: Kv<Sealed>,
  { labels, from }: Rekeying,
): Promise<{ codec: RecordCodec; records: SealedRecords | undefined }> {
  const found = await recoverStoreKey(old, { labels, slotKeys: from.slotKeys });
  const codec = new RecordCodec(found ?? from.storeKey, labels);
  found?.fill(0);
  for await (const _row of old.list({ prefix: everything, limit: 1 })) {
    try {
      return { codec, records: await SealedRecords.open(old, codec) };
    } catch (error) {
      codec.wipe();
      throw error;
    }
  }
  return { codec, records: undefined };
}

/** What this program doesn't know it can't seal anew, and must not lose. */
async function refuseUnknown(
  old: Kv<Sealed>,
  { codec, labels }: { codec: RecordCodec; labels: Labels },
): Promise<void> {
  const left = new Set<string | undefined>();
  for await (const { key } of old.list({ prefix: everything })) left.add(key[1]?.toString());
  left.delete(recordKey(slotsName({ labels }))[1]?.toString());
  // Blinding takes a while, and what can stand there is much more than what does.
  for (const place of knownPlaces()) {
    if (left.size === 0) return;
    left.delete(codec.blind(place).toString());
  }
  if (left.size === 0) return;
  throw new StoreError(
    "newer",
    "private.kv holds a record that this version of the program does not know and would lose. " +
      "Nothing was changed; use the version that wrote it",
  );
}

/** Every place of a record that this program writes, the likeliest first. */
function* knownPlaces(): Generator<RecordPlace> {
  const segments = Array.from({ length: MAX_SEGMENTS }, (_, segment) => segmentName(segment));
  for (const name of [{ kind: "check", name: "" }, ...RECORDS]) {
    yield { ...name, part: 0, generation: 0 };
  }
  for (const name of [...segments, ...allLetterNames()]) yield { ...name, part: 0, generation: 0 };
  for (let part = 1; part <= MAX_PARTS; part++) {
    for (const name of RECORDS) {
      for (const generation of [0, 1]) yield { ...name, part, generation };
    }
  }
}

/** Leaves bytes behind in the file as deleted rows do. */
async function plant(kv: Kv<Sealed>, canary: Uint8Array): Promise<void> {
  const key = recordKey(crypto.getRandomValues(new Uint8Array(32)));
  await kv.commit([{ kind: "set", key, value: canary as Sealed }]);
  await kv.commit([{ kind: "delete", key }]);
}

async function openIfThere(path: string): Promise<Kv<Sealed> | undefined> {
  try {
    await Deno.lstat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw storeError(error, path);
  }
  return await openDenoKv<Sealed>(path);
}

async function removeIfThere(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw storeError(error, path);
  }
}

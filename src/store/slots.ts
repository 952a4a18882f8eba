/**
 * The store key sealed to each identity (docs/PROTOCOL.md section 11): any one of them opens the
 * private store, also where the `keys` file holds another store key. So the lists of a private.kv
 * that was copied along with an archive open for the identity in it, and a change of the store key
 * that was cut off between `keys` and private.kv loses nothing.
 *
 * ```
 * record   ["r", SHA-256(label "store slot")], the same name in every private.kv; 16 slots of 72 bytes
 * slot     nonce (24, random) ‖ XChaCha20-Poly1305(slot key, nonce, store key; label "store slot")
 * slot key HKDF-SHA256(the identity's seed, no salt, label "store slot")
 * ```
 * Unused slots are random bytes, and the order is drawn anew at every write: neither the number of
 * identities nor which slot is whose can be told without their keys. Pure: randomness is a parameter.
 */
import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";
import { sha256 } from "@noble/hashes/sha2.js";
import type { Labels } from "../wire/labels.ts";
import { STORE_KEY_BYTES } from "./record_codec.ts";

/** Identities that can open one private store. */
export const SLOTS = 16;
/** Bytes of a slot: nonce, store key and tag. */
export const SLOT_BYTES = 72;
/** Bytes of all slots, however many are used. */
export const ALL_SLOTS_BYTES = SLOTS * SLOT_BYTES;

const NONCE_BYTES = 24;

/** What slots are made and opened with. */
export interface SlotOptions {
  /** Labels of the network. */
  readonly labels: Labels;
}

/** The name under which the slots stand: nobody needs a key to find them. */
export function slotsName({ labels }: SlotOptions): Uint8Array {
  return sha256(labels["store slot"]);
}

/**
 * Seals a store key to up to 16 slot keys, in an order that `random` decides. Throws a `RangeError`
 * for more of them, or a store key that hasn't 32 bytes.
 */
export function sealSlots(
  storeKey: Uint8Array,
  options: SlotOptions & {
    readonly slotKeys: readonly Uint8Array[];
    /** Gives that many random bytes. */
    readonly random: (length: number) => Uint8Array;
  },
): Uint8Array {
  const { labels, slotKeys, random } = options;
  if (storeKey.length !== STORE_KEY_BYTES) throw new RangeError("A store key has 32 bytes");
  if (slotKeys.length > SLOTS) throw new RangeError(`At most ${SLOTS} identities`);
  const slots = random(ALL_SLOTS_BYTES).slice();
  const places = shuffled(random);
  slotKeys.forEach((key, i) => {
    const at = (places[i] ?? 0) * SLOT_BYTES;
    const nonce = slots.slice(at, at + NONCE_BYTES);
    const sealed = xchacha20poly1305(key, nonce, labels["store slot"]).encrypt(storeKey);
    slots.set(sealed, at + NONCE_BYTES);
  });
  return slots;
}

/** The store key that a slot key opens, for the caller to wipe; `undefined` when no slot is its. */
export function openSlots(
  slots: Uint8Array,
  { labels, slotKey }: SlotOptions & { readonly slotKey: Uint8Array },
): Uint8Array | undefined {
  if (slots.length !== ALL_SLOTS_BYTES) return undefined;
  for (let at = 0; at < slots.length; at += SLOT_BYTES) {
    const nonce = slots.subarray(at, at + NONCE_BYTES);
    try {
      return xchacha20poly1305(slotKey, nonce, labels["store slot"])
        .decrypt(slots.subarray(at + NONCE_BYTES, at + SLOT_BYTES));
    } catch {
      // Somebody else's, unused or damaged: the next may be it.
    }
  }
  return undefined;
}

/** 0 to 15 in a random order: by random sort keys of 8 bytes. */
function shuffled(random: (length: number) => Uint8Array): number[] {
  const view = new DataView(random(SLOTS * 8).slice().buffer);
  return Array.from({ length: SLOTS }, (_, place) => ({ place, key: view.getBigUint64(place * 8) }))
    .sort((a, b) => a.key < b.key ? -1 : a.key > b.key ? 1 : 0)
    .map(({ place }) => place);
}

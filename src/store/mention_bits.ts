/**
 * Whom statuses mention, as far as that is needed to find those that mention somebody without reading
 * them all: 64 bits a message, of which each identity sets four (a Bloom filter). Who is looked for
 * is known to the one that asks; what is stored tells the same of everybody. Pure, in memory.
 */
import { MARKUP_TYPES, type StatusBody } from "../wire/body.ts";
import { type IdentityKey, parseIdentity } from "../wire/ids.ts";
import { countPoints } from "../wire/text.ts";

/**
 * Mentions by which a status can call upon people: the first in its markup (docs/PROTOCOL.md section 3).
 * More would make the filter blunt, and a post a way to bother everybody.
 */
export const MAX_CALLED = 8;

/** Bits 0 to 31 and 32 to 63. */
export type MentionBits = readonly [number, number];

/** The identities that a status calls upon, each once. */
export function calledUpon(
  { text, markup }: Pick<StatusBody, "text" | "markup">,
): readonly IdentityKey[] {
  const mentions = markup.filter(({ type }) => type === MARKUP_TYPES.mention).slice(0, MAX_CALLED);
  if (mentions.length === 0) return [];
  const points = countPoints(text);
  const keys = mentions.filter(({ start, end }) => start < end && end <= points)
    .map(({ value }) => parseIdentity(value));
  return [...new Set(keys.filter((key) => key !== undefined))];
}

/** What is kept of a message whose author took it back. */
export function withoutMentions<M extends { readonly mentions?: MentionBits }>(
  { mentions: _gone, ...rest }: M,
): Omit<M, "mentions"> {
  return rest;
}

/** The bits of some identities; `undefined` for none. */
export function mentionBits(keys: readonly IdentityKey[]): MentionBits | undefined {
  if (keys.length === 0) return undefined;
  let [low, high] = [0, 0];
  for (const key of keys) {
    for (let at = 0; at < 8; at += 2) {
      const bit = parseInt(key.slice(at, at + 2), 16) & 63;
      if (bit < 32) low |= 1 << bit;
      else high |= 1 << (bit - 32);
    }
  }
  return [low >>> 0, high >>> 0];
}

/** The bits of all messages, by slot. */
export class MentionColumn {
  #bits = new Uint32Array(0);

  /** Makes room for so many slots. */
  fit(slots: number): void {
    if (slots * 2 <= this.#bits.length) return;
    const old = this.#bits;
    this.#bits = new Uint32Array(slots * 2);
    this.#bits.set(old);
  }

  /** Sets what the message in a slot has. */
  set(slot: number, bits: MentionBits | undefined): void {
    this.#bits[slot * 2] = bits?.[0] ?? 0;
    this.#bits[slot * 2 + 1] = bits?.[1] ?? 0;
  }

  /** What the message in a slot has; `undefined` when it mentions nobody. */
  at(slot: number): MentionBits | undefined {
    const [low, high] = [this.#bits[slot * 2] ?? 0, this.#bits[slot * 2 + 1] ?? 0];
    return low === 0 && high === 0 ? undefined : [low, high];
  }

  /** Whether the message in a slot may mention whoever has all these bits; it certainly doesn't if not. */
  has(slot: number, [low, high]: MentionBits): boolean {
    return ((this.#bits[slot * 2] ?? 0) & low) >>> 0 === low &&
      ((this.#bits[slot * 2 + 1] ?? 0) & high) >>> 0 === high;
  }
}

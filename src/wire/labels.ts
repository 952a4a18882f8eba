/**
 * Domain labels (docs/PROTOCOL.md, "Words"): `"gossamer/1 <what>" 0x00 <network> 0x00`, put before
 * everything that is signed, hashed or derived, so that nothing made for one purpose or network
 * passes in another. This is the only table of them; no label is a prefix of another, since each
 * ends in a zero byte that its name cannot hold.
 */
import { utf8ToBytes } from "@noble/hashes/utils.js";
import { MAX_NETWORK_NAME } from "./limits.ts";

/** What a label can be for. */
export const LABELS = [
  "message",
  "stamp",
  "statement",
  "statement stamp",
  "consent",
  "heir",
  "noise",
  "beacon",
  "private",
  "private inner",
  "dht",
  "keys",
  "archive",
  "recovery",
  "backup",
  "store slot",
  "record name",
  "record value",
] as const;

/** One purpose of a hash, signature or derived key. */
export type LabelName = typeof LABELS[number];

/** Exists for the type checker only. */
declare const brand: unique symbol;

/** Name of a network: 1 to 32 of a-z, 0-9 and the hyphen. */
export type NetworkName = string & { readonly [brand]: "NetworkName" };

/** The network that everybody is on unless they say otherwise. */
export const MAIN_NETWORK = "main" as NetworkName;

/** Checks a network's name, or answers `undefined`. */
export function parseNetworkName(text: string): NetworkName | undefined {
  return text.length <= MAX_NETWORK_NAME && /^[a-z0-9-]+$/.test(text)
    ? text as NetworkName
    : undefined;
}

/** The labels of one network as bytes. Made once per node and passed to the codecs. */
export type Labels = Readonly<Record<LabelName, Uint8Array>> & { readonly network: NetworkName };

/** Makes the labels of a network. */
export function labelsOf(network: NetworkName): Labels {
  const entries = LABELS.map((what) => [what, utf8ToBytes(`gossamer/1 ${what}\0${network}\0`)]);
  return { ...Object.fromEntries(entries), network };
}

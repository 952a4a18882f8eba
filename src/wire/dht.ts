/**
 * What a node says in BitTorrent's DHT, where its owner wants that (docs/PROTOCOL.md section 10): a
 * key that names the network and the day, and a port.
 *
 * ```
 * key = SHA-1(label "dht", day)       day: YYYY-MM-DD in ASCII, UTC, years of four digits
 * ```
 * SHA-1 since BEP 5 has keys of 20 bytes; nothing rests on its strength.
 */
import { sha1 } from "@noble/hashes/legacy.js";
import { concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import { MAX_PORT } from "./address.ts";
import type { Labels } from "./labels.ts";
import { asPublic, type Public } from "./privacy.ts";
import type { UnixSeconds } from "./time.ts";

/** Bytes of a key, and of a DHT node's id. */
export const DHT_KEY_BYTES = 20;

/** Seconds around midnight in which keys of both days are looked up: section 10. */
export const DHT_DAY_EDGE_S = 3_600;

const DAY_S = 86_400;
/** Days of 400 years of the Gregorian calendar. */
const ERA_DAYS = 146_097;
/** Days from 0000-03-01 to 1970-01-01. */
const DAYS_TO_1970 = 719_468;

/** What is announced. Whoever runs a node of the DHT sees it, with the source address. */
export interface DhtAnnouncement {
  /** Under which key, {@linkcode DHT_KEY_BYTES} bytes. */
  readonly infohash: Uint8Array;
  /** TCP port on which the node accepts connections, 1 to 65535. */
  readonly tcpPort: number;
}

/** The key of the day in which a moment lies. */
export function dhtKey(labels: Labels, at: UnixSeconds): Uint8Array {
  return sha1(concatBytes(labels.dht, utf8ToBytes(dateOf(Math.floor(at / DAY_S)))));
}

/** A day since 1970-01-01 as YYYY-MM-DD. Years here begin in March, so that leap days come last. */
function dateOf(day: number): string {
  const sinceEra = day + DAYS_TO_1970;
  const era = Math.floor(sinceEra / ERA_DAYS);
  const ofEra = sinceEra - era * ERA_DAYS;
  const leaps = Math.floor(ofEra / 1_460) - Math.floor(ofEra / 36_524) +
    Math.floor(ofEra / (ERA_DAYS - 1));
  const yearOfEra = Math.floor((ofEra - leaps) / 365);
  const ofYear = ofEra - 365 * yearOfEra - Math.floor(yearOfEra / 4) + Math.floor(yearOfEra / 100);
  const fromMarch = Math.floor((5 * ofYear + 2) / 153);
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
  const year = yearOfEra + 400 * era + (month <= 2 ? 1 : 0);
  const ofMonth = ofYear - Math.floor((153 * fromMarch + 2) / 5) + 1;
  return [year, month, ofMonth].map((part, n) => String(part).padStart(n === 0 ? 4 : 2, "0"))
    .join("-");
}

/**
 * The keys to look up: the day's, and within an hour of midnight the neighbour's as well, since clocks
 * differ and announcements live for a while.
 */
export function dhtLookUpKeys(labels: Labels, at: UnixSeconds): readonly Uint8Array[] {
  const moments = [at, at - DHT_DAY_EDGE_S, at + DHT_DAY_EDGE_S] as UnixSeconds[];
  const days = new Map(moments.map((moment) => [Math.floor(moment / DAY_S), moment]));
  return [...days.values()].map((moment) => dhtKey(labels, moment));
}

/** Makes the announcement of a node. Throws a `RangeError` for what is no port. */
export function dhtAnnouncement(
  labels: Labels,
  { at, tcpPort }: { readonly at: UnixSeconds; readonly tcpPort: number },
): Public<DhtAnnouncement> {
  if (tcpPort < 1 || tcpPort > MAX_PORT) throw new RangeError(`Port out of range: ${tcpPort}`);
  return asPublic({ infohash: dhtKey(labels, at), tcpPort });
}

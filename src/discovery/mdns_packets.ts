/**
 * Which DNS packets go in and out (docs/PROTOCOL.md section 10). The library that speaks DNS-SD
 * believes what it is told, answers everything at once and tells each network about all the others:
 * this stands between it and the wire.
 */
// @ts-types="./dns_packet.d.ts"
import { type Answer, decode, encode, type Packet, type Question } from "dns-packet";
import { Buffer } from "node:buffer";

/** Type of the service as DNS-SD names it. */
export const SERVICE_TYPE = "_gossamer._tcp.local";

/** Longest packet of multicast DNS, in bytes (RFC 6762 section 17). */
export const MAX_PACKET_BYTES = 9_000;

/** Records and questions in a packet that is looked at (a guess: an answer of ours has six). */
export const MAX_RECORDS = 128;

/**
 * For how many seconds others may remember what a node says of itself. The usual 75 minutes of a
 * service's name would let a node that was switched off be seen for that long; who is interested asks
 * again before the end.
 */
export const MAX_TTL_S = 120;

/** Names that lead to our service. */
const TYPES_OF_TYPES = "_services._dns-sd._udp.local";

/** What a packet is for. */
export type Heard = "query" | "response" | "ignore";

/** The names of an own service, lower case. */
export interface OwnNames {
  /** Instance name with the type. */
  readonly service: string;
  /** Name of the machine. */
  readonly target: string;
}

/**
 * Judges a packet that came in. Of queries only those count that ask about our service and don't
 * know the answer yet; of answers only those that name a service of our type and not our own (own
 * packets come back, and nobody else has to say anything of ours). Never throws.
 */
export function judge(bytes: Uint8Array, own: OwnNames): Heard {
  if (bytes.length > MAX_PACKET_BYTES) return "ignore";
  let packet: Packet;
  try {
    packet = decode(Buffer.from(bytes));
  } catch {
    // Anybody on the network can send anything.
    return "ignore";
  }
  const records = recordsOf(packet);
  const questions = packet.questions ?? [];
  if (records.length + questions.length > MAX_RECORDS) return "ignore";
  if (packet.type === "query") {
    return questions.some((one) => concerns(one, own)) && !records.some((one) => knows(one, own))
      ? "query"
      : "ignore";
  }
  const ours = records.some(({ name }) => isOneOf(name, [own.service, own.target]));
  const names = records.some((one) => one.type === "PTR" && isOneOf(one.name, [SERVICE_TYPE]));
  return !ours && names ? "response" : "ignore";
}

/**
 * The bytes to send for those that the library made: without addresses but `host`, so that no
 * network hears of another; and in a goodbye without the one about the type, which others may still
 * offer. None lives longer than {@linkcode MAX_TTL_S}. `undefined` when nothing is left.
 */
export function pruned(bytes: Uint8Array, host: string): Uint8Array | undefined {
  const packet = decode(Buffer.from(bytes));
  const keep = (record: Answer): boolean => {
    if (record.type === "A") return record.data === host;
    if (record.type === "AAAA") return false;
    const goodbye = "ttl" in record && record.ttl === 0;
    return !(goodbye && isOneOf(record.name, [TYPES_OF_TYPES]));
  };
  const answers = (packet.answers ?? []).filter(keep).map(shortLived);
  const additionals = (packet.additionals ?? []).filter(keep).map(shortLived);
  if (packet.type === "response" && answers.length === 0) return undefined;
  return encode({ ...packet, answers, additionals });
}

function shortLived(record: Answer): Answer {
  return "ttl" in record && record.ttl !== undefined && record.ttl > MAX_TTL_S
    ? { ...record, ttl: MAX_TTL_S }
    : record;
}

function recordsOf({ answers, authorities, additionals }: Packet): readonly Answer[] {
  return [...answers ?? [], ...authorities ?? [], ...additionals ?? []];
}

function concerns({ name }: Question, { service, target }: OwnNames): boolean {
  return isOneOf(name, [SERVICE_TYPE, TYPES_OF_TYPES, service, target]);
}

/** A record in a query is what the asker knows already (RFC 6762 section 7.1). */
function knows(record: Answer, { service }: OwnNames): boolean {
  return record.type === "PTR" && isOneOf(record.name, [SERVICE_TYPE]) &&
    isOneOf(record.data, [service]);
}

function isOneOf(name: unknown, names: readonly string[]): boolean {
  return typeof name === "string" && names.includes(name.toLowerCase());
}

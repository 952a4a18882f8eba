/**
 * Which DHT packets go in and out (docs/PROTOCOL.md section 10). The library that speaks BEP 5
 * believes what it is told and answers everybody: this stands between it and the wire. The node only
 * asks (BEP 43), so that nothing but answers to its own questions ever reaches the library.
 */
import { addressOf, type NodeAddress } from "../wire/address.ts";
import { mayDial } from "../wire/address_rules.ts";
import { DHT_KEY_BYTES } from "../wire/dht.ts";
import { formatIp } from "../wire/ip.ts";
import { type Bencoded, decodeBencode, encodeBencode } from "./bencode.ts";

/** Longest datagram that is looked at, in bytes; longer ones fit into no usual packet anyway. */
export const MAX_DATAGRAM_BYTES = 2_048;

/** Bytes of a transaction id of ours: random, so that nobody answers in another's place. */
export const TRANSACTION_BYTES = 4;

/** DHT nodes taken of one answer (BEP 5 says 8; some send 20). */
export const MAX_NODES_AN_ANSWER = 20;

/** Peers taken of one answer: as many as fit into the answers of common programs. */
export const MAX_PEERS_AN_ANSWER = 100;

/** Longest write token, in bytes (a guess: common programs have 4 to 20). */
const MAX_TOKEN_BYTES = 64;

/** Questions that may leave; of BEP 44, storing for others, none. */
const QUESTIONS: ReadonlySet<string> = new Set([
  "ping",
  "find_node",
  "get_peers",
  "announce_peer",
]);

/** Bytes of an IPv4 address with a port. */
const PLACE_BYTES = 6;
const NODE_BYTES = DHT_KEY_BYTES + PLACE_BYTES;

/** A question as it leaves. */
export interface Question {
  /** The datagram. */
  readonly bytes: Uint8Array;
  /** The library's own transaction id, for the answer. */
  readonly id: Uint8Array;
}

/** An answer as it came, read and found to be of the right form. */
export interface Answer {
  /** Transaction id of the question. */
  readonly transaction: Uint8Array;
  /** The bytes for the library, under its own transaction id. */
  forLibrary(id: Uint8Array): Uint8Array;
}

/**
 * What is sent for a packet that the library made: under another transaction id, and marked as from
 * a node that only asks. `undefined` for all but questions of BEP 5.
 */
export function questionOf(bytes: Uint8Array, transaction: Uint8Array): Question | undefined {
  const message = mapOf(decodeBencode(bytes));
  const id = bytesOf(message?.get("t"));
  const kind = textOf(message?.get("q"));
  const body = mapOf(message?.get("a"));
  if (textOf(message?.get("y")) !== "q" || id === undefined || body === undefined) return undefined;
  if (kind === undefined || !QUESTIONS.has(kind)) return undefined;
  const entries = new Map<string, Bencoded>([
    ...[...message ?? []].filter(([key]) => ["q", "y"].includes(key)),
    ["a", body],
    ["ro", 1],
    ["t", transaction],
  ]);
  return { bytes: encodeBencode(entries), id };
}

/**
 * Reads an answer that came from an address: what it says of nodes and peers is kept as far as that
 * address may name them (section 6), all else that BEP 5 doesn't know is dropped. `undefined` for
 * whatever isn't an answer. Never throws.
 */
export function readAnswer(bytes: Uint8Array, from: NodeAddress): Answer | undefined {
  if (bytes.length > MAX_DATAGRAM_BYTES) return undefined;
  const message = mapOf(decodeBencode(bytes));
  const transaction = bytesOf(message?.get("t"));
  if (message === undefined || transaction?.length !== TRANSACTION_BYTES) return undefined;
  const kept = textOf(message.get("y")) === "r"
    ? keptAnswer(mapOf(message.get("r")), from)
    : textOf(message.get("y")) === "e"
    ? keptError(message.get("e"))
    : undefined;
  if (kept === undefined) return undefined;
  return {
    transaction,
    forLibrary: (id) => encodeBencode(new Map([...kept, ["t", id]])),
  };
}

type Entries = readonly (readonly [string, Bencoded])[];

function keptAnswer(
  body: ReadonlyMap<string, Bencoded> | undefined,
  from: NodeAddress,
): Entries | undefined {
  const id = bytesOf(body?.get("id"));
  if (body === undefined || id?.length !== DHT_KEY_BYTES) return undefined;
  const kept = new Map<string, Bencoded>([["id", id]]);
  const token = bytesOf(body.get("token"));
  if (token !== undefined && token.length > 0 && token.length <= MAX_TOKEN_BYTES) {
    kept.set("token", token);
  }
  const nodes = bytesOf(body.get("nodes"));
  if (nodes !== undefined) kept.set("nodes", keptNodes(nodes, from));
  const values = body.get("values");
  if (Array.isArray(values)) kept.set("values", keptPeers(values, from));
  return [["y", new Uint8Array([0x72])], ["r", kept]];
}

/** Of an error only its number counts. */
function keptError(error: Bencoded | undefined): Entries | undefined {
  const number = Array.isArray(error) ? error[0] : undefined;
  if (typeof number !== "number") return undefined;
  return [["y", new Uint8Array([0x65])], ["e", [number]]];
}

function keptNodes(nodes: Uint8Array, from: NodeAddress): Uint8Array {
  const kept: number[] = [];
  for (let at = 0; at + NODE_BYTES <= nodes.length; at += NODE_BYTES) {
    if (kept.length >= MAX_NODES_AN_ANSWER * NODE_BYTES) break;
    const node = nodes.subarray(at, at + NODE_BYTES);
    if (isAllowed(node.subarray(DHT_KEY_BYTES), from)) kept.push(...node);
  }
  return Uint8Array.from(kept);
}

function keptPeers(values: readonly Bencoded[], from: NodeAddress): readonly Uint8Array[] {
  return values
    .map(bytesOf)
    .filter((value) => value !== undefined)
    .filter((value) => value.length === PLACE_BYTES && isAllowed(value, from))
    .slice(0, MAX_PEERS_AN_ANSWER);
}

function isAllowed(place: Uint8Array, from: NodeAddress): boolean {
  const port = place[4]! * 256 + place[5]!;
  const address = addressOf(formatIp(place.subarray(0, 4)), port);
  return address !== undefined && mayDial({ address, heardFrom: from });
}

function mapOf(value: Bencoded | undefined): ReadonlyMap<string, Bencoded> | undefined {
  return value instanceof Map ? value : undefined;
}

function bytesOf(value: Bencoded | undefined): Uint8Array | undefined {
  return value instanceof Uint8Array ? value : undefined;
}

function textOf(value: Bencoded | undefined): string | undefined {
  return value instanceof Uint8Array ? String.fromCharCode(...value) : undefined;
}

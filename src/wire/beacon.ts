/**
 * The LAN beacon (docs/PROTOCOL.md section 10): one datagram that says "a node of your network
 * listens here" to those who know the network, and names no identity.
 *
 * ```
 * beacon = ["gossamer", 1, tag: bin8, TCP port, instance: bin8]          at most 34 bytes
 * tag      = first 8 bytes of HMAC-SHA256(network key, or 32 zeros without one; label "beacon")
 * instance = random at each start: tells a restart, and a node's own beacon when it hears it
 * ```
 */
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { MAX_PORT } from "./address.ts";
import { WireError } from "./errors.ts";
import { binField, fields, uintField } from "./fields.ts";
import type { Labels } from "./labels.ts";
import { MAX_BEACON_BYTES, PROTOCOL_VERSION } from "./limits.ts";
import { decode, encode } from "./msgpack.ts";
import { asPublic, type Public } from "./privacy.ts";

/** What a beacon says. */
export interface Beacon {
  /** TCP port on which the sender accepts connections, 1 to 65535. */
  readonly port: number;
  /** {@linkcode INSTANCE_BYTES} random bytes, new at each start. */
  readonly instance: Uint8Array;
}

/** Bytes in a beacon's instance. */
export const INSTANCE_BYTES = 8;

/** Bytes in a beacon's tag. */
export const TAG_BYTES = 8;

const MAGIC = "gossamer";
const NETWORK_KEY_BYTES = 32;

/**
 * The tag of a network: without its key nobody can tell which network a beacon is of. Made once at
 * start. Throws a `RangeError` for a network key of other than 32 bytes.
 */
export function beaconTag(
  { labels, networkKey }: {
    readonly labels: Labels;
    readonly networkKey: Uint8Array | undefined;
  },
): Uint8Array {
  const key = networkKey ?? new Uint8Array(NETWORK_KEY_BYTES);
  if (key.length !== NETWORK_KEY_BYTES) throw new RangeError("A network key has 32 bytes");
  return hmac(sha256, key, labels.beacon).slice(0, TAG_BYTES);
}

/** Encodes a beacon. Throws a `RangeError` for a port or lengths that no beacon has. */
export function encodeBeacon(beacon: Beacon, tag: Uint8Array): Public<Uint8Array> {
  const { port, instance } = beacon;
  if (port < 1 || port > MAX_PORT) throw new RangeError(`Port out of range: ${port}`);
  if (instance.length !== INSTANCE_BYTES || tag.length !== TAG_BYTES) {
    throw new RangeError("A beacon's tag and instance have 8 bytes each");
  }
  return asPublic(encode([MAGIC, PROTOCOL_VERSION, tag, port, instance]));
}

/**
 * Reads a datagram as a beacon of the network with this tag, or answers `undefined`: it is
 * something else, of another version or of another network. Never throws.
 */
export function decodeBeacon(bytes: Uint8Array, tag: Uint8Array): Beacon | undefined {
  try {
    const value = decode(bytes, { maxBytes: MAX_BEACON_BYTES });
    const [magic, version, theirTag, portValue, instance] = fields(value, 5);
    if (magic !== MAGIC || version !== PROTOCOL_VERSION) return undefined;
    if (!binField(theirTag, TAG_BYTES).every((byte, i) => byte === tag[i])) return undefined;
    const port = uintField(portValue, MAX_PORT);
    if (port === 0) return undefined;
    return { port, instance: binField(instance, INSTANCE_BYTES).slice() };
  } catch (error) {
    // Anybody on the LAN can send anything; only what isn't about the input goes on.
    if (error instanceof WireError) return undefined;
    throw error;
  }
}

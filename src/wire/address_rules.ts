/**
 * What an address says about where it lies (docs/PROTOCOL.md, "Words" and section 6, "Addresses, and
 * not flooding strangers"): prefixes and groups by which budgets and caps count, and the ranges
 * that no stranger may talk a node into dialling.
 */
import { hostBytes, hostPort, type NodeAddress } from "./address.ts";
import { formatIp } from "./ip.ts";
import { MIN_PORT } from "./limits.ts";

/** Keeps plain strings out; exists for the type checker only. */
declare const brand: unique symbol;

/** What budgets count by: a /24, a /48, one host on private ranges, or one onion. */
export type Prefix = string & { readonly [brand]: "Prefix" };

/** What eclipse caps count by: a /16, a /32, one host on private ranges, or one onion. */
export type Group = string & { readonly [brand]: "Group" };

/**
 * Where an address can be reached from. `refused` is what no node can have: multicast, broadcast,
 * unspecified, documentation, benchmarks, transition mechanisms, unassigned.
 */
export type Scope = "loopback" | "private" | "link-local" | "global" | "refused";

/**
 * The prefix of a peer: its /24, for IPv6 its /48; on loopback, private and link-local ranges, where
 * one person owns the whole range, and for onions the host itself. Never the port.
 */
export function prefixOf(address: NodeAddress): Prefix {
  return cut(address, { 4: 24, 16: 48 }) as Prefix;
}

/** The group of a peer: its /16, for IPv6 its /32, with the same exceptions as {@linkcode prefixOf}. */
export function groupOf(address: NodeAddress): Group {
  return cut(address, { 4: 16, 16: 32 }) as Group;
}

/** The range in which an address lies; an onion's is `global`. */
export function scopeOf(address: NodeAddress): Scope {
  const bytes = hostBytes(address);
  const ranges = bytes.length === 4 ? IPV4_RANGES : bytes.length === 16 ? IPV6_RANGES : [];
  return ranges.find((range) => within(bytes, range))?.[2] ??
    (bytes.length === 16 ? "refused" : "global");
}

/**
 * Whether a node may dial an address, given who told of it: the peer (for the source address of a
 * connection or of a beacon: that address itself), or the user, who may try anything.
 */
export function mayDial(
  { address, heardFrom }: {
    readonly address: NodeAddress;
    readonly heardFrom: NodeAddress | "user";
  },
): boolean {
  if (heardFrom === "user") return true;
  const { port } = hostPort(address);
  if (port < MIN_PORT && port !== HTTPS_PORT) return false;
  const scope = scopeOf(address);
  return scope === "global" || (scope !== "refused" && scope === scopeOf(heardFrom));
}

/** The one low port that may be dialled: many networks let nothing else out. */
const HTTPS_PORT = 443;

type Range = readonly [network: readonly number[], bits: number, scope: Scope];

/** IANA's IPv4 special-purpose registry (2024); the first that fits counts, the rest is global. */
const IPV4_RANGES: readonly Range[] = [
  [[0], 8, "refused"], // this network
  [[10], 8, "private"],
  [[100, 64], 10, "private"], // carrier-grade NAT, and what overlay networks use
  [[127], 8, "loopback"],
  [[169, 254], 16, "link-local"],
  [[172, 16], 12, "private"],
  [[192, 0, 0], 24, "refused"], // protocol assignments
  [[192, 0, 2], 24, "refused"], // documentation
  [[192, 88, 99], 24, "refused"], // 6to4 relays
  [[192, 168], 16, "private"],
  [[198, 18], 15, "refused"], // benchmarks
  [[198, 51, 100], 24, "refused"], // documentation
  [[203, 0, 113], 24, "refused"], // documentation
  [[224], 3, "refused"], // multicast, reserved, broadcast
];

/**
 * IANA's IPv6 registries (2024); the first that fits counts, the rest is refused. NAT64, 6to4 and
 * Teredo are, since they can carry a private IPv4 address.
 */
const IPV6_RANGES: readonly Range[] = [
  [[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], 128, "loopback"],
  [[0xfc], 7, "private"],
  [[0xfe, 0x80], 10, "link-local"],
  [[0x20, 0x01, 0x00], 23, "refused"], // protocol assignments, Teredo
  [[0x20, 0x01, 0x0d, 0xb8], 32, "refused"], // documentation
  [[0x20, 0x02], 16, "refused"], // 6to4
  [[0x3f, 0xff, 0x00], 20, "refused"], // documentation
  [[0x20], 3, "global"],
];

function within(bytes: Uint8Array, [network, bits]: Range): boolean {
  return network.every((byte, i) => {
    const mask = maskByte(bits - 8 * i);
    return (bytes[i]! & mask) === (byte & mask);
  });
}

/** The mask's byte with so many of its bits left to set. */
function maskByte(bits: number): number {
  return bits >= 8 ? 0xff : bits <= 0 ? 0 : (0xff00 >> bits) & 0xff;
}

function cut(address: NodeAddress, bitsOf: Readonly<Record<4 | 16, number>>): string {
  const { host } = hostPort(address);
  const bytes = hostBytes(address);
  const scope = scopeOf(address);
  if (bytes.length > 16 || (scope !== "global" && scope !== "refused")) return host;
  const bits = bitsOf[bytes.length === 4 ? 4 : 16];
  return `${formatIp(bytes.map((byte, i) => byte & maskByte(bits - 8 * i)))}/${bits}`;
}

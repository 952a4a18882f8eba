/**
 * Node addresses (docs/PROTOCOL.md section 6).
 *
 * ```
 * address = [type, host: bin, port]
 * type 4    4 bytes, IPv4 (an IPv4-mapped IPv6 address is type 4)
 * type 6    16 bytes, IPv6
 * type 10   35 bytes, onion v3: public key, checksum, version
 * ```
 * Never a DNS name: a name on the wire would have strangers look up what another stranger chose.
 */
import { sha3_256 } from "@noble/hashes/sha3.js";
import { concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import { base32 } from "@scure/base";
import { malformed } from "./errors.ts";
import { binField, type Field, fields, uintField } from "./fields.ts";
import { formatIp, isMapped, parseIp } from "./ip.ts";
import { DEFAULT_PORT } from "./limits.ts";

/** Keeps plain strings out; exists for the type checker only. */
declare const brand: unique symbol;

/**
 * A node's address in one canonical spelling, usable as a `Map` key: `203.0.113.7:14677`,
 * `[2001:db8::1]:14677` (RFC 5952) or `…56 characters….onion:14677`.
 */
export type NodeAddress = string & { readonly [brand]: "NodeAddress" };

/** An address as it stands in a frame. */
export type AddressValue = readonly [type: number, host: Uint8Array, port: number];

const IPV4 = 4;
const IPV6 = 6;
const ONION = 10;

/** Length of a host by type of address. */
const HOST_BYTES: ReadonlyMap<number, number> = new Map([[IPV4, 4], [IPV6, 16], [ONION, 35]]);

/** Highest port of TCP and UDP. */
export const MAX_PORT = 65_535;

const ONION_SUFFIX = ".onion";
const ONION_VERSION = 3;

/**
 * Reads an IP or onion address with or without a port (then `DEFAULT_PORT`) in any common spelling;
 * IPv6 with a port needs brackets. Answers `undefined` for anything else, host names and zone ids
 * included.
 */
export function parseAddress(text: string): NodeAddress | undefined {
  const parts = splitPort(text);
  return parts && addressOf(parts.host, parts.port ?? DEFAULT_PORT);
}

/**
 * Splits `host`, `host:port`, `[host]:port` or a bare IPv6 address; the host is returned as it
 * stands, without brackets. Answers `undefined` when the brackets or the port are not right.
 */
export function splitPort(
  text: string,
): { readonly host: string; readonly port: number | undefined } | undefined {
  const match = /^\[([^[\]]*:[^[\]]*)\](?::(\d+))?$/.exec(text) ??
    /^([^:[\]]*)(?::(\d+))?$/.exec(text) ?? /^([^[\]]*)$/.exec(text);
  const host = match?.[1];
  const digits = match?.[2];
  if (host === undefined) return undefined;
  if (digits === undefined) return { host, port: undefined };
  // No leading zeros, so that a port too has one spelling.
  return /^[1-9]\d{0,4}$/.test(digits) && isPort(Number(digits))
    ? { host, port: Number(digits) }
    : undefined;
}

/**
 * Makes an address of a host (IP without brackets, or onion) and a port of 1 to 65535. Answers
 * `undefined` when either isn't that.
 */
export function addressOf(host: string, port: number): NodeAddress | undefined {
  if (!isPort(port)) return undefined;
  const ip = parseIp(host);
  if (ip !== undefined) return join(formatIp(ip), port);
  const onion = host.toLowerCase();
  return onionBytes(onion) && join(onion, port);
}

/** Host, without brackets, and port of an address. */
export function hostPort(address: NodeAddress): { readonly host: string; readonly port: number } {
  const colon = address.lastIndexOf(":");
  const host = address.slice(0, colon);
  return {
    host: host.startsWith("[") ? host.slice(1, -1) : host,
    port: Number(address.slice(colon + 1)),
  };
}

/** The bytes of an address's host: 4 (IPv4), 16 (IPv6) or 35 (onion). */
export function hostBytes(address: NodeAddress): Uint8Array {
  const { host } = hostPort(address);
  const bytes = parseIp(host) ?? onionBytes(host);
  if (bytes === undefined) throw new TypeError("Not made by this module: address");
  return bytes;
}

/** An address as the value that stands in a frame. */
export function encodeAddress(address: NodeAddress): AddressValue {
  const host = hostBytes(address);
  return [
    host.length === 4 ? IPV4 : host.length === 16 ? IPV6 : ONION,
    host,
    hostPort(address).port,
  ];
}

/**
 * Reads the value that stands in a frame. Throws a `WireError` for unknown types, wrong lengths, an
 * IPv4-mapped IPv6 address, an onion host with a wrong checksum, and ports other than 1 to 65535.
 */
export function decodeAddress(value: Field): NodeAddress {
  const [typeValue, hostValue, portValue] = fields(value, 3);
  const type = uintField(typeValue);
  const length = HOST_BYTES.get(type);
  if (length === undefined) throw malformed("Unknown type of address");
  const host = binField(hostValue, length);
  const port = uintField(portValue, MAX_PORT);
  if (port === 0) throw malformed("Port 0 in an address");
  if (isMapped(host)) throw malformed("IPv4 address in IPv6 form");
  const text = type === ONION ? base32.encode(host).toLowerCase() + ONION_SUFFIX : formatIp(host);
  const address = addressOf(text, port);
  if (address === undefined) throw malformed("Wrong checksum or version of an onion address");
  return address;
}

function join(host: string, port: number): NodeAddress {
  return (host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`) as NodeAddress;
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= MAX_PORT;
}

/**
 * The 35 bytes of a lower-case onion v3 host name, or `undefined` (rend-spec-v3: base32 of public
 * key, first two bytes of SHA3-256(".onion checksum", public key, version), version).
 */
function onionBytes(host: string): Uint8Array | undefined {
  if (!/^[a-z2-7]{56}\.onion$/.test(host)) return undefined;
  const bytes = base32.decode(host.slice(0, -ONION_SUFFIX.length).toUpperCase());
  const key = bytes.subarray(0, 32);
  const version = bytes.subarray(34);
  const sum = sha3_256(concatBytes(utf8ToBytes(".onion checksum"), key, version));
  return version[0] === ONION_VERSION && sum[0] === bytes[32] && sum[1] === bytes[33]
    ? bytes
    : undefined;
}

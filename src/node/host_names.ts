/**
 * Host names that only a proxy may look up. Wherever the node handles addresses, one stands in for the
 * name, from a range that no node can have (2001:db8::/32): it is told to nobody, not stored, and means
 * something to this process alone.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import { hostPort, type NodeAddress } from "../wire/address.ts";
import { formatIp } from "../wire/ip.ts";
import { UserError } from "./user_error.ts";

/** Names at a time: those that an owner gives by hand. */
export const MAX_HOST_NAMES = 256;
const RANGE = [0x20, 0x01, 0x0d, 0xb8];

/** The names and what stands in for them. */
export class HostNames {
  readonly #names = new Map<string, string>();

  /** The IP address that stands in for a name. Throws a `UserError` of code `failed` when there are too many. */
  standIn(name: string): string {
    const hash = sha256(utf8ToBytes(name));
    const host = formatIp(Uint8Array.from([...RANGE, ...hash.subarray(0, 16 - RANGE.length)]));
    if (!this.#names.has(host) && this.#names.size >= MAX_HOST_NAMES) {
      throw new UserError("failed", "Too many host names were given since the node's start.");
    }
    this.#names.set(host, name);
    return host;
  }

  /** The name for which an address stands, or `undefined`. */
  nameOf(address: NodeAddress): string | undefined {
    return this.#names.get(hostPort(address).host);
  }

  /** An address as its owner knows it. */
  shown(address: NodeAddress): string {
    const name = this.nameOf(address);
    return name === undefined ? address : `${name}:${hostPort(address).port}`;
  }
}

/** Whether an address can be dialled through a proxy only. */
export function isOnion(address: NodeAddress): boolean {
  return hostPort(address).host.endsWith(".onion");
}

/** Where to send so that everybody near hears it: pure, so that it can be tested without a network. */
import { formatIp, parseIp } from "../wire/ip.ts";

/** The limited broadcast address: the system picks the interface, and needs a default route to. */
export const LIMITED_BROADCAST = "255.255.255.255";

/** What of `Deno.networkInterfaces()` counts here. */
export interface InterfaceAddress {
  /** "IPv4" or "IPv6". */
  readonly family: string;
  /** The machine's own address there. */
  readonly address: string;
  /** The network's mask, written like an address. */
  readonly netmask: string;
}

/**
 * The broadcast address of each IPv4 network that the machine is on, without repetitions, then
 * {@linkcode LIMITED_BROADCAST}. Networks of one or two hosts have none. Loopback's counts only
 * when nothing else is there (a machine off line with two nodes on it); otherwise those two hear
 * each other by a real network, and loopback would announce each a second time.
 */
export function broadcastAddresses(interfaces: readonly InterfaceAddress[]): string[] {
  const found = new Set<string>();
  for (const { family, address, netmask } of interfaces) {
    const broadcast = family === "IPv4" ? broadcastOf(address, netmask) : undefined;
    if (broadcast !== undefined) found.add(broadcast);
  }
  const near = [...found].filter((address) => !address.startsWith("127."));
  return [...(near.length > 0 ? near : found), LIMITED_BROADCAST];
}

function broadcastOf(address: string, netmask: string): string | undefined {
  const host = parseIp(address);
  const mask = parseIp(netmask);
  if (host?.length !== 4 || mask?.length !== 4) return undefined;
  // 255.255.255.254 and 255.255.255.255: point to point, no broadcast.
  if (mask.subarray(0, 3).every((byte) => byte === 255) && mask[3]! >= 254) return undefined;
  return formatIp(host.map((byte, i) => byte | (~mask[i]! & 0xff)));
}

/**
 * Which addresses a service heard of by DNS-SD may yield (docs/PROTOCOL.md section 10): pure, since
 * everything in it is somebody's claim.
 */
import { addressOf, type NodeAddress } from "../wire/address.ts";
import { mayDial, scopeOf } from "../wire/address_rules.ts";
import { instanceOf } from "../wire/announcement.ts";
import type { InterfaceAddress } from "./broadcast.ts";
import type { FoundService } from "./mdns_port.ts";
import { isWithin } from "./networks.ts";
import { isNews, type Registry } from "./registry.ts";

/** Addresses of one service that are looked at; a machine has one on a network, seldom two. */
const MAX_ADDRESSES = 4;

/** Characters of an instance name that count: as many as DNS allows bytes. */
const MAX_NAME = 63;

/** What a service is judged by. */
export interface Judge {
  /** What was heard of lately, beacons included. */
  readonly registry: Registry;
  /** The network on which it was heard. */
  readonly network: InterfaceAddress;
  /** The own network's tag; a service with another is of another network. */
  readonly tag: string;
  /** Milliseconds, as the registry counts them. */
  readonly now: number;
}

/**
 * The addresses to try, new ones only. A service may only name a machine on the very network on
 * which it was heard: its sender, or another one there in a private or link-local range. One that
 * names nobody stands for its sender.
 */
export function candidatesOf(service: FoundService, judge: Judge): NodeAddress[] {
  const { registry, network, tag, now } = judge;
  if (service.tag !== undefined && service.tag !== tag) return [];
  if (!isWithin(service.sender, network)) return [];
  const sender = addressOf(service.sender, service.port);
  if (sender === undefined) return [];
  const named = service.addresses.length === 0 ? [service.sender] : service.addresses;
  const found = new Set<NodeAddress>();
  for (const host of named.slice(0, MAX_ADDRESSES)) {
    const address = addressOf(host, service.port);
    if (address !== undefined && isNear({ address, host, sender, network })) found.add(address);
  }
  return [...found].filter((address) => {
    const host = address.slice(0, address.lastIndexOf(":"));
    const verdict = registry.see({
      host,
      beacon: { port: service.port, instance: instanceFor(service.name) },
      way: "mdns",
    }, now);
    return isNews(verdict);
  });
}

function isNear(
  { address, host, sender, network }: {
    readonly address: NodeAddress;
    readonly host: string;
    readonly sender: NodeAddress;
    readonly network: InterfaceAddress;
  },
): boolean {
  if (!isWithin(host, network) || !mayDial({ address, heardFrom: sender })) return false;
  return address === sender || ["private", "link-local"].includes(scopeOf(address));
}

/** A node's own beacon has the same, so that hearing both makes no second candidate. */
function instanceFor(name: string): Uint8Array {
  return instanceOf(name) ?? new TextEncoder().encode(name.slice(0, MAX_NAME));
}

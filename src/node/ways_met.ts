/** By which ways exchanges came about, for `status` and `peers`. */
import { type ExchangeSummary, trimOldest } from "../gossip/mod.ts";
import type { NodeAddress } from "../wire/address.ts";
import { prefixOf } from "../wire/address_rules.ts";
import type { FoundWay, WaysView } from "./api_ways.ts";
import type { Sourced } from "./choose_addresses.ts";

/** Prefixes remembered to have come in: more than `peers` shows of those that can't be dialled. */
const MAX_CAME_IN = 256;

/** Whom it asks. */
export interface WaysPorts {
  /** By which ways an address was heard of, the first one first. */
  readonly found: (address: NodeAddress) => readonly FoundWay[];
  /** The node's own addresses, as far as it knows them. */
  readonly own: () => readonly Sourced[];
}

/** A {@linkcode WaysView} that can be counted in. */
export interface WaysCounted {
  /** See there. */
  readonly dialled: Record<keyof WaysView["dialled"], number>;
  /** See there. */
  readonly cameIn: Record<keyof WaysView["cameIn"], number>;
}

/** Nothing counted yet. */
export function noWays(): WaysCounted {
  return {
    dialled: {
      locator: 0,
      beacon: 0,
      mdns: 0,
      dht: 0,
      gossip: 0,
      inbound: 0,
      stored: 0,
      unknown: 0,
    },
    cameIn: { given: 0, mapping: 0, interface: 0, observed: 0, unknown: 0 },
  };
}

/** Counts completed exchanges by way. */
export class WaysMet {
  readonly #ports: WaysPorts;
  readonly #ways = noWays();
  /** Prefixes from which exchanges came in, the latest last. */
  readonly #prefixes = new Set<string>();

  /** Starts with nothing counted. */
  constructor(ports: WaysPorts) {
    this.#ports = ports;
  }

  /** Counts an exchange that ended, if it was completed. */
  ended({ completed, outbound, address, seenAs }: ExchangeSummary): void {
    if (!completed) return;
    if (outbound) {
      const [way = "unknown"] = this.#ports.found(address);
      this.#ways.dialled[way]++;
      return;
    }
    const own = this.#ports.own().find((one) => one.address === seenAs);
    this.#ways.cameIn[own?.source ?? "unknown"]++;
    const prefix = prefixOf(address);
    this.#prefixes.delete(prefix);
    this.#prefixes.add(prefix);
    trimOldest(this.#prefixes, MAX_CAME_IN);
  }

  /** Whether exchanges came in from a prefix lately. */
  cameFrom(prefix: string): boolean {
    return this.#prefixes.has(prefix);
  }

  /** As `status` shows it. */
  view(): WaysView {
    return { dialled: { ...this.#ways.dialled }, cameIn: { ...this.#ways.cameIn } };
  }
}

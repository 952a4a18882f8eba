/** The ways by which nodes find each other and come in, in words. Pure. */
import type { AddressOrigin, FoundWay, WaysView } from "./api.ts";

const FOUND: Readonly<Record<FoundWay | "unknown", string>> = {
  locator: "a locator",
  beacon: "broadcast",
  mdns: "mDNS",
  dht: "the DHT",
  gossip: "other nodes",
  inbound: "its own call",
  stored: "an earlier run",
  unknown: "ways forgotten since",
};

const CAME_IN: Readonly<Record<AddressOrigin | "unknown", string>> = {
  given: "--address",
  mapping: "the router's mapping",
  interface: "this machine's own address",
  observed: "the address that others see",
  unknown: "another address",
};

/** All ways by which a node was found, the first one first; `-` for none. */
export function renderFound(ways: readonly FoundWay[]): string {
  return ways.map((way) => FOUND[way]).join(", then ") || "-";
}

/** Exchanges that this node dialled, by how the others were found; empty for none. */
export function renderDialled({ dialled }: WaysView): string {
  return counted(dialled, FOUND);
}

/** Exchanges that came in, by what was dialled; empty for none. */
export function renderCameIn({ cameIn }: WaysView): string {
  return counted(cameIn, CAME_IN);
}

function counted<K extends string>(
  counts: Readonly<Record<K, number>>,
  words: Readonly<Record<K, string>>,
): string {
  return (Object.keys(words) as K[]).filter((way) => counts[way] > 0)
    .map((way) => `${counts[way]} by ${words[way]}`).join(", ");
}

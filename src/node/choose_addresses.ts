/** Which of a node's own addresses are given to others, and why (docs/CLI.md, `locator`). */
import type { NodeAddress } from "../wire/address.ts";
import { type Scope, scopeOf } from "../wire/address_rules.ts";
import type { AddressOrigin, OwnAddressView, ReachabilityView } from "./api_health.ts";

/** An own address, and how the node knows of it. */
export interface Sourced {
  /** Where. */
  readonly address: NodeAddress;
  /** From whom. */
  readonly source: AddressOrigin;
}

/** What the choice rests on. */
export interface Grounds {
  /** Own addresses; of one that is named twice the first counts. */
  readonly known: readonly Sourced[];
  /** Whether peers reach this node there; null where that isn't known. */
  readonly reachable: (address: NodeAddress) => boolean | null;
}

interface Judged extends Sourced {
  readonly reachable: boolean | null;
  readonly scope: Scope;
}

/** Addresses that others can use only where the owner's own words say so. */
const NOWHERE: ReadonlySet<Scope> = new Set(["link-local", "refused"]);

/** All own addresses, those first that are given to others. */
export function chooseAddresses({ known, reachable }: Grounds): readonly OwnAddressView[] {
  const seen = new Set<NodeAddress>();
  const judged: Judged[] = [];
  for (const one of known) {
    const scope = scopeOf(one.address);
    if (seen.has(one.address) || NOWHERE.has(scope)) continue;
    seen.add(one.address);
    judged.push({ ...one, scope, reachable: reachable(one.address) });
  }
  const given = judged.some(({ source }) => source === "given");
  const alone = judged.every(({ scope }) => scope === "loopback");
  return judged
    .map((one) => ({
      address: one.address,
      source: one.source,
      reachable: one.reachable,
      ...(given && one.source !== "given"
        ? { used: false, why: "left out: --address says where this node is" }
        : choose(one, alone)),
    }))
    .sort((a, b) => Number(b.used) - Number(a.used) || order(a) - order(b));
}

/** Whether the internet reaches the node, as far as is known. */
export function reachability(
  chosen: readonly OwnAddressView[],
  { proxied }: { readonly proxied: boolean },
): ReachabilityView {
  const global = chosen.filter(({ address, used, source }) =>
    scopeOf(address) === "global" && (used || source !== "given")
  );
  const of = (value: boolean | null): string[] =>
    global.filter(({ reachable }) => reachable === value).map(({ address }) => address);
  const proven = of(true);
  if (proven.length > 0) {
    return { reachable: true, why: `others came in from outside by ${proven.join(", ")}` };
  }
  const open = of(null);
  if (open.length > 0) {
    return { reachable: null, why: `nobody has come in from outside by ${open.join(", ")} yet` };
  }
  if (global.length > 0) {
    const where = of(false).join(", ");
    return {
      reachable: false,
      why: `for an hour nobody came in by ${where}, though others had reason to: a router or a ` +
        "firewall keeps them out. This node takes part all the same, by connecting to others",
    };
  }
  return {
    reachable: null,
    why: proxied
      ? "all goes through the proxy, and nobody is told where this node is"
      : "no address of this node on the internet is known. It takes part all the same, by " +
        "connecting to others",
  };
}

function choose(one: Judged, alone: boolean): { used: boolean; why: string } {
  const { source, scope, reachable } = one;
  if (source === "given") return { used: true, why: `given by --address${proof(one)}` };
  switch (scope) {
    case "loopback":
      return { used: alone, why: "works on this machine only" };
    case "private":
      return source === "interface"
        ? { used: true, why: "works in your own network only" }
        : { used: false, why: "left out: the router has no address of its own on the internet" };
    default:
  }
  if (reachable === true) return { used: true, why: "others came in from outside by it" };
  if (reachable === false) {
    return { used: false, why: "left out: for an hour nobody came in by it; --address adds it" };
  }
  switch (source) {
    case "interface":
      return { used: true, why: "this machine's on the internet; nobody came in by it yet" };
    case "mapping":
      return { used: true, why: "the router forwards it; nobody came in by it yet" };
    default:
      return {
        used: false,
        why:
          "left out: others see this node there, but nobody came in by it yet; --address adds it",
      };
  }
}

function proof({ scope, reachable }: Judged): string {
  if (reachable === true) {
    return scope === "global" ? "; others came in from outside by it" : "; others came in by it";
  }
  const known = reachable === false ? "; for an hour nobody came in by it" : "";
  if (scope === "private") return `; works in its own network only${known}`;
  return scope === "loopback" ? "; works on this machine only" : known;
}

/** What others can use from everywhere comes first. */
function order({ address, reachable }: OwnAddressView): number {
  const global = scopeOf(address) === "global" ? 0 : 2;
  return global + (reachable === true ? 0 : 1);
}

/** Who is what in a scenario, and what that makes of a node. */
import type { GossipConfig, OutEvent, Rng } from "../gossip/mod.ts";
import { type NodeAddress, parseAddress } from "../wire/address.ts";
import type { NodeTraits } from "./network_options.ts";
import type { Hostility, Scenario } from "./scenario.ts";

/** What a node is. */
export type Role = "honest" | "hostile" | "spy";

/** An address of nobody's, of which liars tell. */
export const VICTIM: NodeAddress = parseAddress("223.7.7.7:14677")!;

/** Hostile nodes that answer dial as often as an engine does. */
const HOSTILE_PERIOD_MS = 250;

/** One run's parts. */
export interface Cast {
  /** By node. */
  readonly roles: readonly Role[];
  /** Whether each node is behind NAT. */
  readonly behindNat: readonly boolean[];
}

/** Draws who is what. Hostile nodes and spies can be dialled, as they would see to. */
export function drawCast({ nodes, hostile, spies, nat }: Scenario, rng: Rng): Cast {
  const order = Array.from({ length: nodes }, (_, index) => index);
  for (let i = order.length - 1; i > 0; i--) {
    const j = rng.below(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  const roles: Role[] = new Array<Role>(nodes).fill("honest");
  const behindNat: boolean[] = new Array<boolean>(nodes).fill(false);
  const hostileOnes = Math.round(hostile * nodes);
  const spyOnes = Math.round(spies * nodes);
  const natOnes = Math.round(nat * nodes);
  for (const index of order.splice(0, hostileOnes)) roles[index] = "hostile";
  for (const index of order.splice(0, spyOnes)) roles[index] = "spy";
  for (const index of order.splice(0, natOnes)) behindNat[index] = true;
  return { roles, behindNat };
}

/** What its part makes of a node. */
export function traitsOf({ roles, behindNat }: Cast, { scenario, index }: {
  readonly scenario: Scenario;
  readonly index: number;
}): NodeTraits {
  const dialable = behindNat[index] !== true;
  switch (roles[index]) {
    case "hostile":
      return hostileTraits(scenario.hostility, scenario.config);
    case "spy":
      return { config: spyConfig(scenario) };
    default:
      return { dialable };
  }
}

/** A spy asks around all the time and offers nothing of what it hears. */
function spyConfig({ config, polls }: Scenario): GossipConfig {
  const quiet = { ...config, maxFresh: 0 };
  return polls > 0 ? { ...quiet, periodMs: 1000 / polls, jitterMs: 0 } : quiet;
}

function hostileTraits(hostility: Hostility, config: GossipConfig): NodeTraits {
  switch (hostility) {
    case "silent":
      return { twist: (out) => out.kind === "send-message" ? undefined : out };
    case "known":
      return {
        knowsAll: true,
        config: { ...config, periodMs: HOSTILE_PERIOD_MS, jitterMs: 0 },
      };
    case "addresses":
      return { twist: tellOfVictim };
  }
}

function tellOfVictim(out: OutEvent): OutEvent {
  if (out.kind !== "send" || out.frame.kind !== "offer") return out;
  return { ...out, frame: { ...out.frame, address: VICTIM } };
}

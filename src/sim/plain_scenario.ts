/** The network that others are changes of. */
import { DEFAULT_CONFIG } from "../gossip/mod.ts";
import type { Scenario } from "./scenario.ts";

/** Nothing in the way, and nothing but gossip: neither stem nor reconciliation. 1,000 nodes, one message. */
export const PLAIN_SCENARIO: Scenario = {
  nodes: 1_000,
  runs: 100,
  seed: 1,
  config: { ...DEFAULT_CONFIG, stem: false },
  sync: false,
  rate: undefined,
  warmUpS: 90,
  durationS: 120,
  followS: 600,
  delayMs: 50,
  delaySpread: 0,
  loss: 0,
  nat: 0,
  offline: 0,
  sessionS: 3_600,
  partition: undefined,
  view: undefined,
  hostile: 0,
  hostility: "silent",
  spies: 0,
  polls: 4,
};

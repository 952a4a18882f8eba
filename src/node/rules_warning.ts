/** What the owner is told when peers follow other rules. */
import type { RuleWatchView } from "../gossip/mod.ts";

/** A warning, or none when all peers follow the same rules. */
export function rulesWarning({ peers, differing }: RuleWatchView): readonly string[] {
  if (differing === 0) return [];
  return [
    `${differing} of the last ${peers} nodes judge messages by other rules than this one. Exchanges ` +
    "with them go on, but some messages may be refused there or here. One of the two versions is " +
    "old: look for an update of Gossamer.",
  ];
}

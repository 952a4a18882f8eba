/** What happens to links in a scenario: delays that differ, packets lost, a network split in two. */
import type { Rng } from "../gossip/mod.ts";
import type { Conditions } from "./conditions.ts";
import type { Scenario } from "./scenario.ts";
import type { VirtualNode } from "./virtual_node.ts";

/** More losses in a row than this would outlast every deadline. */
const MAX_LOSSES = 10;

/** Delays and losses as a scenario has them. */
export class Environment implements Conditions {
  readonly #scenario: Scenario;
  readonly #rng: Rng;
  /** Whether the network is split at present. */
  split = false;

  /** Draws on the network's chance. */
  constructor(scenario: Scenario, rng: Rng) {
    this.#scenario = scenario;
    this.#rng = rng;
  }

  delayMs(): number {
    const { delayMs, delaySpread } = this.#scenario;
    return delaySpread === 0 ? delayMs : delayMs * Math.exp(delaySpread * this.#normal());
  }

  passes(from: VirtualNode, to: VirtualNode): boolean {
    return !this.split || (from.index - to.index) % 2 === 0;
  }

  losses(): number {
    const { loss } = this.#scenario;
    let losses = 0;
    if (loss > 0) { while (losses < MAX_LOSSES && this.#rng.next() < loss) losses++; }
    return losses;
  }

  /** A draw from the standard normal distribution (Box and Muller). */
  #normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.#rng.next()));
    return radius * Math.cos(2 * Math.PI * this.#rng.next());
  }
}

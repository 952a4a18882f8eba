/**
 * Addresses that were tried and given up lately. What peers say of them isn't heeded for a while:
 * somebody who names the same address again and again must not make us knock there again and again.
 */
import type { NodeAddress } from "../wire/address.ts";
import type { UnixMs } from "../wire/time.ts";
import type { GossipConfig } from "./config.ts";

/** Remembers so many addresses for so long. */
export class GivenUp {
  readonly #config: GossipConfig;
  /** Until when; the first to end stands first. */
  readonly #until = new Map<NodeAddress, UnixMs>();

  /** Starts empty. */
  constructor(config: GossipConfig) {
    this.#config = config;
  }

  /** How many are remembered. */
  get size(): number {
    return this.#until.size;
  }

  /** Takes note that an address was given up. */
  add(address: NodeAddress, now: UnixMs): void {
    this.#until.delete(address);
    this.#until.set(address, now + this.#config.givenUpMs as UnixMs);
    for (const [first, until] of this.#until) {
      if (until > now && this.#until.size <= this.#config.maxCandidates) return;
      this.#until.delete(first);
    }
  }

  /** Whether an address was given up less than that long ago. */
  has(address: NodeAddress, now: UnixMs): boolean {
    return (this.#until.get(address) ?? 0) > now;
  }
}

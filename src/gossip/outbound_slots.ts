/**
 * How many outbound exchanges run at a time (docs/PROTOCOL.md section 6, "Triggers"). Only those of
 * the last few seconds count towards the small bound: an honest exchange is over by then, or on a
 * slow line, and a node that stalls within all deadlines (a tarpit) holds up nobody but itself. Those
 * that take longer have a larger bound. Candidates, which anybody may have named, get half of the
 * small one.
 */
import type { NodeAddress } from "../wire/address.ts";
import type { UnixMs } from "../wire/time.ts";
import type { GossipConfig } from "./config.ts";

/** An outbound exchange. */
export interface Slot {
  /** When it was dialled. */
  readonly since: UnixMs;
  /** Whether nothing was ever completed with the address. */
  readonly candidate: boolean;
}

/** The outbound exchanges that are open. */
export class OutboundSlots {
  readonly #config: GossipConfig;
  /** In the order in which they were dialled. */
  readonly #slots = new Map<NodeAddress, Slot>();

  /** Starts with nothing open. */
  constructor(config: GossipConfig) {
    this.#config = config;
  }

  /** How many are open. */
  get size(): number {
    return this.#slots.size;
  }

  /** Whether one with this address is open. */
  has(address: NodeAddress): boolean {
    return this.#slots.has(address);
  }

  /** One was dialled. */
  add(address: NodeAddress, slot: Slot): void {
    this.#slots.set(address, slot);
  }

  /** One is gone. */
  delete(address: NodeAddress): void {
    this.#slots.delete(address);
  }

  /** From when on one more may be dialled if none ends before; `Infinity` if one has to end first. */
  freeAt(now: UnixMs, { candidate }: { readonly candidate: boolean }): number {
    const { maxOutbound, maxOutboundInAll, maxCandidateDials, slowAfterMs } = this.#config;
    if (this.#slots.size >= maxOutboundInAll) return Infinity;
    // Asked several times for each frame, mostly with next to nothing open.
    if (this.#slots.size < Math.min(maxOutbound, maxCandidateDials)) return 0;
    const young = [...this.#slots.values()].filter(({ since }) => since + slowAfterMs > now);
    const freeOf = (slots: readonly Slot[], most: number): number => {
      const first = slots[slots.length - most];
      return first === undefined ? 0 : first.since + slowAfterMs;
    };
    const shared = freeOf(young, maxOutbound);
    if (!candidate) return shared;
    return Math.max(shared, freeOf(young.filter((one) => one.candidate), maxCandidateDials));
  }
}

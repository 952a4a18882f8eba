/** Where this node is, put together from all who know something of it. */
import type { OwnView } from "../gossip/mod.ts";
import { scopeOf } from "../wire/address_rules.ts";
import type { OwnAddressView, ReachabilityView } from "./api_health.ts";
import { chooseAddresses, reachability, type Sourced } from "./choose_addresses.ts";

/** Whom it asks, anew each time. */
export interface PlacePorts {
  /** What the owner, the machine and its router say, the owner first. */
  readonly known: () => readonly Sourced[];
  /** What peers have shown. */
  readonly engine: { readonly own: OwnView };
  /** Whether a proxy stands before the node. */
  readonly proxied: boolean;
}

/** The node's own addresses. */
export class OwnPlaces {
  readonly #ports: PlacePorts;

  /** Asks nobody yet. */
  constructor(ports: PlacePorts) {
    this.#ports = ports;
  }

  /** How the node knows of each, as it is before any is chosen; what is named twice, twice. */
  sourced(): readonly Sourced[] {
    const { known, engine, proxied } = this.#ports;
    // Behind a proxy peers see where it ends, which is nobody's business to tell.
    const seen = proxied ? [] : engine.own.observed;
    return [...known(), ...seen.map((address): Sourced => ({ address, source: "observed" }))];
  }

  /** All of them, those first that are given to others. */
  all(): readonly OwnAddressView[] {
    const { reachable } = this.#ports.engine.own;
    return chooseAddresses({ known: this.sourced(), reachable });
  }

  /** Those that are given to others. */
  used(): readonly string[] {
    return this.all().filter(({ used }) => used).map(({ address }) => address);
  }

  /** Those that peers may be told in gossip: only what is known to lead nowhere is kept back. */
  announced(): readonly string[] {
    return this.all()
      .filter(({ address, source, used, reachable }) =>
        used || (reachable !== false && source !== "mapping" && scopeOf(address) !== "loopback")
      )
      .map(({ address }) => address);
  }

  /** Whether the internet reaches this node. */
  reachability(): ReachabilityView {
    return reachability(this.all(), this.#ports);
  }
}

/**
 * Which peers follow other rules than this node, by the digest in their hellos (docs/PROTOCOL.md
 * section 6). The exchange goes on; `status` tells, since it means that somebody has to update.
 */
import type { NodeAddress } from "../wire/address.ts";
import { placeOf } from "./places.ts";
import { trimOldest } from "./trim.ts";

/** Prefixes whose last digest is remembered; beyond it the one longest unheard is forgotten: a guess. */
const MAX_PEERS = 64;

/** What was seen. */
export interface RuleWatchView {
  /** Peers heard last, each prefix counted once, at most 64. */
  readonly peers: number;
  /** Of them those with other rules. */
  readonly differing: number;
}

/** Compares the peers' digests with the node's own. */
export class RuleWatch {
  readonly #own: Uint8Array;
  /** Whether a prefix's rules differ, the longest unheard first. */
  readonly #differs = new Map<string, boolean>();

  /** Starts with nobody heard. */
  constructor(own: Uint8Array) {
    this.#own = own;
  }

  /** Takes the digest of a peer's hello. */
  observe(peer: NodeAddress, digest: Uint8Array): void {
    const place = placeOf(peer);
    this.#differs.delete(place);
    this.#differs.set(place, digest.some((byte, i) => byte !== this.#own[i]));
    trimOldest(this.#differs, MAX_PEERS);
  }

  /** How many of the peers heard last differ. */
  view(): RuleWatchView {
    let differing = 0;
    for (const differs of this.#differs.values()) if (differs) differing++;
    return { peers: this.#differs.size, differing };
  }
}

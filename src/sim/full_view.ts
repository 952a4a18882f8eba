/** An address book for large networks: everybody knows everybody, as a counter instead of a table. */
import type { AddressBook, Rng } from "../gossip/mod.ts";
import type { NodeAddress } from "../wire/address.ts";
import type { UnixMs } from "../wire/time.ts";

/** Draws of somebody to dial that doesn't suit, before nobody is dialled. */
const MAX_PICK_DRAWS = 16;

/** Whose view it is. */
export interface FullViewOptions {
  /** Addresses of all nodes that can be dialled. */
  readonly all: readonly NodeAddress[];
  /** This node's place among them, if it can be dialled itself. */
  readonly index: number | undefined;
  /** Chance. */
  readonly rng: Rng;
}

/** What one node sees of everybody. What the reference figures were made with. */
export class FullView implements AddressBook {
  readonly known: number;
  readonly candidates = 0;
  readonly #all: readonly NodeAddress[];
  readonly #first: number;
  readonly #rng: Rng;

  /** The view of the node with that index. */
  constructor({ all, index, rng }: FullViewOptions) {
    this.#all = all;
    this.#first = index === undefined ? 0 : index + 1;
    this.#rng = rng;
    this.known = index === undefined ? all.length : all.length - 1;
  }

  has(): boolean {
    return true;
  }

  pick(_now: UnixMs, skip: (address: NodeAddress) => boolean): NodeAddress | undefined {
    for (let i = 0; i < MAX_PICK_DRAWS && this.known > 0; i++) {
      const picked = (this.#first + this.#rng.below(this.known)) % this.#all.length;
      const address = this.#all[picked]!;
      if (!skip(address)) return address;
    }
    return undefined;
  }

  found(): readonly [] {
    return [];
  }

  heard(): void {}
  pickCandidate(): undefined {}
  candidateAt(): undefined {}
  tell(): undefined {}
  toldAgain(): void {}
  completed(): void {}
  failed(): void {}
  failedInbound(): void {}
  turnedAway(): void {}
  pause(): void {}
  forget(): void {}
}

/**
 * What the engine asks of the addresses it knows. {@linkcode Nodes} is the real one; the simulator
 * of large networks has a smaller one, in which everybody knows everybody.
 */
import type { NodeAddress } from "../wire/address.ts";
import type { UnixMs } from "../wire/time.ts";
import type { AddressSource } from "./events.ts";

/** How an exchange failed. */
export interface Failed {
  /** When. */
  readonly now: UnixMs;
  /** Off: nobody can be reached at present, so it says nothing of this one. */
  readonly count: boolean;
}

/** How a node had no time for us. */
export interface TurnedAway extends Failed {
  /** For how long it asked to be left alone; absent when it closed the connection without a word. */
  readonly seconds?: number;
}

/** How an address was heard of. */
export interface Heard {
  /** By whom, as far as it decides how it is treated. */
  readonly source: AddressSource;
  /** The same as it is shown; the source unless given. */
  readonly way?: AddressSource;
  /** When. */
  readonly now: UnixMs;
}

/** Known nodes, with which an exchange was completed, and candidates, which were only heard of. */
export interface AddressBook {
  /** How many are known. */
  readonly known: number;
  /** How many candidates there are. */
  readonly candidates: number;
  /** Whether an address is known or a candidate. */
  has(address: NodeAddress): boolean;
  /** By which ways an address was heard of in this run, the first one first. */
  found(address: NodeAddress): readonly AddressSource[];
  /** Takes in a candidate that may be dialled; only another way if it was heard of before. */
  heard(address: NodeAddress, heard: Heard): void;
  /** Picks a known node to dial, uniformly over groups. */
  pick(now: UnixMs, skip: (address: NodeAddress) => boolean): NodeAddress | undefined;
  /** Picks a candidate to dial, the user's first, else uniformly over groups. */
  pickCandidate(now: UnixMs, skip: (address: NodeAddress) => boolean): NodeAddress | undefined;
  /** When the first candidate may be dialled, or `undefined` when there is none. */
  candidateAt(): UnixMs | undefined;
  /** Picks a known node to tell a peer of, weighted by freshness. */
  tell(peer: NodeAddress): NodeAddress | undefined;
  /** An address that was told, or was heard, was known already: it need not be told so often. */
  toldAgain(address: NodeAddress): void;
  /** An exchange that this node dialled was completed. */
  completed(address: NodeAddress, now: UnixMs): void;
  /** An exchange that this node dialled failed; see {@linkcode Failed}. */
  failed(address: NodeAddress, failed: Failed): void;
  /** An exchange failed that came from there; says nothing of a candidate's being reachable. */
  failedInbound(address: NodeAddress, failed: Failed): void;
  /** A node that was dialled had no time: it is left alone for a while, at no cost to it at first. */
  turnedAway(address: NodeAddress, turned: TurnedAway): void;
  /** An address isn't dialled before then. */
  pause(address: NodeAddress, until: UnixMs): void;
  /** An address is forgotten whatever it is: it turned out to be this node's own. */
  forget(address: NodeAddress): void;
}

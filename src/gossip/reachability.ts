/**
 * Whether connections reach this node at its own addresses (docs/PROTOCOL.md section 6, "Own
 * addresses"). Nobody is asked: every peer that this node dials takes its source host, with the port
 * of its hello, as a candidate, and dials that in its turn, where its hello says what it dialled. What
 * comes in by an address proves it; that nothing comes, though enough peers had reason to, speaks
 * against it.
 */
import { hostBytes, hostPort, type NodeAddress } from "../wire/address.ts";
import { scopeOf } from "../wire/address_rules.ts";
import type { UnixMs } from "../wire/time.ts";
import { groupOfNode } from "./places.ts";
import { trimOldest } from "./trim.ts";

/**
 * For so long a connection that came in proves an address, and so long it takes until their absence
 * counts, ms: peers dial one candidate every 30 s of up to 1,024, and this node meets some 160 an hour.
 */
export const PROOF_MS = 3_600_000;
/** Peers of so many groups must have had reason to dial before their not coming counts. */
const TOLD_GROUPS = 3;
/** Own addresses, and hosts of own ones, that are remembered. */
const MAX_PLACES = 64;

interface Told {
  readonly groups: Set<string>;
  /** When the last group was added that it took. */
  enough: UnixMs;
  last: UnixMs;
}

/** An exchange that was completed, as far as it tells about own addresses. */
export interface Met {
  /** The source address of a connection that came in, or the address that was dialled. */
  readonly remote: NodeAddress;
  /** Where the peer says to have dialled this node, or to see it. */
  readonly seenAs: NodeAddress;
  /** Now. */
  readonly now: UnixMs;
}

/** What came in, and who was told. */
export class Reachability {
  /** When somebody last came in, by own address. */
  readonly #came = new Map<NodeAddress, UnixMs>();
  /** Peers that had reason to dial, by the host at which they saw this node. */
  readonly #told = new Map<string, Told>();

  /** A peer dialled this node at an address that is its own. */
  came({ remote, seenAs, now }: Met): void {
    if (!proves(remote, seenAs)) return;
    this.#came.delete(seenAs);
    this.#came.set(seenAs, now);
    trimOldest(this.#came, MAX_PLACES);
  }

  /** A dialled peer saw this node somewhere, and knows the port to dial there. */
  told({ remote, seenAs, now }: Met): void {
    if (scopeOf(remote) !== "global" || scopeOf(seenAs) !== "global") return;
    const { host } = hostPort(seenAs);
    const told = this.#told.get(host) ?? { groups: new Set(), enough: now, last: now };
    this.#told.delete(host);
    this.#told.set(host, told);
    // Peers that fell silent in between dial nobody: it begins anew.
    if (now - told.last > PROOF_MS) told.groups.clear();
    told.last = now;
    if (told.groups.size < TOLD_GROUPS) {
      told.groups.add(groupOfNode(remote));
      told.enough = now;
    }
    trimOldest(this.#told, MAX_PLACES);
  }

  /** Forgets all: after sleep the machine may be elsewhere. */
  clear(): void {
    this.#came.clear();
    this.#told.clear();
  }

  /**
   * Whether peers reach this node at an address from the range in which it lies: true where one did
   * within the hour, false where peers of three groups had reason to for an hour and none did, null
   * where neither is known.
   */
  of(address: NodeAddress, now: UnixMs): boolean | null {
    const came = this.#came.get(address);
    if (came !== undefined && now - came <= PROOF_MS) return true;
    const told = this.#told.get(hostPort(address).host);
    if (told === undefined || told.groups.size < TOLD_GROUPS) return null;
    const silent = now - Math.max(told.enough, came ?? 0) > PROOF_MS;
    return silent && now - told.last <= PROOF_MS ? false : null;
  }
}

/**
 * Whether a connection from there can have come in by that address as anybody's in its range would. Of
 * an onion only its own proxy is seen. Whoever shares the address, this node itself among them, proves
 * nothing: that is a router sending its own network back.
 */
function proves(remote: NodeAddress, seenAs: NodeAddress): boolean {
  const length = hostBytes(seenAs).length;
  if (length > 16) return true;
  return scopeOf(remote) === scopeOf(seenAs) && hostBytes(remote).length === length &&
    (hostPort(remote).host !== hostPort(seenAs).host || scopeOf(remote) === "loopback");
}

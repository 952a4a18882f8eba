/**
 * Who may connect (docs/PROTOCOL.md section 6, "Defence of a node"): decided at `accepted`, before
 * a byte is read or any cryptography done. What is refused here costs nobody freshness.
 */
import type { NodeAddress } from "../wire/address.ts";
import type { UnixMs } from "../wire/time.ts";
import type { GossipConfig } from "./config.ts";
import type { SessionId } from "./events.ts";
import { connectionPrefixOf, groupOfNode } from "./places.ts";
import { TokenBucket } from "./token_bucket.ts";

interface Open {
  readonly prefix: string;
  readonly group: string;
  /** Told to close, but not gone yet. */
  leaving: boolean;
}

/** What is to be done with a new connection; `evict` is another one to be cut off for it. */
export type Admission =
  | { readonly kind: "refuse" }
  | { readonly kind: "take"; readonly evict: SessionId | undefined };

/** Counts inbound connections. */
export class InboundLimits {
  readonly #config: GossipConfig;
  /** Oldest first. */
  readonly #open = new Map<SessionId, Open>();
  /** Longest unseen first. */
  readonly #buckets = new Map<string, TokenBucket>();

  /** Starts with nothing open. */
  constructor(config: GossipConfig) {
    this.#config = config;
  }

  /** How many are open, those on their way out included. */
  get size(): number {
    return this.#open.size;
  }

  /** Prefixes whose connections are being counted. */
  get buckets(): number {
    return this.#buckets.size;
  }

  /** Judges a new connection and, if it is taken, counts it until {@linkcode closed}. */
  accept(session: SessionId, { remote, now }: {
    readonly remote: NodeAddress;
    readonly now: UnixMs;
  }): Admission {
    const { maxInbound, maxInboundPerPrefix, maxInboundPerGroup } = this.#config;
    const prefix = connectionPrefixOf(remote);
    const group = groupOfNode(remote);
    if (!this.#takeToken(prefix, now)) return { kind: "refuse" };
    const open = [...this.#open.values()];
    if (
      open.filter((other) => other.prefix === prefix).length >= maxInboundPerPrefix ||
      open.filter((other) => other.group === group).length >= maxInboundPerGroup ||
      // Those that were told to leave and don't must not let the number grow.
      open.length >= 2 * maxInbound
    ) return { kind: "refuse" };
    const staying = open.filter(({ leaving }) => !leaving).length;
    const evict = staying >= maxInbound ? this.#oldestOfLargestGroup() : undefined;
    // Cut off at once, so its place is free: not `leaving`, or a burst would find all places taken.
    if (evict !== undefined) this.closed(evict);
    this.#open.set(session, { prefix, group, leaving: false });
    return { kind: "take", evict };
  }

  /** A connection was told to close. */
  leaving(session: SessionId): void {
    const open = this.#open.get(session);
    if (open !== undefined) open.leaving = true;
  }

  /** A connection is gone. */
  closed(session: SessionId): void {
    this.#open.delete(session);
  }

  #takeToken(prefix: string, now: UnixMs): boolean {
    const { inboundPerSecond, maxBuckets } = this.#config;
    const rule = { burst: inboundPerSecond, perHour: 3_600 * inboundPerSecond };
    const bucket = this.#buckets.get(prefix) ?? new TokenBucket(rule, now);
    const taken = bucket.take(1, now);
    this.#buckets.delete(prefix);
    this.#buckets.set(prefix, bucket);
    for (const [unseen, other] of this.#buckets) {
      // A full one says nothing.
      if (!other.full(now) && this.#buckets.size <= maxBuckets) break;
      this.#buckets.delete(unseen);
    }
    return taken;
  }

  #oldestOfLargestGroup(): SessionId | undefined {
    const groups = new Map<string, SessionId[]>();
    for (const [session, { group, leaving }] of this.#open) {
      if (leaving) continue;
      const members = groups.get(group);
      if (members === undefined) groups.set(group, [session]);
      else members.push(session);
    }
    let largest: readonly SessionId[] = [];
    for (const members of groups.values()) if (members.length > largest.length) largest = members;
    return largest[0];
  }
}

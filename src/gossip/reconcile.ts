/**
 * Reconciliation on the connection of a completed exchange (docs/PROTOCOL.md section 8): whether this
 * node begins one or serves one, and what is told of it when it is over.
 */
import type { UnixMs, UnixSeconds } from "../wire/time.ts";
import type { SessionId } from "./events.ts";
import type { ExchangePorts } from "./exchange_ports.ts";
import { groupOfNode } from "./places.ts";
import { SyncInitiator } from "./reconcile_initiator.ts";
import { SyncContext, type SyncSource } from "./reconcile_ports.ts";
import { SyncResponder } from "./reconcile_responder.ts";
import { type SyncPeer, SyncSession } from "./reconcile_session.ts";
import { SyncTrigger } from "./reconcile_trigger.ts";

/** One that is served. */
interface Served {
  readonly session: SessionId;
  readonly place: string;
  readonly group: string;
}

/** All reconciliations of a node. */
export class Reconciliation {
  /** When ours begin. */
  readonly trigger: SyncTrigger;
  readonly #ports: ExchangePorts;
  readonly #source: SyncSource;
  readonly #wall: () => UnixSeconds;
  /** Those that are served, oldest first; not those that were told to end. */
  readonly #serving = new Set<Served>();
  #againAt: UnixMs | undefined;

  /** Starts with none. */
  constructor(ports: ExchangePorts, { source, wall }: {
    /** What this node can reconcile. */
    readonly source: SyncSource;
    /** Seconds since 1970, as the caller's clock says. */
    readonly wall: () => UnixSeconds;
  }) {
    this.#ports = ports;
    this.#source = source;
    this.#wall = wall;
    this.trigger = new SyncTrigger(ports.config.reconcile);
  }

  /** How many are served to others. */
  get served(): number {
    return this.#serving.size;
  }

  /** When to start an exchange so that another can be begun; the caller's question takes the answer away. */
  takeAgainAt(): UnixMs | undefined {
    const at = this.#againAt;
    this.#againAt = undefined;
    return at;
  }

  /** Begins one with a peer that was dialled, if it is time to. */
  initiate(syncPeer: SyncPeer, now: UnixMs): SyncSession | undefined {
    // Whoever reconciles with us at the moment gives and takes all there is: twice were for nothing.
    for (const { place } of this.#serving) if (place === syncPeer.peer.place) return undefined;
    if (this.#ports.budgets.isSyncSpent(syncPeer.peer.link, now)) return undefined;
    const known = this.#ports.nodes.known;
    if (!this.trigger.begins(syncPeer.remote, { now, known })) return undefined;
    const context = this.#context(syncPeer);
    const side = new SyncInitiator(context, { horizon: syncPeer.horizon, now });
    return new SyncSession({ context, side, syncPeer, now }, ({ finished, received }, at) => {
      this.#againAt = this.trigger.ended({ finished, received }, at);
    });
  }

  /**
   * Serves one to a peer that came to us, if it has some of its budget left and there is room. When
   * the places are taken, the oldest of the group that has most of them ends for one of a group that
   * has fewer: two machines could otherwise hold them all.
   */
  respond(syncPeer: SyncPeer, now: UnixMs): SyncSession | undefined {
    const { peer: { session, place, link }, remote } = syncPeer;
    if (this.#ports.budgets.isSyncSpent(link, now)) return undefined;
    const group = groupOfNode(remote);
    if (!this.#makeRoom(group)) return undefined;
    const served: Served = { session, place, group };
    this.#serving.add(served);
    const context = this.#context(syncPeer);
    const side = new SyncResponder(context);
    return new SyncSession(
      { context, side, syncPeer, now },
      () => void this.#serving.delete(served),
    );
  }

  #makeRoom(group: string): boolean {
    const { emit, config: { reconcile: { maxServed } } } = this.#ports;
    if (this.served < maxServed) return true;
    const groups = new Map<string, Served[]>();
    for (const one of this.#serving) {
      groups.set(one.group, [...(groups.get(one.group) ?? []), one]);
    }
    let largest: readonly Served[] = [];
    for (const some of groups.values()) if (some.length > largest.length) largest = some;
    const [oldest] = largest;
    const ours = (groups.get(group)?.length ?? 0) + 1;
    if (oldest === undefined || largest.length <= ours) return false;
    this.#serving.delete(oldest);
    // Its time is up, as it is after two minutes: it gets a bye, and what arrived counts.
    const timer = { kind: "exchange-deadline", session: oldest.session } as const;
    emit({ kind: "set-timer", timer, afterMs: 0 });
    return true;
  }

  #context({ peer }: SyncPeer): SyncContext {
    return new SyncContext({
      ports: this.#ports,
      peer,
      source: this.#source,
      wall: this.#wall,
    });
  }
}

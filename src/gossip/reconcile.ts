/**
 * Reconciliation on the connection of a completed exchange (docs/PROTOCOL.md section 8): whether this
 * node begins one or serves one, and what is told of it when it is over.
 */
import type { UnixMs, UnixSeconds } from "../wire/time.ts";
import type { ExchangePorts } from "./exchange_ports.ts";
import { SyncInitiator } from "./reconcile_initiator.ts";
import { SyncContext, type SyncSource } from "./reconcile_ports.ts";
import { SyncResponder } from "./reconcile_responder.ts";
import { type SyncPeer, SyncSession } from "./reconcile_session.ts";
import { SyncTrigger } from "./reconcile_trigger.ts";

/** All reconciliations of a node. */
export class Reconciliation {
  /** When ours begin. */
  readonly trigger: SyncTrigger;
  readonly #ports: ExchangePorts;
  readonly #source: SyncSource;
  readonly #wall: () => UnixSeconds;
  /** Places of those that are served, one entry each. */
  readonly #serving: string[] = [];
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
    return this.#serving.length;
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
    if (this.#serving.includes(syncPeer.peer.place)) return undefined;
    const known = this.#ports.nodes.known;
    if (!this.trigger.begins(syncPeer.remote, { now, known })) return undefined;
    const context = this.#context(syncPeer);
    const side = new SyncInitiator(context, { horizon: syncPeer.horizon, now });
    return new SyncSession({ context, side, syncPeer, now }, ({ finished, received }, at) => {
      this.#againAt = this.trigger.ended({ finished, received }, at);
    });
  }

  /** Serves one to a peer that came to us, if there aren't too many. */
  respond(syncPeer: SyncPeer, now: UnixMs): SyncSession | undefined {
    if (this.served >= this.#ports.config.reconcile.maxServed) return undefined;
    const { place } = syncPeer.peer;
    this.#serving.push(place);
    const context = this.#context(syncPeer);
    const side = new SyncResponder(context);
    return new SyncSession({ context, side, syncPeer, now }, () => {
      this.#serving.splice(this.#serving.indexOf(place), 1);
    });
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

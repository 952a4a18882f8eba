/**
 * Keeps a mapping of the node's port at the router (docs/PROTOCOL.md section 10): asks, renews, asks
 * again where the machine has come to another network, and takes it back at the end. Every mapping
 * has a lease, so that one that nobody took back ends by itself.
 */
import { addressOf } from "../wire/address.ts";
import { scopeOf } from "../wire/address_rules.ts";
import type { PortRequest } from "../wire/announcement.ts";
import type { Public } from "../wire/privacy.ts";
import type { InterfaceAddress } from "./broadcast.ts";
import {
  type Granted,
  type MappingPort,
  type MappingProtocol,
  type Router,
  RouterError,
} from "./mapping_port.ts";
import type { Time } from "./time.ts";

/** Seconds for which a mapping is asked; renewed after half of what is granted. */
export const LEASE_SECONDS = 3_600;

/** Leases that a router may grant, in seconds; what it says beyond is taken for the nearer of them. */
export const MIN_LEASE_SECONDS = 2;

/** Milliseconds between two looks at the machine's networks. */
export const LOOK_MS = 15_000;

/** Milliseconds until routers are asked again that granted nothing. */
export const RETRY_MS = 600_000;

/** Networks on which routers are looked for, and routers asked on each (guesses). */
export const MAX_ASKED = 4;

/** Routers remembered to have mapped nothing: as many as are asked in all. */
const MAX_TRIED = MAX_ASKED * MAX_ASKED;

/** Milliseconds that are waited for at a stop, for each of what is under way and taking back. */
const STOP_MS = 4_000;

/** A mapping that a router granted. */
export interface Mapping {
  /** How it was asked. */
  readonly by: MappingProtocol;
  /** The router's address on the own network. */
  readonly router: string;
  /** The address that the router says it has outside; whether others see the same is theirs to say. */
  readonly external: string | undefined;
}

/** What the mapping needs. */
export interface MappingOptions {
  /** Finds routers. */
  readonly port: MappingPort;
  /** What is asked for. */
  readonly request: Public<PortRequest>;
  /** Clock and alarms. */
  readonly time: Time;
  /** Seconds asked for; `LEASE_SECONDS` unless told otherwise. */
  readonly leaseSeconds?: number;
  /** Called when a mapping is there, has changed or is lost; must not throw. */
  readonly onChange: (mapping: Mapping | undefined) => void;
}

/** A router that was asked and mapped nothing. */
export interface Tried {
  /** How it was asked. */
  readonly by: MappingProtocol;
  /** Its address on the own network. */
  readonly router: string;
  /** Whether it answered: NAT-PMP is tried at addresses where no router need be. */
  readonly answered: boolean;
  /** What went wrong. */
  readonly why: string;
}

/** How the search for routers stands. */
export interface Search {
  /** Private networks that this machine is on, as they were at the last look. */
  readonly networks: number;
  /** Whether the last search has ended. */
  readonly searched: boolean;
  /** Who refused in the last search, or in the last renewal. */
  readonly tried: readonly Tried[];
}

/** A running mapping. */
export interface MappingService {
  /** How the search for routers stands. */
  search(): Search;
  /** The mapping that holds at present. */
  current(): Mapping | undefined;
  /** Takes the mapping back; done when nothing more is sent. */
  stop(): Promise<void>;
}

/** Starts asking. */
export function startMapping(options: MappingOptions): MappingService {
  const keeper = new MappingKeeper(options);
  const { time, leaseSeconds = LEASE_SECONDS } = options;
  const pauseMs = Math.min(LOOK_MS, leaseSeconds * 1_000 / 4);
  let working: Promise<void> = Promise.resolve();
  let stopped = false;
  let cancel = (): void => {};
  const look = (): void => {
    working = keeper.look().then(() => {
      if (!stopped) cancel = time.after(pauseMs, look);
    });
  };
  look();
  return {
    current: () => keeper.mapping,
    search: () => keeper.search,
    stop: async () => {
      stopped = true;
      cancel();
      keeper.stop();
      // A router that lets one wait may grant something later yet: that ends with its lease.
      await within(working, time);
      await keeper.giveBack();
    },
  };
}

interface Held {
  readonly router: Router;
  readonly network: string;
  readonly mapping: Mapping;
  readonly renewAt: number;
  readonly endsAt: number;
}

class MappingKeeper {
  readonly #options: MappingOptions;
  #held: Held | undefined;
  #asked = "";
  #askAgainAt = -Infinity;
  #stopped = false;
  #search: Search = { networks: 0, searched: false, tried: [] };

  constructor(options: MappingOptions) {
    this.#options = options;
  }

  get mapping(): Mapping | undefined {
    return this.#held?.mapping;
  }

  get search(): Search {
    return this.#search;
  }

  stop(): void {
    this.#stopped = true;
  }

  async look(): Promise<void> {
    const now = this.#options.time.now();
    const networks = this.#options.port.networks().filter(isPrivate).slice(0, MAX_ASKED);
    this.#search = { ...this.#search, networks: networks.length };
    const held = this.#held;
    if (held !== undefined) {
      if (!networks.some((one) => keyOf(one) === held.network)) this.#hold(undefined);
      else if (now < held.renewAt) return;
      else return await this.#renew(held);
    }
    const all = networks.map(keyOf).join(" ");
    if (all === this.#asked && now < this.#askAgainAt) return;
    this.#asked = all;
    this.#askAgainAt = now + RETRY_MS;
    this.#search = { networks: networks.length, searched: false, tried: [] };
    for (const network of networks) {
      if (this.#held === undefined && !this.#stopped) await this.#ask(network);
    }
    this.#search = { ...this.#search, searched: true };
  }

  async giveBack(): Promise<void> {
    const held = this.#held;
    if (held === undefined) return;
    this.#held = undefined;
    const given = held.router.unmap(this.#options.request).catch(() => {});
    await within(given, this.#options.time);
  }

  async #ask(network: InterfaceAddress): Promise<void> {
    const routers = await this.#options.port.find(network);
    for (const router of routers.slice(0, MAX_ASKED)) {
      if (this.#stopped) return;
      const granted = await this.#map(router);
      if (granted !== undefined) return this.#take(router, { granted, network: keyOf(network) });
    }
  }

  async #renew(held: Held): Promise<void> {
    const granted = await this.#map(held.router);
    if (granted !== undefined) this.#take(held.router, { granted, network: held.network });
    else if (this.#options.time.now() >= held.endsAt) {
      this.#askAgainAt = -Infinity;
      this.#hold(undefined);
    }
  }

  async #map(router: Router): Promise<Granted | undefined> {
    const { request, leaseSeconds = LEASE_SECONDS } = this.#options;
    try {
      return await router.map(request, leaseSeconds);
    } catch (error) {
      // Not a router, or one that doesn't want to: the usual case.
      this.#failed(router, error);
      return undefined;
    }
  }

  #failed({ by, host }: Router, error: unknown): void {
    const why = error instanceof Error ? error.message : "unknown error";
    const one = { by, router: host, answered: error instanceof RouterError, why };
    this.#search = { ...this.#search, tried: [...this.#search.tried, one].slice(-MAX_TRIED) };
  }

  #take(
    router: Router,
    { granted, network }: { readonly granted: Granted; readonly network: string },
  ): void {
    const { time, leaseSeconds = LEASE_SECONDS } = this.#options;
    const lease = Math.max(MIN_LEASE_SECONDS, Math.min(leaseSeconds, granted.leaseSeconds));
    const now = time.now();
    const mapping = { by: router.by, router: router.host, external: granted.external };
    const renewAt = now + lease * 500;
    this.#hold({ router, network, mapping, renewAt, endsAt: now + lease * 1_000 });
  }

  #hold(held: Held | undefined): void {
    const before = this.#held?.mapping;
    this.#held = held;
    const same = before?.by === held?.mapping.by && before?.external === held?.mapping.external &&
      before?.router === held?.mapping.router;
    if (!same) this.#options.onChange(held?.mapping);
  }
}

async function within(work: Promise<void>, time: Time): Promise<void> {
  const late = Promise.withResolvers<void>();
  const cancel = time.after(STOP_MS, late.resolve);
  await Promise.race([work, late.promise]);
  cancel();
}

/** Where there is no private range, there is no NAT of one's own, and nobody to be asked. */
function isPrivate({ address }: InterfaceAddress): boolean {
  const own = addressOf(address, 1);
  return own !== undefined && scopeOf(own) === "private";
}

function keyOf({ address, netmask }: InterfaceAddress): string {
  return `${address}/${netmask}`;
}

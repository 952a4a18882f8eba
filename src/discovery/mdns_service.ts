/**
 * Announces this node by DNS-SD on every network that the machine is on, and looks for others there
 * (docs/PROTOCOL.md section 10). Networks are looked at every few seconds: Wi-Fi and cables come and
 * go while a node runs.
 */
import type { NodeAddress } from "../wire/address.ts";
import type { Announcement } from "../wire/announcement.ts";
import type { Public } from "../wire/privacy.ts";
import type { InterfaceAddress } from "./broadcast.ts";
import { candidatesOf } from "./mdns_candidate.ts";
import type { FoundService, MdnsLink, MdnsPort } from "./mdns_port.ts";
import type { Registry } from "./registry.ts";
import type { Time } from "./time.ts";

/** Pause between two looks at the machine's networks, in milliseconds. */
export const NETWORKS_MS = 5_000;

/** Networks served at a time (a guess: more than any home machine has). */
export const MAX_NETWORKS = 16;

/** Looks after which a network is asked who is there: 5, 15 and 45 s after it came, then... */
const ASK_AFTER: readonly number[] = [1, 3, 9];

/** ...every ten minutes: newcomers announce themselves, so asking again only makes up for losses. */
const ASK_EVERY = 120;

/** What DNS-SD needs. */
export interface MdnsServiceOptions {
  /** Speaks the protocol. */
  readonly port: MdnsPort;
  /** What is said. */
  readonly announcement: Public<Announcement>;
  /** Clock and alarms. */
  readonly time: Time;
  /** Shared with the beacons, so that the bounds hold for both together. */
  readonly registry: Registry;
  /** Called with the address of a node that is new or was started again; must not throw. */
  readonly onCandidate: (address: NodeAddress) => void;
  /** Called with the reason whenever a network can't be served; must not throw. */
  readonly onTrouble: (reason: string) => void;
}

/** What DNS-SD did since it began. */
export interface MdnsCounts {
  /** Networks served at present. */
  readonly networks: number;
  /** Packets heard from this machine, on networks served at present. */
  readonly echoed: number;
  /** The same from other machines. */
  readonly heard: number;
  /** Candidates that services yielded. */
  readonly found: number;
}

/** Running DNS-SD. */
export interface MdnsService {
  /** What it did so far. */
  counts(): MdnsCounts;
  /** Why a network isn't served, if one isn't at present. */
  trouble(): string | undefined;
  /** Says goodbye everywhere and falls silent; done when nothing more is sent or called. */
  stop(): Promise<void>;
}

/** Starts on the networks that are there, and goes on with those that come. */
export function startMdns(options: MdnsServiceOptions): MdnsService {
  const links = new Links(options);
  let cancel = (): void => {};
  let looking = Promise.resolve();
  let stopped = false;
  const look = (): void => {
    looking = looking.then(() => links.look());
    cancel = options.time.after(NETWORKS_MS, look);
  };
  look();
  return {
    counts: () => links.counts,
    trouble: () => links.trouble,
    stop: async () => {
      if (stopped) return;
      stopped = true;
      cancel();
      await looking;
      await links.stop();
    },
  };
}

interface Served {
  readonly link: MdnsLink;
  looks: number;
}

class Links {
  readonly #options: MdnsServiceOptions;
  readonly #links = new Map<string, Served>();
  #trouble: string | undefined;
  #found = 0;

  constructor(options: MdnsServiceOptions) {
    this.#options = options;
  }

  get counts(): MdnsCounts {
    const heard = [...this.#links.values()].map(({ link }) => link.heard());
    return {
      networks: heard.length,
      echoed: heard.reduce((sum, { echoed }) => sum + echoed, 0),
      heard: heard.reduce((sum, { others }) => sum + others, 0),
      found: this.#found,
    };
  }

  get trouble(): string | undefined {
    return this.#trouble;
  }

  async look(): Promise<void> {
    const networks = new Map(
      this.#options.port.networks().slice(0, MAX_NETWORKS).map((one) => [keyOf(one), one]),
    );
    for (const [key, { link }] of this.#links) {
      if (networks.has(key)) continue;
      this.#links.delete(key);
      await link.stop();
    }
    let trouble: string | undefined;
    for (const [key, network] of networks) {
      const served = this.#links.get(key);
      if (served !== undefined) tend(served);
      else trouble = await this.#open(key, network) ?? trouble;
    }
    if (trouble !== undefined && trouble !== this.#trouble) this.#options.onTrouble(trouble);
    this.#trouble = trouble;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#links.values()].map(({ link }) => link.stop()));
    this.#links.clear();
  }

  /** Answers why it couldn't. */
  async #open(key: string, network: InterfaceAddress): Promise<string | undefined> {
    const { port, announcement, registry, time, onCandidate } = this.#options;
    const onService = (service: FoundService): void => {
      const judge = { registry, network, tag: announcement.tag, now: time.now() };
      for (const address of candidatesOf(service, judge)) {
        this.#found++;
        onCandidate(address);
      }
    };
    try {
      this.#links.set(key, {
        link: await port.open(network, { announcement, onService }),
        looks: 0,
      });
      return undefined;
    } catch (error) {
      // The next look tries again: a network that has just come may not be ready.
      return error instanceof Error ? error.message : "unknown error";
    }
  }
}

function tend(served: Served): void {
  served.looks++;
  served.link.rejoin();
  if (ASK_AFTER.includes(served.looks) || served.looks % ASK_EVERY === 0) served.link.ask();
}

function keyOf({ address, netmask }: InterfaceAddress): string {
  return `${address} ${netmask}`;
}

/** BitTorrent's DHT as a running node uses it, where its owner wants that (docs/PROTOCOL.md section 10). */
import { type DhtPeer, type DhtService, realTime, startDht, systemDht } from "../discovery/mod.ts";
import { hostBytes, hostPort } from "../wire/address.ts";
import { type Scope, scopeOf } from "../wire/address_rules.ts";
import type { Labels } from "../wire/labels.ts";
import type { UnixSeconds } from "../wire/time.ts";
import type { DhtView, OwnAddressView } from "./api_health.ts";
import { DhtEntrance } from "./dht_entrance.ts";
import { ipv4Of } from "./dht_options.ts";
import type { Log } from "./log.ts";
import type { NodeOptions } from "./node_options.ts";
import type { KnownNode } from "./remember.ts";

/** What the node tells the DHT of itself, and hears. */
export interface DhtPorts {
  /** Labels of the network. */
  readonly labels: Labels;
  /** Addresses that the node listens on. */
  readonly hosts: readonly string[];
  /** The date, as the node believes. */
  readonly clock: () => UnixSeconds;
  /** Known nodes and candidates. */
  readonly peers: () => readonly Pick<KnownNode, "freshness" | "lastSeen">[];
  /** Own addresses. */
  readonly ownAddresses: () => readonly OwnAddressView[];
  /** IP addresses of a host name. */
  readonly lookUp: (host: string) => Promise<readonly string[]>;
  /** Takes candidates; must not throw. */
  readonly onCandidate: (peer: DhtPeer) => void;
  /** Takes diagnostics. */
  readonly log: Log;
}

/** The DHT as it stands. */
export interface NodeDht {
  /** What `status` says; null where it is switched off. */
  view(): DhtView | null;
  /** What the owner should know; usually empty. */
  warnings(): readonly string[];
  /** Falls silent. */
  stop(): void;
}

const OFF: DhtView = { on: false, nodes: 0, announced: null, lastLookup: null, found: 0 };

const DAY_S = 86_400;

const NOBODY =
  "No node of the DHT answers: UDP is blocked here, or --dht-bootstrap names no node of it.";

/** Starts, if the owner wants it. A socket or library that fails is a warning, not the node's end. */
export async function startNodeDht(
  options: NodeOptions["dht"],
  ports: DhtPorts,
): Promise<NodeDht> {
  if (options === undefined) return { view: () => null, warnings: () => [], stop: () => {} };
  const trouble = troubleLog(ports.log);
  let service: DhtService | undefined;
  let why = "";
  try {
    service = await start(options.bootstrap, { ...ports, trouble });
  } catch (error) {
    why = error instanceof Error ? error.message : "unknown error";
    trouble(error);
  }
  return {
    view: () => service === undefined ? OFF : { on: true, ...service.report() },
    warnings: () => {
      if (service === undefined) return [`The DHT doesn't work here: ${why}`];
      const { lastLookup, nodes } = service.report();
      return nodes === 0 && lastLookup !== null ? [NOBODY] : [];
    },
    stop: () => service?.stop(),
  };
}

async function start(
  bootstrap: readonly string[],
  ports: DhtPorts & { readonly trouble: (error: unknown) => void },
): Promise<DhtService> {
  const { labels, hosts, clock, ownAddresses, lookUp, onCandidate, trouble } = ports;
  const entrance = new DhtEntrance(bootstrap, lookUp);
  const port = await systemDht({
    hostname: ipv4Of(hosts) ?? "0.0.0.0",
    mayAsk: (address) => entrance.mayAsk(address),
    time: realTime,
    random: (length) => crypto.getRandomValues(new Uint8Array(length)),
    onTrouble: trouble,
  });
  return startDht({
    ...{ port, labels, time: realTime, clock, random: Math.random, onCandidate },
    onTrouble: trouble,
    known: () => knownLately(ports.peers(), clock()),
    reachedAt: () => reachedAt(ownAddresses(), entrance.scopes),
    isOwn: (address) => ownAddresses().some((own) => own.address === address),
    bootstrap: () => entrance.addresses(),
  });
}

/**
 * How many nodes are known that were there within a day: after weeks away all others may be gone, and
 * it takes hours until each has failed often enough.
 */
export function knownLately(
  peers: readonly Pick<KnownNode, "freshness" | "lastSeen">[],
  now: UnixSeconds,
): number {
  return peers.filter(({ freshness, lastSeen }) =>
    freshness > 0 && lastSeen !== null && lastSeen > now - DAY_S
  ).length;
}

/**
 * The port to announce: of an own IPv4 address that is given to others and not known to lead nowhere,
 * in a range that the nodes of this DHT share. They note the host from which they are asked.
 */
export function reachedAt(
  own: readonly OwnAddressView[],
  scopes: ReadonlySet<Scope>,
): number | undefined {
  const one = own.find(({ address, used, reachable }) =>
    used && reachable !== false && hostBytes(address).length === 4 && scopes.has(scopeOf(address))
  );
  return one && hostPort(one.address).port;
}

/** Failures of the library that are told in a run: hostile packets might repeat them for ever. */
const MAX_TOLD = 8;

function troubleLog(log: Log): (error: unknown) => void {
  let told = 0;
  return (error) => {
    if (++told <= MAX_TOLD) log.failed("warn", { what: "The DHT failed", error });
  };
}

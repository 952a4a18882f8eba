/** What a running node does to find others near it: beacons and DNS-SD (docs/PROTOCOL.md section 10). */
import {
  type BeaconService,
  type LanWay,
  type MdnsPort,
  type MdnsService,
  openUdpBeacon,
  realTime,
  Registry,
  startBeacons,
  startMdns,
  systemMdns,
} from "../discovery/mod.ts";
import { addressOf, type NodeAddress } from "../wire/address.ts";
import { scopeOf } from "../wire/address_rules.ts";
import { announcementOf } from "../wire/announcement.ts";
import { beaconTag, INSTANCE_BYTES } from "../wire/beacon.ts";
import type { BeaconsView, MdnsView, WayState } from "./api_diagnosis.ts";
import type { Labels } from "../wire/labels.ts";
import type { Log } from "./log.ts";

/** What is announced, how, and to whom it means something. */
export interface LanOptions {
  /** Labels of the network. */
  readonly labels: Labels;
  /** The closed network's key, if it has one. */
  readonly networkKey: Uint8Array | undefined;
  /** Addresses that the node listens on. */
  readonly hosts: readonly string[];
  /** TCP port that is announced. */
  readonly tcpPort: number;
  /** Whether to send and hear beacons. */
  readonly lan: boolean;
  /** Whether to use DNS-SD. */
  readonly mdns: boolean;
  /** Takes diagnostics. */
  readonly log: Log;
}

/** Running discovery on the local networks, or the reasons why there is none. */
export interface Lan {
  /** Whether beacons are sent and heard. */
  readonly beacons: boolean;
  /** Whether DNS-SD runs, on whatever networks there are. */
  readonly mdns: boolean;
  /** What beacons did. */
  beaconsView(): BeaconsView;
  /** What DNS-SD did. */
  mdnsView(): MdnsView;
  /** What the owner should know; usually empty. */
  warnings(): readonly string[];
  /** Says goodbye and falls silent. */
  stop(): Promise<void>;
}

const BROADCAST = "broadcast";
const MDNS = "mDNS";

interface Common {
  readonly options: LanOptions;
  readonly tag: Uint8Array;
  readonly instance: Uint8Array;
  readonly registry: Registry;
  readonly onCandidate: (address: NodeAddress, way: LanWay) => void;
  readonly failed: (what: string, error: unknown) => void;
}

/**
 * Starts announcing and listening, in each of the two ways that is wanted and works. Nothing starts
 * where nobody beyond this machine could connect.
 */
export async function startLan(
  options: LanOptions,
  onCandidate: (address: NodeAddress, way: LanWay) => void,
): Promise<Lan> {
  const { labels, networkKey, hosts, log } = options;
  const warnings: string[] = [];
  const reasons = new Map<string, string>();
  const failed = (what: string, error: unknown): void => {
    const reason = error instanceof Error ? error.message : "unknown error";
    reasons.set(what, reason);
    warnings.push(`Other nodes on this network are not found by ${what}: ${reason}`);
    log.failed("warn", {
      what: "Other nodes on this network are not found in one of the ways",
      error,
    });
  };
  const instance = crypto.getRandomValues(new Uint8Array(INSTANCE_BYTES));
  const common: Common = {
    ...{ options, instance, onCandidate, failed },
    tag: beaconTag({ labels, networkKey }),
    registry: new Registry({ self: instance }),
  };
  const here = hosts.every(isLoopback);
  const beacons = options.lan && !here ? startBroadcast(common) : undefined;
  const mdns = options.mdns && !here ? await startServiceDiscovery(common) : undefined;
  return {
    beacons: beacons !== undefined,
    mdns: mdns !== undefined,
    beaconsView: () => ({
      ...{ networks: 0, sent: 0, refused: 0, echoed: 0, heard: 0, found: 0 },
      ...beacons?.counts(),
      error: beacons?.counts().error ?? null,
      state: stateOf({ wanted: options.lan, here, running: beacons !== undefined }),
      why: reasons.get(BROADCAST) ?? null,
    }),
    mdnsView: () => ({
      ...{ networks: 0, echoed: 0, heard: 0, found: 0 },
      ...mdns?.counts(),
      state: stateOf({ wanted: options.mdns, here, running: mdns !== undefined }),
      why: reasons.get(MDNS) ?? mdns?.trouble() ?? null,
    }),
    warnings: () => [...warnings, ...mdnsWarning(mdns)],
    stop: async () => void await Promise.all([beacons?.stop(), mdns?.stop()]),
  };
}

function stateOf(
  { wanted, here, running }: {
    readonly wanted: boolean;
    readonly here: boolean;
    readonly running: boolean;
  },
): WayState {
  if (!wanted) return "off";
  return here ? "alone" : running ? "on" : "failed";
}

function startBroadcast(
  { options, tag, instance, registry, onCandidate, failed }: Common,
): BeaconService | undefined {
  try {
    return startBeacons({
      ...{ port: openUdpBeacon(), tag, tcpPort: options.tcpPort, instance, registry },
      ...{ time: realTime, random: Math.random },
      onCandidate: (address) => onCandidate(address, "beacon"),
    });
  } catch (error) {
    failed(BROADCAST, error);
    return undefined;
  }
}

async function startServiceDiscovery(
  { options, tag, instance, registry, onCandidate, failed }: Common,
): Promise<MdnsService | undefined> {
  const { hosts, tcpPort, log } = options;
  try {
    return startMdns({
      port: boundTo(hosts, await systemMdns()),
      announcement: announcementOf({ tcpPort, instance, tag }),
      ...{ time: realTime, registry },
      onCandidate: (address) => onCandidate(address, "mdns"),
      onTrouble: (reason) => {
        log.warn("mDNS doesn't work on every network here");
        log.debug("Trouble with mDNS", { reason });
      },
    });
  } catch (error) {
    failed(MDNS, error);
    return undefined;
  }
}

/** A node bound to some addresses only isn't announced on other networks, where it can't be reached. */
function boundTo(hosts: readonly string[], port: MdnsPort): MdnsPort {
  const every = hosts.some((host) => host === "::" || host === "0.0.0.0");
  return {
    networks: () => port.networks().filter(({ address }) => every || hosts.includes(address)),
    open: (network, options) => port.open(network, options),
  };
}

function mdnsWarning(mdns: MdnsService | undefined): readonly string[] {
  const trouble = mdns?.trouble();
  return trouble === undefined ? [] : [`mDNS doesn't work on every network here: ${trouble}`];
}

function isLoopback(host: string): boolean {
  const address = addressOf(host, 1);
  return address !== undefined && scopeOf(address) === "loopback";
}

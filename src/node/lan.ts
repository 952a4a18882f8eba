/** The LAN beacons of a running node (docs/PROTOCOL.md section 10). */
import { type BeaconService, openUdpBeacon, realTime, startBeacons } from "../discovery/mod.ts";
import { addressOf, type NodeAddress } from "../wire/address.ts";
import { scopeOf } from "../wire/address_rules.ts";
import { beaconTag, INSTANCE_BYTES } from "../wire/beacon.ts";
import type { Labels } from "../wire/labels.ts";
import type { Log } from "./log.ts";

/** What the beacons announce, and to whom they mean something. */
export interface LanOptions {
  /** Labels of the network. */
  readonly labels: Labels;
  /** The closed network's key, if it has one. */
  readonly networkKey: Uint8Array | undefined;
  /** Addresses that the node listens on. */
  readonly hosts: readonly string[];
  /** TCP port that is announced. */
  readonly tcpPort: number;
  /** Takes diagnostics. */
  readonly log: Log;
}

/** Running discovery on the LAN, or the reason why there is none. */
export interface Lan {
  /** What the owner should know; usually empty. */
  warnings(): readonly string[];
  /** Falls silent. */
  stop(): Promise<void>;
}

/** Starts announcing and listening; `undefined` when nobody beyond this machine could connect. */
export function startLan(
  { labels, networkKey, hosts, tcpPort, log }: LanOptions,
  onCandidate: (address: NodeAddress) => void,
): Lan | undefined {
  if (hosts.every(isLoopback)) return undefined;
  let service: BeaconService;
  try {
    service = startBeacons({
      port: openUdpBeacon(),
      tag: beaconTag({ labels, networkKey }),
      tcpPort,
      instance: crypto.getRandomValues(new Uint8Array(INSTANCE_BYTES)),
      time: realTime,
      random: Math.random,
      onCandidate,
    });
  } catch (error) {
    const warning = "Other nodes on this network are not found by themselves: " +
      (error instanceof Error ? error.message : "unknown error");
    log.warn(warning);
    return { warnings: () => [warning], stop: () => Promise.resolve() };
  }
  return { warnings: () => [], stop: () => service.stop() };
}

function isLoopback(host: string): boolean {
  const address = addressOf(host, 1);
  return address !== undefined && scopeOf(address) === "loopback";
}

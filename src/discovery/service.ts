/**
 * Announces this node on the LAN and listens for others (docs/PROTOCOL.md section 10). Nothing heard
 * is ever answered: an answer could be aimed at a third machine by a forged source address.
 */
import { addressOf, type NodeAddress } from "../wire/address.ts";
import { mayDial } from "../wire/address_rules.ts";
import { decodeBeacon, encodeBeacon } from "../wire/beacon.ts";
import type { BeaconPort, Datagram } from "./beacon_port.ts";
import { BEACON_INTERVAL_MS, isNews, type Registry } from "./registry.ts";
import type { Time } from "./time.ts";

/** Pauses before the first beacons, in milliseconds: one may get lost, three hardly. */
const QUICK_PAUSES_MS = [0, 1_000, 2_000];

/** Part of the interval by which a beacon comes earlier or later, so that nodes don't fall in step. */
const JITTER = 1 / 6;

/** What the beacons need. */
export interface BeaconServiceOptions {
  /** Closed when the service stops. */
  readonly port: BeaconPort;
  /** From `beaconTag`: which network this is. */
  readonly tag: Uint8Array;
  /** TCP port on which this node accepts connections. */
  readonly tcpPort: number;
  /** 8 random bytes, new at each start. */
  readonly instance: Uint8Array;
  /** What was heard of lately, of the same `instance`; shared with whatever else listens. */
  readonly registry: Registry;
  /** Clock and alarms. */
  readonly time: Time;
  /** A number from 0 up to but not 1; need not be unpredictable. */
  readonly random: () => number;
  /** Called with the address of a node that is new or was started again; must not throw. */
  readonly onCandidate: (address: NodeAddress) => void;
}

/** Running beacons. */
export interface BeaconService {
  /** Falls silent and releases port and timer; done when nothing more is called. */
  stop(): Promise<void>;
}

/**
 * Starts announcing and listening: three quick beacons, then one every 30 s, give or take 5.
 * Throws a `RangeError` for a port or instance that no beacon has.
 */
export function startBeacons(options: BeaconServiceOptions): BeaconService {
  const { port, tcpPort, instance, tag, time, random } = options;
  const beacon = encodeBeacon({ port: tcpPort, instance }, tag);
  const quick = [...QUICK_PAUSES_MS];
  let sending: Promise<void> = Promise.resolve();
  let cancel: () => void;
  const schedule = (): void => {
    const pauseMs = quick.shift() ?? BEACON_INTERVAL_MS * (1 + JITTER * (2 * random() - 1));
    cancel = time.after(pauseMs, () => {
      sending = sending.then(() => port.send(beacon));
      schedule();
    });
  };
  schedule();
  const listening = listen(options);
  return {
    stop: async () => {
      cancel();
      port.close();
      await Promise.all([sending, listening]);
    },
  };
}

async function listen(options: BeaconServiceOptions): Promise<void> {
  const { port, registry, time, onCandidate } = options;
  for (;;) {
    const datagram = await port.receive();
    if (datagram === undefined) return;
    const address = candidate({ registry, datagram, tag: options.tag, now: time.now() });
    if (address !== undefined) onCandidate(address);
  }
}

/** The address that a datagram yields, if it is the beacon of a node not yet known. */
function candidate(
  { registry, datagram, tag, now }: {
    readonly registry: Registry;
    readonly datagram: Datagram;
    readonly tag: Uint8Array;
    readonly now: number;
  },
): NodeAddress | undefined {
  const beacon = decodeBeacon(datagram.bytes, tag);
  const address = beacon && addressOf(datagram.host, beacon.port);
  // The source is the machine itself, as far as UDP can tell; ports below 1024 are refused all the same.
  if (!beacon || !address || !mayDial({ address, heardFrom: address })) return undefined;
  const verdict = registry.see({ host: datagram.host, beacon }, now);
  return isNews(verdict) ? address : undefined;
}

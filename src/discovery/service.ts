/**
 * Announces this node on the LAN and listens for others (docs/PROTOCOL.md section 10). Nothing heard
 * is ever answered: an answer could be aimed at a third machine by a forged source address.
 */
import { addressOf, type NodeAddress } from "../wire/address.ts";
import { mayDial } from "../wire/address_rules.ts";
import { decodeBeacon, encodeBeacon } from "../wire/beacon.ts";
import type { BeaconPort, Datagram } from "./beacon_port.ts";
import { BEACON_INTERVAL_MS, isNews, type Registry, type SightingVerdict } from "./registry.ts";
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

/** What beacons did since they began. */
export interface BeaconCounts {
  /** Networks to which the last one was to go. */
  readonly networks: number;
  /** Datagrams that left. */
  readonly sent: number;
  /** Those that the system refused to send. */
  readonly refused: number;
  /** What it said to the last one, unless that one left. */
  readonly error: string | undefined;
  /** Own ones that came back. */
  readonly echoed: number;
  /** Others' of this network. */
  readonly heard: number;
  /** Candidates that they yielded. */
  readonly found: number;
}

/** Running beacons. */
export interface BeaconService {
  /** What they did so far. */
  counts(): BeaconCounts;
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
  const counts = { networks: 0, sent: 0, refused: 0, echoed: 0, heard: 0, found: 0 };
  let error: string | undefined;
  const send = async (): Promise<void> => {
    const said = await port.send(beacon);
    counts.networks = said.networks;
    counts.sent += said.sent;
    counts.refused += said.networks - said.sent;
    error = said.error;
  };
  const schedule = (): void => {
    const pauseMs = quick.shift() ?? BEACON_INTERVAL_MS * (1 + JITTER * (2 * random() - 1));
    cancel = time.after(pauseMs, () => {
      sending = sending.then(send);
      schedule();
    });
  };
  schedule();
  const listening = listen(options, counts);
  return {
    counts: () => ({ ...counts, error }),
    stop: async () => {
      cancel();
      port.close();
      await Promise.all([sending, listening]);
    },
  };
}

type Heard = { -readonly [K in "echoed" | "heard" | "found"]: BeaconCounts[K] };

async function listen(options: BeaconServiceOptions, counts: Heard): Promise<void> {
  const { port, registry, time, onCandidate } = options;
  for (;;) {
    const datagram = await port.receive();
    if (datagram === undefined) return;
    const sighted = candidate({ registry, datagram, tag: options.tag, now: time.now() });
    if (sighted === undefined) continue;
    if (sighted.verdict === "self") counts.echoed++;
    else counts.heard++;
    if (!isNews(sighted.verdict)) continue;
    counts.found++;
    onCandidate(sighted.address);
  }
}

/** The address that a datagram names, if it is a beacon of this network, and what to make of it. */
function candidate(
  { registry, datagram, tag, now }: {
    readonly registry: Registry;
    readonly datagram: Datagram;
    readonly tag: Uint8Array;
    readonly now: number;
  },
): { readonly address: NodeAddress; readonly verdict: SightingVerdict } | undefined {
  const beacon = decodeBeacon(datagram.bytes, tag);
  const address = beacon && addressOf(datagram.host, beacon.port);
  // The source is the machine itself, as far as UDP can tell; ports below 1024 are refused all the same.
  if (!beacon || !address || !mayDial({ address, heardFrom: address })) return undefined;
  return { address, verdict: registry.see({ host: datagram.host, beacon }, now) };
}

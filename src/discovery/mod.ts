/**
 * How nodes find each other without anybody's help (docs/PROTOCOL.md section 10).
 *
 * ```
 *  timer ─► service ─► beacon_port.send ─► every network that this machine is on
 *
 *  datagram ─► beacon_port.receive ─► wire/beacon: ours? ─► registry: new? ─► onCandidate(address)
 * ```
 *
 * The service knows no sockets (`beacon_udp.ts` does, `beacon_memory.ts` does without), the registry
 * neither sockets nor time. What comes out is a candidate: an address that somebody claimed, which
 * counts for nothing before an exchange with it was completed.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { beaconTag } from "../wire/beacon.ts";
 * import { labelsOf, MAIN_NETWORK } from "../wire/labels.ts";
 * import { MemoryLan, realTime, startBeacons } from "./mod.ts";
 *
 * const lan = new MemoryLan();
 * const tag = beaconTag({ labels: labelsOf(MAIN_NETWORK), networkKey: undefined });
 * const start = (host: string, onCandidate: (address: string) => void) =>
 *   startBeacons({
 *     port: lan.join(host),
 *     tag,
 *     tcpPort: 14677,
 *     instance: crypto.getRandomValues(new Uint8Array(8)),
 *     time: realTime,
 *     random: Math.random,
 *     onCandidate,
 *   });
 * const found = await new Promise<string>((resolve) => {
 *   const a = start("192.168.1.2", (address) => resolve(b.stop().then(() => a.stop()).then(() => address)));
 *   const b = start("192.168.1.3", () => {});
 * });
 * assert.equal(found, "192.168.1.3:14677");
 * ```
 */
export { MemoryLan } from "./beacon_memory.ts";
export type { BeaconPort, Datagram } from "./beacon_port.ts";
export { openUdpBeacon } from "./beacon_udp.ts";
export { type BeaconService, type BeaconServiceOptions, startBeacons } from "./service.ts";
export { realTime, type Time } from "./time.ts";

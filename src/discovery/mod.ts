/**
 * How nodes find each other without anybody's help (docs/PROTOCOL.md section 10).
 *
 * ```
 *  timer ─► service ─► beacon_port.send ─► every network that this machine is on
 *
 *  datagram ─► beacon_port.receive ─► wire/beacon: ours? ─► registry: new? ─► onCandidate(address)
 *
 *  interfaces ─► mdns_service ─► mdns_bonjour ─► mdns_socket, packets pruned ─► each network
 *  packet ─► mdns_socket: from near? about us? ─► bonjour ─► mdns_candidate ─► registry ─► onCandidate
 *
 *  dht_service: few known? reachable? ─► dht_bittorrent ─► dht_socket, pruned ─► BitTorrent's DHT
 *  answer ─► dht_socket: to a question of ours? dht_packets: named by right? ─► library ─► onCandidate
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
 * import { MemoryLan, realTime, Registry, startBeacons } from "./mod.ts";
 *
 * const lan = new MemoryLan();
 * const tag = beaconTag({ labels: labelsOf(MAIN_NETWORK), networkKey: undefined });
 * const start = (host: string, onCandidate: (address: string) => void) => {
 *   const instance = crypto.getRandomValues(new Uint8Array(8));
 *   return startBeacons({
 *     ...{ port: lan.join(host), tag, tcpPort: 14677, instance },
 *     registry: new Registry({ self: instance }),
 *     time: realTime,
 *     random: Math.random,
 *     onCandidate,
 *   });
 * };
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
export type { DhtPeer, DhtPort } from "./dht_port.ts";
export {
  type DhtReport,
  type DhtService,
  type DhtServiceOptions,
  startDht,
} from "./dht_service.ts";
export { systemDht } from "./dht_system.ts";
export type { Granted, MappingPort, MappingProtocol, Router } from "./mapping_port.ts";
export {
  type Mapping,
  type MappingOptions,
  type MappingService,
  type Search,
  startMapping,
} from "./mapping_service.ts";
export { systemMapping } from "./mapping_system.ts";
export type { FoundService, MdnsLink, MdnsLinkOptions, MdnsPort } from "./mdns_port.ts";
export { type MdnsService, type MdnsServiceOptions, startMdns } from "./mdns_service.ts";
export { systemMdns } from "./mdns_system.ts";
export { type LanWay, Registry } from "./registry.ts";
export { type BeaconService, type BeaconServiceOptions, startBeacons } from "./service.ts";
export { realTime, type Time } from "./time.ts";

/**
 * What a node says of itself by DNS-SD (docs/PROTOCOL.md section 10): what its beacon says, in the
 * words of that protocol. The names are random, or every machine on the network would learn what the
 * owner called theirs.
 *
 * ```
 * INSTANCE._gossamer._tcp.local   SRV   0 0 PORT INSTANCE.local       INSTANCE: 16 hex digits
 *                                 TXT   tag=TAG                       TAG: the beacon's, 16 hex digits
 * ```
 */
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import { MAX_PORT } from "./address.ts";
import { INSTANCE_BYTES, TAG_BYTES } from "./beacon.ts";
import { asPublic, type Public } from "./privacy.ts";

/** The service of a node, to be announced on its local networks. */
export interface Announcement {
  /** Instance name: the beacon's instance, so that both are known to be of one node. */
  readonly name: string;
  /** Name of the machine for this purpose alone, ending in `.local`. */
  readonly target: string;
  /** TCP port on which the node accepts connections. */
  readonly tcpPort: number;
  /** The beacon's tag, 16 hex digits: of which network the node is, to those who know its key. */
  readonly tag: string;
}

/** What a router is asked to let through. It shows both to whoever may look at its pages. */
export interface PortRequest {
  /** TCP port, the same inside and outside. */
  readonly mappedPort: number;
  /** What the router's owner reads beside it. */
  readonly purpose: string;
}

/** Makes the request for a mapping. Throws a `RangeError` for what is no port. */
export function portRequestOf(tcpPort: number): Public<PortRequest> {
  if (tcpPort < 1 || tcpPort > MAX_PORT) throw new RangeError(`Port out of range: ${tcpPort}`);
  return asPublic({ mappedPort: tcpPort, purpose: "Gossamer" });
}

/** Makes the announcement of a node. Throws a `RangeError` for a port or lengths that no beacon has. */
export function announcementOf(
  { tcpPort, instance, tag }: {
    readonly tcpPort: number;
    readonly instance: Uint8Array;
    readonly tag: Uint8Array;
  },
): Public<Announcement> {
  if (tcpPort < 1 || tcpPort > MAX_PORT) throw new RangeError(`Port out of range: ${tcpPort}`);
  if (instance.length !== INSTANCE_BYTES || tag.length !== TAG_BYTES) {
    throw new RangeError("An announcement's tag and instance have 8 bytes each");
  }
  const name = bytesToHex(instance);
  return asPublic({ name, target: `${name}.local`, tcpPort, tag: bytesToHex(tag) });
}

/** The instance that a name stands for; `undefined` for a name that no node gives itself. */
export function instanceOf(name: string): Uint8Array | undefined {
  const right = name.length === 2 * INSTANCE_BYTES && /^[0-9a-f]+$/.test(name);
  return right ? hexToBytes(name) : undefined;
}

/** The border between when a port is mapped and how routers are asked for it. */
import type { PortRequest } from "../wire/announcement.ts";
import type { Public } from "../wire/privacy.ts";
import type { InterfaceAddress } from "./broadcast.ts";

/** How a router is asked: NAT-PMP (RFC 6886) or a UPnP internet gateway device. */
export type MappingProtocol = "nat-pmp" | "upnp";

/** A router answered, and what it said is no. */
export class RouterError extends Error {
  /** See `Error`. */
  override readonly name = "RouterError";
}

/** What a router granted. */
export interface Granted {
  /** The IPv4 address that it says the mapping has outside; `undefined` when it doesn't say. */
  readonly external: string | undefined;
  /** Seconds after which the mapping ends by itself. */
  readonly leaseSeconds: number;
}

/** A machine on the own network that may be a router. */
export interface Router {
  /** How it is asked. */
  readonly by: MappingProtocol;
  /** Its IPv4 address. */
  readonly host: string;
  /**
   * Maps a TCP port to the same one outside, or renews that. Rejects when it refuses, doesn't
   * answer, or offers another port only (which is then given back).
   */
  map(request: Public<PortRequest>, leaseSeconds: number): Promise<Granted>;
  /** Takes the mapping back. Rejects when it refuses or doesn't answer. */
  unmap(request: Public<PortRequest>): Promise<void>;
}

/** A way to find routers. */
export interface MappingPort {
  /** The IPv4 networks that the machine is on right now. Never throws. */
  networks(): readonly InterfaceAddress[];
  /** Machines on a network that say they map ports, or may; best first. Never rejects. */
  find(network: InterfaceAddress): Promise<readonly Router[]>;
}

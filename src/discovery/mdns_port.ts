/** The border between what DNS-SD means here and the library that speaks it. */
import type { Announcement } from "../wire/announcement.ts";
import type { Public } from "../wire/privacy.ts";
import type { InterfaceAddress } from "./broadcast.ts";

/** A `_gossamer._tcp` service as somebody on the network described it; any of it may be a lie. */
export interface FoundService {
  /** Instance name. */
  readonly name: string;
  /** TCP port. */
  readonly port: number;
  /** IP address of whoever said so. */
  readonly sender: string;
  /** IP addresses that the service is said to have. */
  readonly addresses: readonly string[];
  /** The value of `tag` in its TXT record, if it has one. */
  readonly tag: string | undefined;
}

/** Packets on the port of multicast DNS that came from one network. */
export interface PacketsHeard {
  /** From this machine: own ones come back where nothing filters them, and others here may speak, too. */
  readonly echoed: number;
  /** From other machines, whatever they were about. */
  readonly others: number;
}

/** DNS-SD on one network. */
export interface MdnsLink {
  /** What was heard so far. */
  heard(): PacketsHeard;
  /** Asks once who is there; answers come as services do at any time. Never throws. */
  ask(): void;
  /** Joins the multicast group again, should a cable have come out and in meanwhile. Never throws. */
  rejoin(): void;
  /** Takes the announcement back ("goodbye") and falls silent. Never rejects. */
  stop(): Promise<void>;
}

/** What a link announces and whom it tells. */
export interface MdnsLinkOptions {
  /** The node's service. */
  readonly announcement: Public<Announcement>;
  /** Called with each service that is heard of, own ones excluded, as often as it is heard of. */
  readonly onService: (service: FoundService) => void;
}

/** A way to speak DNS-SD. */
export interface MdnsPort {
  /** The IPv4 networks that the machine is on right now. Never throws. */
  networks(): readonly InterfaceAddress[];
  /** Starts on one of them; own answers name its address only. Rejects when that can't be. */
  open(network: InterfaceAddress, options: MdnsLinkOptions): Promise<MdnsLink>;
}

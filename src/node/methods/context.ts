/** What the API's methods work with: the stores, the keys, and the running node if there is one. */
import type { PublicStore } from "../../store/mod.ts";
import type { NodeAddress } from "../../wire/address.ts";
import type { Labels } from "../../wire/labels.ts";
import type { DiagnosisView, OwnAddressView, StatusView } from "../api.ts";
import type { Clock } from "../clock.ts";
import type { KnownNode } from "../remember.ts";
import type { Injector } from "../inject.ts";
import type { Keys } from "../keys.ts";
import type { DelayedRetractions } from "../delayed_retractions.ts";
import type { OwnMessages } from "../own_messages.ts";
import type { Social } from "../social.ts";
import type { PrivateMessages } from "../private_messages.ts";
import type { WebPage } from "../web_page.ts";

/** What only a running node can tell or do. */
export interface LiveNode {
  /** The parts of `status` that the store doesn't know. */
  status(): Pick<
    StatusView,
    | "closed"
    | "proxy"
    | "port"
    | "addresses"
    | "mapping"
    | "dht"
    | "reachability"
    | "uptime"
    | "exchanges"
    | "ways"
    | "reconciliation"
    | "activity"
    | "peers"
    | "permissions"
    | "storage"
    | "warnings"
  >;
  /** The keys were opened. */
  unlocked(): void;
  /** Whether the node passes on nothing with attachments. */
  readonly textOnly: boolean;
  /** Nodes known at this moment. */
  peers(): readonly KnownNode[];
  /** Whether exchanges came in from a prefix lately. */
  cameFrom(prefix: string): boolean;
  /** The node's own addresses, those first that it gives to others. */
  ownAddresses(): readonly OwnAddressView[];
  /** Those that peers may be told. */
  announced(): readonly string[];
  /** Whether the node announces itself in the local network, by broadcast. */
  beacon(): boolean;
  /** Whether it does so by mDNS. */
  mdns(): boolean;
  /** Whether it asks the router to map its port. */
  portMapping(): boolean;
  /** Whether it takes part in BitTorrent's DHT. */
  dht(): boolean;
  /** The proxy's host and port; null without one. */
  readonly proxy: string | null;
  /** Whether there is a way to dial an address. */
  canDial(address: NodeAddress): boolean;
  /** An address as its owner knows it: by the name that it stands in for. */
  shown(address: NodeAddress): string;
  /** What only a running node can tell `doctor`. */
  diagnosis(): NonNullable<DiagnosisView["node"]>;
  /** Its web page, served or not. */
  readonly web: WebPage;
  /** Ends the node, once what is under way is answered. */
  stop(): void;
  /** Uses an address that the owner gave. */
  join(address: NodeAddress): void;
}

/** Everything that a method may touch. */
export interface OwnerContext {
  /** Labels of the network. */
  readonly labels: Labels;
  /** For what is signed. */
  readonly clock: Clock;
  /** Messages and addresses. */
  readonly store: PublicStore;
  /** The owner's keys, while unlocked. */
  readonly keys: Keys;
  /** Checks and stores what others send. */
  readonly injector: Injector;
  /** Who is verified, revoked or blocked. */
  readonly social: Social;
  /** The owner's messages that were not seen back yet. */
  readonly own: OwnMessages;
  /** The owner's private messages. */
  readonly mail: PrivateMessages;
  /** Private messages that are to be taken back. */
  readonly takeBacks: DelayedRetractions;
  /** Called after each of the owner's calls that needed the keys. */
  readonly keysUsed?: () => void;
  /** Absent when the command line works on the store itself. */
  readonly live: LiveNode | undefined;
  /** Lets other work have its turn in a long computation. */
  readonly pause: () => Promise<void>;
  /** Looks a host name up that the owner gave in a locator. */
  readonly lookUp: (host: string) => Promise<readonly string[]>;
}

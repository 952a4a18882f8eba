/** Makes the nodes of a simulated network. */
import {
  DEFAULT_CONFIG,
  Engine,
  type GossipConfig,
  type HelloFields,
  type InitialAddress,
  type KnownMessages,
  type Rng,
  seededRng,
  SyncSet,
} from "../gossip/mod.ts";
import { addressOf, hostPort, type NodeAddress } from "../wire/address.ts";
import type { MessageId } from "../wire/ids.ts";
import { type UnixMs, unixSeconds } from "../wire/time.ts";
import { FullView } from "./full_view.ts";
import type { NetworkOptions, NodeTraits } from "./network_options.ts";
import type { PostedMessages } from "./posted.ts";
import { publicAddress } from "./public_address.ts";
import type { VirtualNode } from "./virtual_node.ts";

/** Ports from which virtual nodes connect, one each: nodes that share a host must not share it. */
const FIRST_SOURCE_PORT = 40_000;
const SOURCE_PORTS = 20_000;

/** What a node says of itself in hello; nothing of it matters here. */
const HELLO: HelloFields = {
  capabilities: 0,
  extraStampBits: 0,
  time: unixSeconds(0),
  horizon: unixSeconds(0),
  digest: new Uint8Array(8),
};

/** What nodes share. */
export interface Common {
  /** How the network is to be. */
  readonly options: NetworkOptions;
  /** The network's chance. */
  readonly rng: Rng;
  /** Every message. */
  readonly posted: PostedMessages;
  /** The virtual time. */
  readonly clock: () => UnixMs;
}

/** What all nodes are made of. */
interface Plan extends Common {
  readonly addresses: readonly NodeAddress[];
  readonly traits: readonly NodeTraits[];
  /** Those that can be dialled, and where each node stands among them. */
  readonly dialable: readonly NodeAddress[];
  readonly positions: readonly (number | undefined)[];
}

/** Makes all nodes, each with an engine of its own that draws its own chance. */
export function makeNodes(common: Common): VirtualNode[] {
  const { options } = common;
  const indices = Array.from({ length: options.nodes }, (_, index) => index);
  const addresses = indices.map(options.addressOf ?? publicAddress);
  const traits = indices.map((index) => options.traits?.(index) ?? {});
  const dialable: NodeAddress[] = [];
  const positions = addresses.map((address, index) =>
    traits[index]!.dialable === false ? undefined : dialable.push(address) - 1
  );
  return indices.map((index) =>
    makeNode({ ...common, addresses, traits, dialable, positions }, index)
  );
}

function makeNode(plan: Plan, index: number): VirtualNode {
  const address = plan.addresses[index]!;
  const traits = plan.traits[index]!;
  const stored = new Map<MessageId, UnixMs>();
  const { host } = hostPort(address);
  const rng = seededRng(Math.floor(plan.rng.next() * 2 ** 32));
  const known = traits.knowsAll ? { has: () => true } : stored;
  const config = traits.config ?? plan.options.config ?? DEFAULT_CONFIG;
  const { posted: columns, clock } = plan;
  const sync = plan.options.reconcile
    ? new SyncSet({ columns, config: config.reconcile, rng, clock })
    : undefined;
  return {
    index,
    address,
    remote: addressOf(host, FIRST_SOURCE_PORT + index % SOURCE_PORTS)!,
    dialable: traits.dialable !== false,
    engine: makeEngine(plan, { index, known, stored, rng, config, sync }),
    stored,
    sync,
    links: new Map(),
    timers: new Map(),
    twist: traits.twist,
    up: false,
  };
}

function makeEngine(plan: Plan, { index, known, stored, rng, config, sync }: {
  readonly index: number;
  readonly known: KnownMessages;
  readonly stored: ReadonlyMap<MessageId, UnixMs>;
  readonly rng: Rng;
  readonly config: GossipConfig;
  readonly sync: SyncSet | undefined;
}): Engine {
  const { options } = plan;
  const address = plan.addresses[index]!;
  const traits = plan.traits[index]!;
  const reachable = traits.dialable !== false;
  return new Engine({
    config,
    rng,
    self: reachable
      ? { port: hostPort(address).port, addresses: [address] }
      : { port: 0, addresses: [] },
    known,
    messages: [],
    addresses: options.fullView ? [] : knownAtStart(plan, index),
    hello: () => HELLO,
    ...(sync && { sync: { items: () => sync.items(), holds: (id) => stored.has(id) } }),
    ...(options.fullView && {
      book: new FullView({ all: plan.dialable, index: plan.positions[index], rng }),
    }),
  });
}

function knownAtStart(
  { options, addresses, dialable }: Plan,
  index: number,
): Iterable<InitialAddress> {
  return options.addresses?.(index, addresses) ??
    dialable.filter((other) => other !== addresses[index])
      .map((address) => ({ address, freshness: 6, locator: false }));
}

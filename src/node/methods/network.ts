/** `status`, `peers`, `locator`, `join`: the node among others. */
import { StoreError } from "../../store/mod.ts";
import { addressOf, type NodeAddress } from "../../wire/address.ts";
import { formatIdentity, type IdentityKey } from "../../wire/ids.ts";
import {
  formatLocator,
  HEIR_PREFIX_BYTES,
  type LocatorAddress,
  type LocatorIdentity,
  parseLocator,
} from "../../wire/locator.ts";
import { prefixOf, scopeOf } from "../../wire/address_rules.ts";
import { toSeconds } from "../../wire/time.ts";
import type { Api, FoundWay, PeerView, StatusView } from "../api.ts";
import { clockView, clockWarning } from "../clock_words.ts";
import { horizonAt } from "../keeper.ts";
import { waysOf } from "../remember.ts";
import { NOTHING } from "../usage.ts";
import { UserError } from "../user_error.ts";
import { noWays } from "../ways_met.ts";
import type { OwnerContext } from "./context.ts";
import { addFollows } from "./people.ts";
import { findIdentity, followed } from "./resolve.ts";

/** Prefixes of peers without a known address that `peers` shows, the latest. */
const MAX_OTHERS = 64;

const NO_RECONCILIATION: StatusView["reconciliation"] = {
  completed: 0,
  cutShort: 0,
  served: 0,
  received: 0,
  delivered: 0,
};

const NO_EXCHANGES: StatusView["exchanges"] = {
  completed: 0,
  failed: 0,
  inbound: 0,
  outbound: 0,
  received: 0,
  delivered: 0,
  refused: 0,
};

/** The node's health. */
export function status(context: OwnerContext): StatusView {
  const { store, keys, live, labels, clock, injector, own } = context;
  const time = clockWarning(clock.reading());
  const warnings = [
    ...(time === undefined ? [] : [time]),
    ...(injector.diskFull
      ? ["The disk is full: new messages can't be stored. What is stored is unharmed."]
      : []),
    ...(store.damagedMessages > 0
      ? [
        `public.kv is damaged: ${store.damagedMessages} messages in it can't be read and are left ` +
        "out. Everything else is unharmed. To have them again, stop the node and move public.kv " +
        "out of the data folder: other nodes send what they still have.",
      ]
      : []),
  ];
  if (own.expired > 0) {
    warnings.push(
      `${own.expired} of your messages found nobody to take them for 30 days and were dropped: no ` +
        "node would take them any more.",
    );
  }
  const running = live?.status();
  return {
    running: live !== undefined,
    network: labels.network,
    closed: running?.closed ?? null,
    proxy: running?.proxy ?? null,
    port: running?.port ?? null,
    addresses: running?.addresses ?? [],
    mapping: running?.mapping ?? null,
    dht: running?.dht ?? null,
    web: live?.web.view() ?? null,
    reachability: running?.reachability ?? null,
    uptime: running?.uptime ?? 0,
    messages: store.index.size,
    bytes: store.index.totalBytes,
    storage: running?.storage ?? {
      used: store.diskBytes,
      cap: null,
      maxMessages: null,
      days: null,
      remembered: store.dropping.remembered.size,
      horizon: horizonAt(store, toSeconds(clock.now())),
    },
    peers: running?.peers ?? store.addresses.all().filter(({ freshness }) => freshness > 0).length,
    exchanges: running?.exchanges ?? NO_EXCHANGES,
    ways: running?.ways ?? noWays(),
    reconciliation: running?.reconciliation ?? NO_RECONCILIATION,
    clock: clockView(clock.reading()),
    activity: running?.activity ?? null,
    unlocked: keys.own().length > 0,
    pending: keys.unlocked === undefined ? null : own.pending().length,
    permissions: running?.permissions ?? null,
    warnings: [...warnings, ...(running?.warnings ?? [])],
  };
}

/** Known nodes; as stored when none runs. */
export function peers({ live, store, injector, clock }: OwnerContext): readonly PeerView[] {
  const known = live?.peers() ??
    store.addresses.all().map(({ address, freshness, lastSeen, locator }) => ({
      address,
      freshness,
      lastSeen: lastSeen ?? null,
      ways: waysOf({ locator }),
    }));
  const cameIn = (place: string): readonly FoundWay[] => live?.cameFrom(place) ? ["inbound"] : [];
  const brought = injector.usage.lastHour(clock.now());
  const places = new Set<string>(known.map(({ address }) => prefixOf(address)));
  // Who can't be dialled uses this relay too.
  const others = [...brought.keys()].filter((place) => !places.has(place)).slice(-MAX_OTHERS);
  return [
    ...known.map(({ address, freshness, lastSeen, ways }) => ({
      address: live?.shown(address) ?? address,
      freshness,
      lastSeen,
      found: ways[0] ?? null,
      ways,
      lastHour: brought.get(prefixOf(address)) ?? NOTHING,
    })),
    ...others.map((place) => ({
      address: place,
      freshness: 0,
      lastSeen: null,
      found: cameIn(place)[0] ?? null,
      ways: cameIn(place),
      lastHour: brought.get(place) ?? NOTHING,
    })),
  ];
}

/** A locator for this node, its identities or both. */
export function locator(
  { live, keys, labels }: OwnerContext,
  { identities, noIdentity, starters = [], addresses }: Api["locator"]["params"],
): Api["locator"]["result"] {
  const known = live?.ownAddresses() ?? [];
  const where = addresses.length > 0
    ? addresses.map(givenAddress)
    : known.filter(({ used }) => used)
      .map(({ address }): LocatorAddress => ({ kind: "address", address }));
  const named = noIdentity
    ? []
    : identities.length > 0
    ? identities.map(findIdentity)
    : own(keys.own());
  if (where.length === 0 && named.length === 0) {
    throw new UserError(
      "noNode",
      "There is nothing to put into a locator: no node runs here, so it has no address, and no " +
        "identity was named. Start one (gossamer node) or give --address or --identity.",
    );
  }
  const text = formatLocator({
    addresses: where,
    identities: named.map((key) => withHeir(key, keys)),
    starters: starters.map(findIdentity),
    network: labels.network,
  });
  return {
    locator: text,
    addresses: where.map((entry) =>
      entry.kind === "address" ? entry.address : `${entry.host}:${entry.port}`
    ),
    identities: named.map(formatIdentity),
    known: addresses.length > 0 ? [] : known,
  };
}

/** Of an own identity the locator names the heir too: what is told by hand, no thief of the key can change. */
function withHeir(key: IdentityKey, { unlocked }: OwnerContext["keys"]): LocatorIdentity {
  if (unlocked?.keyring.has(key) !== true) return { key };
  return { key, heirPrefix: unlocked.keyring.heir(key).slice(0, HEIR_PREFIX_BYTES) };
}

/** Enters the network through a locator's nodes and, if asked to, follows its identities. */
export async function join(
  context: OwnerContext,
  params: Api["join"]["params"],
): Promise<Api["join"]["result"]> {
  const result = parseLocator(params.locator);
  if (result.kind === "bad") throw new UserError("usage", `${result.reason}.`);
  const { addresses, network } = result.locator;
  if (network !== context.labels.network) {
    throw new UserError(
      "usage",
      `That locator is for the network ${network}, and this folder belongs to ` +
        `${context.labels.network}. Nothing was changed; try --network ${network}.`,
    );
  }
  const { starters = false } = params;
  const wanted = followed(result.locator, { identities: params.follow, starters });
  // Before anything changes: without keys nothing is done by half.
  if (wanted.length > 0) context.keys.need();
  const found = await resolveAll(context, addresses);
  checkDialled(context, found);
  for (const address of found) context.live?.join(address);
  const { live } = context;
  const shown = found.map((address) => live?.shown(address) ?? address);
  // What stands in for a name means nothing after this process.
  await keepGiven(context, found.filter((address, i) => shown[i] === address));
  if (wanted.length > 0) await addFollows(context, wanted);
  return { addresses: shown, followed: wanted.map(({ key }) => formatIdentity(key)) };
}

/** A locator that names only what this node can't reach is refused before anything changes. */
function checkDialled({ live }: OwnerContext, found: readonly NodeAddress[]): void {
  if (live === undefined || found.length === 0 || found.some(live.canDial)) return;
  throw new UserError(
    "usage",
    "That locator names onion addresses only, which need a proxy: gossamer node --proxy " +
      "socks5://127.0.0.1:9050 is for a Tor that runs here. Nothing was changed.",
  );
}

/** Writes down at once what the owner gave; a node that doesn't run yet dials it when it starts. */
async function keepGiven(
  { store, live }: OwnerContext,
  found: readonly NodeAddress[],
): Promise<void> {
  const rows = found.map((address) => {
    const old = store.addresses.get(address) ?? { freshness: 0, lastSeen: undefined };
    return { ...old, address, locator: true };
  });
  try {
    await store.addresses.put(rows);
  } catch (error) {
    if (live === undefined || !(error instanceof StoreError)) throw error;
    throw new UserError(
      "failed",
      `The node tries these addresses now, but could not write them down: ${error.message}. ` +
        "Give the locator again after the node's next start.",
    );
  }
}

/** Addresses of a locator, host names looked up. Throws only when nothing is left. */
async function resolveAll(
  context: OwnerContext,
  addresses: readonly LocatorAddress[],
): Promise<readonly NodeAddress[]> {
  const answers = await Promise.allSettled(addresses.map(async (entry) => {
    if (entry.kind === "address") return [entry.address];
    const hosts = await context.lookUp(entry.host);
    return hosts.map((host) => addressOf(host, entry.port)).filter((one) => one !== undefined);
  }));
  const found = answers.flatMap((answer) => answer.status === "fulfilled" ? answer.value : []);
  const failed = answers.find((answer) => answer.status === "rejected");
  if (found.length === 0 && failed !== undefined) throw failed.reason;
  return [...new Set(found)];
}

function givenAddress(text: string): LocatorAddress {
  const result = parseLocator(`g:?a=${encodeURIComponent(text)}`);
  const [address] = result.kind === "locator" ? result.locator.addresses : [];
  if (address === undefined) {
    throw new UserError("usage", `Not an address: ${text}. Give HOST:PORT or [IPv6]:PORT.`);
  }
  if (address.kind === "address" && scopeOf(address.address) === "link-local") {
    throw new UserError(
      "usage",
      `${text} is link-local: it means something on one cable only, and nothing in a locator.`,
    );
  }
  return address;
}

/** The identity to name when none was: the only one. Two in one locator would tie them together. */
function own(keys: readonly IdentityKey[]): readonly IdentityKey[] {
  if (keys.length > 1) {
    throw new UserError(
      "usage",
      "There are several identities here, and a locator that names two tells everyone that they " +
        "belong together. Say which with --identity, or --no-identity.",
    );
  }
  return keys;
}

/** Ends the running node. Throws a `UserError` when none runs. */
export function stop({ live }: OwnerContext): Api["stop"]["result"] {
  if (live === undefined) throw new UserError("noNode", "No node is running: gossamer node");
  live.stop();
  return {};
}

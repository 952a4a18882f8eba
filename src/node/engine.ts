/** Makes the node's engine from what is stored, with real chance. */
import {
  DEFAULT_CONFIG,
  Engine,
  type InitialMessage,
  type Load,
  LoadGauge,
  type Rng,
  type Self,
  type SyncSource,
} from "../gossip/mod.ts";
import type { MessageMeta, PublicStore } from "../store/mod.ts";
import { ruleDigest } from "../wire/rules.ts";
import type { Injector } from "./inject.ts";
import { sizeOnTheWay } from "./message_fact.ts";
import type { NodeAddress } from "../wire/address.ts";
import type { MessageId } from "../wire/ids.ts";
import { HELLO_GRAIN_S } from "../wire/limits.ts";
import { floorTo, toSeconds, type UnixMs } from "../wire/time.ts";
import { horizonAt } from "./keeper.ts";

/** What the node's engine is made of. */
export interface NodeEngineOptions {
  /** Where messages and addresses are kept. */
  readonly store: PublicStore;
  /** Whether a message is held in memory until the clock is right. */
  readonly held?: (id: MessageId) => boolean;
  /** What the node says of itself. */
  readonly self: Self;
  /** Whether an own message starts an exchange of its own at once. */
  readonly eager: boolean;
  /** Where messages wait to be stored: how loaded the node is. Not at all unless given. */
  readonly injector?: Injector;
  /** What of the store takes part in reconciliation; none unless given. */
  readonly sync?: SyncSource;
  /** Whether there is a way to dial an address; to any unless given. */
  readonly canDial?: (address: NodeAddress) => boolean;
  /** Other chance than the system's, for tests. */
  readonly rng?: Rng;
}

/** Makes the engine with the messages and addresses that are stored. */
export function makeEngine(options: NodeEngineOptions): Engine {
  const { store, held, self, eager, injector, rng, sync, canDial } = options;
  const { refinements } = DEFAULT_CONFIG;
  const digest = ruleDigest();
  const gauge = new LoadGauge();
  const load = (now: UnixMs, payer?: string): Load | undefined =>
    injector && gauge.read(injector.pressure(payer), now);
  return new Engine({
    config: { ...DEFAULT_CONFIG, refinements: { ...refinements, ride: !eager } },
    rng: rng ?? systemRng(),
    self,
    known: { has: (id) => store.has(id) || held?.(id) === true },
    messages: freshMessages(store),
    addresses: store.addresses.all(),
    ...(sync && { sync }),
    ...(canDial && { canDial }),
    busy: (payer, now) => load(now, payer)?.busySeconds ?? 0,
    hello: (now) => ({
      capabilities: 0,
      extraStampBits: load(now)?.extraStampBits ?? 0,
      time: floorTo(toSeconds(now), HELLO_GRAIN_S),
      horizon: horizonAt(store, toSeconds(now)),
      digest,
    }),
  });
}

/** Those at 0 are known to the network; only `known` is asked for them. */
function freshMessages({ index }: PublicStore): readonly InitialMessage[] {
  const fresh: MessageMeta[] = [];
  for (const meta of index.newestFirst()) if (meta.freshness > 0) fresh.push(meta);
  return fresh
    .sort((a, b) => a.storedAt - b.storedAt)
    .map(({ id, created, size, type, freshness }) => ({
      message: { id, created, size: sizeOnTheWay({ type, size }) },
      freshness,
    }));
}

/** Chance that nobody outside can foretell: it decides with whom this node speaks. */
export function systemRng(): Rng {
  const words = new Uint32Array(256);
  let used = words.length;
  const next = (): number => {
    if (used === words.length) {
      crypto.getRandomValues(words);
      used = 0;
    }
    return (words[used++] ?? 0) / 2 ** 32;
  };
  return { next, below: (n) => Math.floor(next() * n) };
}

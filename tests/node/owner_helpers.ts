/** A node's owner side without a network: memory stores, a clock by hand, keys of a temporary folder. */
import {
  createIdentity,
  createVerifier,
  encodeKeyBundle,
  KDF_FLOOR,
  Secret,
} from "../../src/keystore/mod.ts";
import { BelievedClock } from "../../src/node/believed_clock.ts";
import { Hub } from "../../src/node/hub.ts";
import { Injector } from "../../src/node/inject.ts";
import { Keys } from "../../src/node/keys.ts";
import { SILENT } from "../../src/node/log.ts";
import { makeMail } from "../../src/node/mail.ts";
import type { OwnerContext } from "../../src/node/methods/context.ts";
import { OwnMessages, type OwnRoad } from "../../src/node/own_messages.ts";
import { OwnerService } from "../../src/node/owner.ts";
import { Social } from "../../src/node/social.ts";
import { openMemoryStores } from "../../src/store/mod.ts";
import { labelsOf, MAIN_NETWORK, type NetworkName } from "../../src/wire/labels.ts";
import { type UnixMs, unixSeconds } from "../../src/wire/time.ts";
import { neitherSlowNorSecure } from "../keystore/fake_kdf.ts";

/** 2026-12-01T00:00:00Z in milliseconds. */
export const START = 1_796_083_200_000;

/** One owner. */
export interface TestOwner {
  readonly service: OwnerService;
  readonly context: OwnerContext;
  /** Sets the clock, in milliseconds after {@linkcode START}. */
  at(ms: number): void;
  /** Adds an identity and unlocks. */
  identity(name: string): Promise<string>;
  close(): Promise<void>;
}

/** Makes an owner with empty stores. */
export async function testOwner(
  network: NetworkName = MAIN_NETWORK,
  road?: OwnRoad,
): Promise<TestOwner> {
  const dir = await Deno.makeTempDir();
  const labels = labelsOf(network);
  const stores = await openMemoryStores(network);
  let now = START;
  const clock = new BelievedClock({ now: () => now as UnixMs, steady: () => 0 }, undefined);
  const hub = new Hub();
  const injector = new Injector({
    labels,
    store: stores.public,
    verify: createVerifier(),
    clock,
    hub,
    log: SILENT,
  });
  const keys = new Keys(stores.private);
  const own = new OwnMessages({ keys, store: stores.public, injector, clock, road });
  const pause = (): Promise<void> => Promise.resolve();
  const social = new Social({ labels, store: stores.public, keys, pause });
  const mail = makeMail({ labels, clock, store: stores.public, keys, own, social, pause });
  hub.add((message) => mail.mail.arrived(message));
  const context: OwnerContext = {
    ...mail,
    labels,
    clock,
    store: stores.public,
    keys,
    injector,
    own,
    social,
    live: undefined,
    pause,
    lookUp: () => Promise.resolve(["192.0.2.1"]),
  };
  const service = new OwnerService(context, hub);
  return {
    service,
    context,
    at: (ms) => now = START + ms,
    identity: async (name) => {
      using passphrase = Secret.take(new Uint8Array([1, 2, 3]));
      const { keyring } = await createIdentity({
        dir,
        labels,
        passphrase,
        name,
        now: unixSeconds(0),
        params: KDF_FLOOR,
        kdf: neitherSlowNorSecure,
      });
      const ids = await service.unlock(encodeKeyBundle(keyring));
      keyring.wipe();
      return ids.at(-1) ?? "";
    },
    close: async () => {
      keys.lock();
      await stores.close();
      await Deno.remove(dir, { recursive: true });
    },
  };
}

/** Has what an owner said become normal. */
export async function spread({ context }: TestOwner): Promise<void> {
  for (const { bytes } of context.own.pending()) await context.injector.inject(bytes);
}

/** Carries everything that one node says and stores to another, as gossip would. */
export async function carry(from: TestOwner, to: TestOwner): Promise<void> {
  await spread(from);
  for (const { id } of [...from.context.store.index.newestFirst()]) {
    const bytes = await from.context.store.getBytes(id);
    if (bytes !== undefined) await to.context.injector.inject(bytes);
  }
}

/** The texts of a thread; of what is missing in it the reason, in brackets. */
export async function threadTexts({ service }: TestOwner, id: string): Promise<string[]> {
  const thread = await service.call("thread", { id });
  return thread.map((one) => "missing" in one ? `(${one.why})` : one.text);
}

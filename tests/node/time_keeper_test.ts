/** A node whose clock is wrong: what it takes, puts aside, writes down and says. */
import assert from "node:assert/strict";
import { createVerifier } from "../../src/keystore/mod.ts";
import { BelievedClock } from "../../src/node/believed_clock.ts";
import { clockWarning, needTime } from "../../src/node/clock_words.ts";
import { HeldMessages, MAX_HELD_BYTES, MAX_HELD_CHECKS } from "../../src/node/held_messages.ts";
import { Hub } from "../../src/node/hub.ts";
import { Injector } from "../../src/node/inject.ts";
import { openLog } from "../../src/node/log_tape.ts";
import { TimeKeeper } from "../../src/node/time_keeper.ts";
import { UserError } from "../../src/node/user_error.ts";
import { openMemoryStores, type Stores } from "../../src/store/mod.ts";
import type { SessionId } from "../../src/gossip/mod.ts";
import { addressOf, type NodeAddress } from "../../src/wire/address.ts";
import { RESULT } from "../../src/wire/frame.ts";
import { labelsOf, MAIN_NETWORK } from "../../src/wire/labels.ts";
import { floorTo, toSeconds, type UnixMs } from "../../src/wire/time.ts";
import { START, testOwner } from "./owner_helpers.ts";

const HOUR_MS = 3_600_000;
const RIGHT = floorTo(toSeconds(START as UnixMs), 300);
const DAY_S = floorTo(toSeconds(START as UnixMs), 86_400);

/** Bytes of a post written at START. */
async function aPost(text: string): Promise<Uint8Array> {
  const ann = await testOwner();
  await ann.identity("ann");
  const { id } = await ann.service.call("post", { text, attachments: [] });
  const bytes = ann.context.own.pending().find((one) => one.id === id)?.bytes;
  await ann.close();
  assert.ok(bytes);
  return bytes;
}

interface Machine {
  readonly clock: BelievedClock;
  readonly held: HeldMessages;
  readonly injector: Injector;
  readonly keeper: TimeKeeper;
  readonly stores: Stores;
  readonly lines: string[];
  /** Sets the clock to so many milliseconds after START. */
  set(ms: number): void;
  /** Five peers tell the right time, START. */
  meetFive(): void;
}

async function machine(off: number, maxBytes?: number): Promise<Machine> {
  const stores = await openMemoryStores(MAIN_NETWORK);
  const labels = labelsOf(MAIN_NETWORK);
  const verify = createVerifier();
  let wall = START + off;
  const source = { now: () => wall as UnixMs, steady: () => 0 };
  const clock = new BelievedClock(source, stores.public.clockFloor.value);
  const held = new HeldMessages({
    ...{ labels, verify, clock },
    ...(maxBytes === undefined ? {} : { maxBytes }),
  });
  const lines: string[] = [];
  const log = openLog({ level: "warn", write: (line) => lines.push(line) });
  const injector = new Injector({
    ...{ labels, store: stores.public, verify, clock, hub: new Hub(), log },
    outside: (bytes, expected) => held.offer(bytes, expected),
  });
  const inject = (bytes: Uint8Array): Promise<unknown> => injector.inject(bytes);
  const floor = stores.public.clockFloor;
  const keeper = new TimeKeeper({ clock, floor, held, inject, log });
  const meetFive = (): void => {
    for (let group = 1; group <= 5; group++) {
      const peer = addressOf(`45.${group}.2.3`, 14677);
      assert.ok(peer);
      tell(clock, peer, {});
    }
  };
  return { clock, held, injector, keeper, stores, lines, set: (ms) => wall = START + ms, meetFive };
}

/** A peer says the right time, in an exchange that is complete unless said otherwise. */
function tell(clock: BelievedClock, remote: NodeAddress, { outbound = true, completed = true }: {
  readonly outbound?: boolean;
  readonly completed?: boolean;
}): void {
  const session = 1 as SessionId;
  clock.heard({ session, remote, outbound, time: RIGHT });
  clock.ended({ session, completed });
}

Deno.test("what comes while the clock is hours off is put aside, and taken in when it is right", async () => {
  const { injector, held, keeper, stores, lines, set, meetFive } = await machine(-3 * HOUR_MS);
  const bytes = await aPost("from the future, it seems");
  assert.equal((await injector.inject(bytes)).code, RESULT.outsideLifetime);
  assert.equal(held.size, 0, "nobody says yet that the clock is wrong");
  meetFive();
  for (let i = 0; i < 2; i++) {
    assert.equal((await injector.inject(bytes)).code, RESULT.outsideLifetime);
    await held.idle();
    await keeper.look();
  }
  assert.deepEqual([held.size, held.bytes, stores.public.index.size], [1, bytes.length, 0]);
  assert.equal(stores.public.clockFloor.value, undefined);
  assert.equal(lines.length, 1, lines.join("\n"));
  assert.match(lines.join(), /clock is about 3 hours behind the clocks of the 5 nodes/);

  set(0);
  await keeper.look();
  assert.equal(held.size, 1, "the clock was set, but nobody confirmed it yet");
  meetFive();
  await keeper.look();
  assert.deepEqual([held.size, held.bytes, stores.public.index.size], [0, 0, 1]);
  assert.equal(stores.public.clockFloor.value, DAY_S);
  await stores.close();
});

Deno.test("what is forged, or outside by the peers' clocks too, is not put aside, nor anything over 16 MiB", async () => {
  const { injector, held, stores, meetFive } = await machine(-3 * HOUR_MS);
  meetFive();
  const bytes = await aPost("x");
  const forged = bytes.slice();
  forged[forged.length - 20] = (forged[forged.length - 20] ?? 0) ^ 1;
  await injector.inject(forged);
  await held.idle();
  assert.equal(held.size, 0);
  held.offer(bytes.slice(0, 50));
  await held.idle();
  assert.equal(held.size, 0);
  await stores.close();
  assert.equal(MAX_HELD_BYTES, 16 * 1024 * 1024);
  for (const [room, fits] of [[bytes.length, 1], [bytes.length - 1, 0]] as const) {
    const small = await machine(-3 * HOUR_MS, room);
    small.meetFive();
    await small.injector.inject(bytes);
    await small.held.idle();
    assert.equal(small.held.size, fits);
    assert.equal(small.held.release().length, fits);
    await small.stores.close();
  }
  const old = await machine(40 * 24 * HOUR_MS);
  old.held.offer(bytes);
  await old.held.idle();
  assert.equal(old.held.size, 0, "no five peers");
  await old.stores.close();
});

Deno.test("what is to be put aside is verified 64 at a time, and what comes meanwhile is let go", async () => {
  const { clock, meetFive, stores } = await machine(-3 * HOUR_MS);
  meetFive();
  const bytes = await aPost("x");
  let asked = 0;
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const verify = (): Promise<boolean> => (asked++, promise);
  const held = new HeldMessages({ labels: labelsOf(MAIN_NETWORK), verify, clock });
  // Copies of one message: none is held as yet.
  for (let n = 0; n < 1_000; n++) held.offer(bytes);
  assert.deepEqual([asked, held.size], [MAX_HELD_CHECKS, 0]);
  assert.equal(MAX_HELD_CHECKS, 64);
  resolve(true);
  await held.idle();
  assert.deepEqual([held.size, held.bytes], [1, bytes.length]);
  held.offer(bytes);
  await held.idle();
  assert.equal(asked, MAX_HELD_CHECKS, "what is held isn't verified again");
  await stores.close();
});

Deno.test("in 1970 a post is refused with the reason, and goes with the first peer's time", async () => {
  const { clock, keeper, lines, stores } = await machine(-START);
  assert.throws(() => needTime(clock), (error) => {
    assert.ok(error instanceof UserError);
    assert.equal(error.code, "refused");
    return /clock is before the day/.test(error.message);
  });
  await keeper.look();
  assert.match(lines.join(), /clock is in the past: messages from others are refused/);
  const peer = addressOf("45.1.2.3", 14677);
  assert.ok(peer);
  tell(clock, peer, { outbound: false });
  assert.throws(() => needTime(clock), UserError, "whoever likes can connect");
  tell(clock, peer, { completed: false });
  assert.throws(() => needTime(clock), UserError, "a hello alone costs nothing");
  tell(clock, peer, {});
  assert.ok(Math.abs(needTime(clock) - START) <= 300_000);
  assert.match(clockWarning(clock.reading()) ?? "", /taken from 1 other node: set it/);
  await keeper.look();
  assert.equal(stores.public.clockFloor.value, undefined, "one peer confirms nothing");
  await stores.close();
});

import { deepEqual, equal, ok } from "node:assert/strict";
import { bytesToHex } from "@noble/hashes/utils.js";
import type { DhtPeer, DhtPort } from "../../src/discovery/dht_port.ts";
import {
  ANNOUNCE_MS,
  type DhtService,
  FIRST_PAUSE_MS,
  JITTER,
  LAST_PAUSE_MS,
  MAX_CANDIDATES,
  MAX_OF_PREFIX,
  MIN_NODES,
  startDht,
  THIN_VIEW,
  TICK_MS,
} from "../../src/discovery/dht_service.ts";
import { addressOf, type NodeAddress, parseAddress } from "../../src/wire/address.ts";
import { type DhtAnnouncement, dhtKey } from "../../src/wire/dht.ts";
import { labelsOf, MAIN_NETWORK } from "../../src/wire/labels.ts";
import { type UnixSeconds, unixSeconds } from "../../src/wire/time.ts";
import { settle, VirtualTime } from "./virtual_time.ts";

const LABELS = labelsOf(MAIN_NETWORK);
/** 2026-12-01T12:00:00Z. */
const NOON = 1_796_083_200 + 43_200;
const ENTRY = parseAddress("8.8.4.4:6881")!;

/** A DHT in memory; what it is asked is written down, with the minute. */
class TestDht implements DhtPort {
  readonly time = new VirtualTime();
  readonly asked: string[] = [];
  readonly candidates: string[] = [];
  readonly troubles: unknown[] = [];
  /** What a lookup throws. */
  breaks: Error | undefined;
  start = NOON;
  nodes = 0;
  known = 0;
  took = 8;
  reached: number | undefined;
  peers: DhtPeer[] = [];
  stopped = false;

  enter(addresses: readonly NodeAddress[]): Promise<void> {
    this.#note(`enter ${addresses.join()}`);
    this.nodes = MIN_NODES;
    return Promise.resolve();
  }

  lookUp(key: Uint8Array): Promise<readonly DhtPeer[]> {
    this.#note(`look up ${this.#day(key)}`);
    if (this.breaks !== undefined) throw this.breaks;
    return Promise.resolve(this.peers);
  }

  announce({ infohash, tcpPort }: DhtAnnouncement): Promise<number> {
    this.#note(`announce ${this.#day(infohash)} ${tcpPort}`);
    return Promise.resolve(this.took);
  }

  stop(): void {
    this.stopped = true;
  }

  run(): DhtService {
    return startDht({
      ...{ port: this, labels: LABELS, time: this.time, random: () => 0.5 },
      clock: () => this.now(),
      known: () => this.known,
      reachedAt: () => this.reached,
      isOwn: (address) => address === "1.1.1.1:1111",
      bootstrap: () => Promise.resolve([ENTRY]),
      onTrouble: (error) => this.troubles.push(error),
      onCandidate: ({ address }) => this.candidates.push(address),
    });
  }

  now(): UnixSeconds {
    return unixSeconds(this.start + Math.floor(this.time.now() / 1_000));
  }

  take(): string[] {
    return this.asked.splice(0);
  }

  #note(what: string): void {
    this.asked.push(`${Math.round(this.time.now() / 60_000)}: ${what}`);
  }

  #day(key: Uint8Array): string {
    for (const day of [-1, 0, 1]) {
      const at = unixSeconds(this.start + 86_400 * day);
      if (bytesToHex(dhtKey(LABELS, at)) === bytesToHex(key)) return String(day);
    }
    return "?";
  }
}

Deno.test("with a thin view it looks up at once, then after doubled pauses up to an hour", async () => {
  const dht = new TestDht();
  const service = dht.run();
  await settle();
  deepEqual(dht.take(), [`0: enter ${ENTRY}`, "0: look up 0"]);
  deepEqual(service.report(), { nodes: 8, announced: null, lastLookup: NOON, found: 0 });
  await dht.time.advance(4 * LAST_PAUSE_MS + 15 * 60_000);
  const minutes = dht.take().filter((line) => line.includes("look up"))
    .map((line) => Number(line.split(":")[0]));
  deepEqual(minutes.slice(0, 9), [1, 3, 7, 15, 31, 63, 123, 183, 243]);
  service.stop();
  ok(dht.stopped);
  await dht.time.advance(LAST_PAUSE_MS);
  deepEqual([dht.take(), dht.time.pending], [[], 0]);
});

Deno.test("where all remembered nodes are gone, the DHT is entered again, once", async () => {
  const dht = new TestDht();
  dht.nodes = MIN_NODES;
  dht.lookUp = () => {
    dht.asked.push("nobody answers");
    dht.nodes = 0;
    return Promise.resolve([]);
  };
  const service = dht.run();
  await settle();
  deepEqual(dht.take(), ["nobody answers", `0: enter ${ENTRY}`, "nobody answers"]);
  service.stop();
});

Deno.test("with a rich view it doesn't look up, and once that is thin, it does at once", async () => {
  const dht = new TestDht();
  dht.known = THIN_VIEW;
  const service = dht.run();
  await dht.time.advance(2 * LAST_PAUSE_MS);
  deepEqual(dht.take(), []);
  dht.known = THIN_VIEW - 1;
  await dht.time.advance(TICK_MS);
  equal(dht.take().length, 2);
  // Once rich again, the pauses begin anew, but a lookup isn't repeated before its pause is over.
  await dht.time.advance(10 * FIRST_PAUSE_MS);
  equal(dht.take().length, 3);
  dht.known = THIN_VIEW;
  await dht.time.advance(TICK_MS);
  dht.known = 0;
  await dht.time.advance(10 * FIRST_PAUSE_MS);
  ok(dht.take().length >= 2);
  service.stop();
});

Deno.test("it announces while it can be reached, again and again, and else only looks up", async () => {
  const dht = new TestDht();
  dht.known = THIN_VIEW;
  const service = dht.run();
  await dht.time.advance(ANNOUNCE_MS);
  deepEqual(dht.take(), []);
  dht.reached = 14_677;
  await dht.time.advance(TICK_MS);
  deepEqual(dht.take(), [`15: enter ${ENTRY}`, "15: announce 0 14677"]);
  equal(service.report().announced, dht.now());
  await dht.time.advance(2 * ANNOUNCE_MS + 60_000);
  deepEqual(dht.take(), ["30: announce 0 14677", "45: announce 0 14677"]);
  // Another port at once; none, and it falls silent.
  dht.reached = 5_000;
  await dht.time.advance(TICK_MS);
  deepEqual(dht.take(), ["46: announce 0 5000"]);
  dht.reached = undefined;
  await dht.time.advance(4 * ANNOUNCE_MS);
  deepEqual(dht.take(), []);
  service.stop();
});

Deno.test("an announcement that nobody took is tried again, more and more seldom", async () => {
  const dht = new TestDht();
  dht.known = THIN_VIEW;
  dht.reached = 14_677;
  dht.took = 0;
  const service = dht.run();
  await settle();
  await dht.time.advance(58 * 60_000);
  deepEqual(dht.take().slice(1).map((line) => Number(line.split(":")[0])), [
    0,
    1,
    3,
    7,
    15,
    30,
    45,
  ]);
  equal(service.report().announced, null);
  service.stop();
});

Deno.test("around midnight both days are looked up, and the new day is announced", async () => {
  const dht = new TestDht();
  // 23:10.
  dht.start = NOON + 11 * 3_600 + 600;
  dht.reached = 14_677;
  const service = dht.run();
  await settle();
  deepEqual(dht.take().slice(1), ["0: look up 0", "0: look up 1", "0: announce 0 14677"]);
  await dht.time.advance(65 * 60_000);
  const lines = dht.take();
  deepEqual(lines.slice(-3), ["60: announce 1 14677", "63: look up 1", "63: look up 0"]);
  service.stop();
});

Deno.test("pauses are longer and shorter by chance, by a third at most", async () => {
  for (const [chance, minutes] of [[0, 10], [0.999_999, 20]] as const) {
    const dht = new TestDht();
    dht.known = THIN_VIEW;
    dht.reached = 14_677;
    const options = { port: dht, labels: LABELS, time: dht.time, known: () => THIN_VIEW };
    const service = startDht({
      ...options,
      ...{ clock: () => dht.now(), random: () => chance, reachedAt: () => 14_677 },
      ...{ isOwn: () => false, bootstrap: () => Promise.resolve([]), onCandidate: () => {} },
      onTrouble: () => {},
    });
    await settle();
    await dht.time.advance(ANNOUNCE_MS * (1 + JITTER) + TICK_MS);
    equal(dht.take()[1]?.split(":")[0], String(minutes));
    service.stop();
  }
});

function peer(n: number, from: string): DhtPeer {
  const address = addressOf(`5.${n >> 8}.${n & 0xff}.1`, 14_677);
  return { address: address!, from: parseAddress(from)! };
}

Deno.test("a lookup that breaks is told, and the next one begins as usual", async () => {
  const dht = new TestDht();
  dht.breaks = new Error("broken");
  const service = dht.run();
  await settle();
  deepEqual(dht.troubles, [dht.breaks]);
  dht.breaks = undefined;
  dht.peers = [peer(1, "7.7.7.7:7777")];
  await dht.time.advance(TICK_MS);
  equal(dht.candidates.length, 1);
  service.stop();
});

Deno.test("one liar among the tellers can't crowd out what others name", async () => {
  const dht = new TestDht();
  const lies = Array.from({ length: 900 }, (_, n) => peer(n, "9.9.9.9:6881"));
  const truths = Array.from({ length: 7 }, (_, n) => peer(10_000 + n, `7.7.7.${n + 1}:6881`));
  dht.peers = [...lies, ...truths, ...truths];
  const service = dht.run();
  await settle();
  equal(dht.candidates.length, MAX_CANDIDATES);
  equal(new Set(dht.candidates).size, MAX_CANDIDATES);
  for (const { address } of truths) ok(dht.candidates.includes(address));
  equal(service.report().found, MAX_CANDIDATES);
  service.stop();
});

Deno.test("a liar with many ports and machines in one network counts as one teller", async () => {
  const dht = new TestDht();
  const lies = Array.from(
    { length: 400 },
    (_, n) => peer(n, `9.9.${n % 200}.${1 + n % 250}:${2_000 + n}`),
  );
  const truths = Array.from({ length: 7 }, (_, n) => peer(10_000 + n, "7.7.7.1:6881"));
  dht.peers = [...lies, ...truths];
  const service = dht.run();
  await settle();
  for (const { address } of truths) ok(dht.candidates.includes(address));
  service.stop();
});

Deno.test("a machine that many name at all its ports is taken so often and no more", async () => {
  const dht = new TestDht();
  const at = (n: number, host: string): DhtPeer => ({
    address: parseAddress(`${host}:${5_000 + n}`)!,
    from: parseAddress(`${20 + n}.9.9.9:6881`)!,
  });
  dht.peers = Array.from({ length: 30 }, (_, n) => at(n, `6.6.6.${1 + n % 2}`));
  const service = dht.run();
  await settle();
  equal(dht.candidates.length, MAX_OF_PREFIX);
  service.stop();
});

Deno.test("so many candidates are taken and no more, and never oneself", async () => {
  for (
    const [count, most] of [[MAX_CANDIDATES, MAX_CANDIDATES], [MAX_CANDIDATES + 1, 32]] as const
  ) {
    const dht = new TestDht();
    dht.peers = [
      { address: parseAddress("1.1.1.1:1111")!, from: ENTRY },
      ...Array.from({ length: count }, (_, n) => peer(n, ENTRY)),
    ];
    const service = dht.run();
    await settle();
    equal(dht.candidates.length, most);
    ok(!dht.candidates.includes("1.1.1.1:1111"));
    service.stop();
  }
});

Deno.test("after a stop nothing that was under way has an effect", async () => {
  const dht = new TestDht();
  const late = Promise.withResolvers<readonly DhtPeer[]>();
  dht.lookUp = () => late.promise;
  const service = dht.run();
  await settle();
  service.stop();
  late.resolve([peer(1, ENTRY)]);
  await settle();
  deepEqual([dht.candidates, dht.time.pending], [[], 0]);
});

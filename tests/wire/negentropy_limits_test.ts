/** Reconciliation against what a hostile peer may send: refused, or answered within bounds. */
import assert from "node:assert/strict";
import { bytesToHex } from "@noble/hashes/utils.js";
import fc from "fast-check";
import { WireError } from "../../src/wire/errors.ts";
import { MAX_SYNC_BYTES, MIN_SYNC_FRAME_BYTES, SYNC_COMPARED_IDS } from "../../src/wire/limits.ts";
import { initiate, reconcile, respond } from "../../src/wire/negentropy.ts";
import { SYNC_MODE, SyncReader, SyncWriter } from "../../src/wire/negentropy_codec.ts";
import type { SyncBound, SyncItem, SyncItems } from "../../src/wire/negentropy_items.ts";
import { ALL, ArrayItems, item } from "./sync_items.ts";

/** "I have nothing at all", from a responder. */
const NOTHING = Uint8Array.of(0x61, 0, 0, 2, 0);

/** As many ids as wanted without holding them, one a second; sums are not real. */
class Counted implements SyncItems {
  readonly size: number;
  /** How often each method was called. */
  readonly calls = { rank: 0, at: 0, sum: 0 };

  constructor(size: number) {
    this.size = size;
  }

  rank(bound: SyncBound): number {
    this.calls.rank++;
    return Math.min(this.size, bound.timestamp);
  }

  at(rank: number): SyncItem {
    this.calls.at++;
    const id = new Uint8Array(32);
    new DataView(id.buffer).setUint32(0, rank);
    return { created: rank, id };
  }

  sum(): Uint8Array {
    this.calls.sum++;
    return new Uint8Array(32);
  }
}

/** How many ids the initiator is told that it has alone, in one step and to the end. */
function compareWithNothing(size: number): { first: number; all: number; rounds: number } {
  const items = new Counted(size);
  const empty = new ArrayItems([]);
  const seen = new Set<string>();
  let [told, rounds, first] = [0, 1, -1];
  const differences = {
    have: (id: string): void => {
      seen.add(id);
      told++;
    },
    need: (): void => assert.fail("nothing is needed"),
  };
  let next = reconcile(items, ALL, NOTHING, differences);
  while (next !== undefined) {
    if (first < 0) first = told;
    const before = told;
    next = reconcile(items, ALL, respond(empty, ALL, next), differences);
    assert.ok(told - before <= SYNC_COMPARED_IDS);
    rounds++;
  }
  assert.equal(seen.size, told, "an id was told twice");
  return { first: first < 0 ? told : first, all: told, rounds };
}

Deno.test("one message makes nobody compare more ids than the cap", () => {
  assert.deepEqual(compareWithNothing(SYNC_COMPARED_IDS), {
    first: SYNC_COMPARED_IDS,
    all: SYNC_COMPARED_IDS,
    rounds: 1,
  });
  const over = SYNC_COMPARED_IDS + 1;
  const { first, all } = compareWithNothing(over);
  assert.deepEqual({ first, all }, { first: 0, all: over });
  assert.equal(compareWithNothing(200_000).all, 200_000);
});

Deno.test("a message with no range ends the reconciliation", () => {
  const differences = { have: assert.fail, need: assert.fail };
  assert.equal(reconcile(new Counted(5), ALL, Uint8Array.of(0x61), differences), undefined);
  assert.ok(initiate(new Counted(5), ALL).length > 5 * 32);
});

const NOBODY = { have: (): void => {}, need: (): void => {} };

/** What both sides say to a message: bytes, "refused", or "finished". */
function answers(message: Uint8Array, items: SyncItems = some): (Uint8Array | string)[] {
  return [
    attempt(() => respond(items, ALL, message)),
    attempt(() => reconcile(items, ALL, message, NOBODY) ?? "finished"),
  ];
}

function attempt<T>(run: () => T): T | string {
  try {
    return run();
  } catch (error) {
    assert.ok(error instanceof WireError, `threw ${error}`);
    assert.equal(error.code, "malformed");
    return "refused";
  }
}

const some = new ArrayItems(Array.from({ length: 100 }, (_, i) => item(1_000 + i, i)));
const REFUSED = ["refused", "refused"];
const zeros = (count: number): number[] => Array.from({ length: count }, () => 0);

Deno.test("malformed messages are refused by both sides", () => {
  const bad: Record<string, readonly number[]> = {
    "nothing": [],
    "a version below": [0x5f],
    "a version above": [0x70],
    "no mode": [0x61, 0, 0],
    "an unknown mode": [0x61, 0, 0, 3],
    "a bound without prefix": [0x61, 5, 1],
    "a prefix over 32 bytes": [0x61, 5, 33, ...zeros(33), 0],
    "half a fingerprint": [0x61, 0, 0, 1, ...zeros(15)],
    "more ids than there are": [0x61, 0, 0, 2, 2, ...zeros(63)],
    "2^53 - 1 ids": [0x61, 0, 0, 2, 0x8f, ...zeros(6).fill(0xff), 0x7f],
    "a time over 2^53 - 1": [
      ...[0x61, 0x8f, ...zeros(6).fill(0xff), 0x7f, 0, 0],
      ...[0x8f, ...zeros(6).fill(0xff), 0x7f, 0, 0],
    ],
    "a bound before the one before": [0x61, 5, 1, 9, 0, 1, 1, 8, 0],
    "a time after the end": [0x61, 0, 0, 0, 5, 1, 8, 3],
  };
  for (const [name, bytes] of Object.entries(bad)) {
    assert.deepEqual(answers(Uint8Array.from(bytes)), REFUSED, name);
  }
});

Deno.test("what is just allowed isn't refused", () => {
  const good: Record<string, readonly number[]> = {
    "a prefix of 32 bytes": [0x61, 5, 32, ...zeros(32), 0],
    "the same bound twice": [0x61, 5, 1, 9, 0, 1, 1, 9, 0],
    "the same bound in other words": [0x61, 5, 1, 9, 0, 1, 3, 9, 0, 0, 0],
    "nothing after the end": [0x61, 0, 0, 0, 0, 0, 0],
  };
  for (const [name, bytes] of Object.entries(good)) {
    assert.deepEqual(answers(Uint8Array.from(bytes)), [Uint8Array.of(0x61), "finished"], name);
  }
});

Deno.test("a responder names its version to another one, an initiator gives up", () => {
  for (const version of [0x60, 0x62, 0x6f]) {
    const message = Uint8Array.of(version, 1, 2, 3);
    assert.deepEqual(answers(message), [Uint8Array.of(0x61), "refused"]);
  }
});

Deno.test("a message has at most 60,000 bytes", () => {
  // Skips of the end, three bytes each, the first one with a longer prefix to fill up.
  const ofLength = (length: number): Uint8Array => {
    const prefix = (length - 1) % 3;
    const rest = length - 4 - prefix;
    return Uint8Array.from([0x61, 0, prefix, ...zeros(prefix + 1), ...zeros(rest)]);
  };
  assert.equal(ofLength(MAX_SYNC_BYTES).length, MAX_SYNC_BYTES);
  assert.deepEqual(answers(ofLength(MAX_SYNC_BYTES)), [Uint8Array.of(0x61), "finished"]);
  assert.deepEqual(answers(ofLength(MAX_SYNC_BYTES + 1)), REFUSED);
  assert.deepEqual(answers(ofLength(MAX_SYNC_BYTES - 1)), [Uint8Array.of(0x61), "finished"]);
});

Deno.test("bounds outside the range of time reach no ids outside it", () => {
  // Lists up to seconds 500, 1,010, 1,090 and the end; `some` has an id in each of 1,000 to 1,099.
  const out = new SyncWriter();
  out.raw(Uint8Array.of(0x61));
  for (const timestamp of [500, 1_010, 1_090, Infinity]) {
    out.bound({ timestamp, prefix: new Uint8Array() });
    out.raw(Uint8Array.of(SYNC_MODE.ids, 0));
  }
  const told: string[] = [];
  const range = { from: 1_020, to: 1_050 };
  const differences = { ...NOBODY, have: (id: string): void => void told.push(id) };
  assert.equal(reconcile(some, range, out.bytes(), differences), undefined);
  const within = Array.from({ length: 30 }, (_, i) => bytesToHex(some.at(20 + i).id));
  assert.deepEqual(told, within);
  const reader = new SyncReader(respond(some, range, out.bytes()));
  reader.take(1);
  const counts = Array.from({ length: 4 }, () => {
    reader.bound();
    assert.equal(reader.varint(), SYNC_MODE.ids);
    return reader.ids().length / 32;
  });
  assert.deepEqual([counts, reader.left], [[0, 0, 30, 0], 0]);
});

Deno.test("an id that comes twice is needed once", () => {
  const twice = Uint8Array.of(0x61, 0, 0, 2, 2, ...zeros(64).fill(9));
  const needed: string[] = [];
  const differences = { ...NOBODY, need: (id: string): void => void needed.push(id) };
  assert.equal(reconcile(new ArrayItems([]), ALL, twice, differences), undefined);
  assert.deepEqual(needed, ["09".repeat(32)]);
});

Deno.test("the work for a message is bounded, however many ids there are", () => {
  const kinds: Record<string, (out: SyncWriter) => void> = {
    skip: (out) => out.varint(SYNC_MODE.skip),
    fingerprint: (out) => out.raw(Uint8Array.of(SYNC_MODE.fingerprint, ...zeros(16))),
    list: (out) => out.raw(Uint8Array.of(SYNC_MODE.ids, 0)),
  };
  for (const [name, write] of Object.entries(kinds)) {
    const out = new SyncWriter();
    out.raw(Uint8Array.of(0x61));
    for (let time = 0; out.length < MAX_SYNC_BYTES - 24; time += 40) {
      out.bound({ timestamp: time, prefix: new Uint8Array() });
      write(out);
    }
    for (const ask of [respond, (...all: Asked) => reconcile(...all, NOBODY)]) {
      const items = new Counted(1_000_000);
      const answer = ask(items, ALL, out.bytes());
      assert.ok(answer === undefined || answer.length <= MAX_SYNC_BYTES);
      const { rank, at, sum } = items.calls;
      // One rank for each range, a sum for each fingerprint that came and each that goes, and one.
      assert.ok(rank <= MAX_SYNC_BYTES / 3 + 2, `${name}: ${rank} ranks`);
      assert.ok(sum <= 2 * MAX_SYNC_BYTES / 19 + 17, `${name}: ${sum} sums`);
      assert.ok(at <= SYNC_COMPARED_IDS + 2 * MAX_SYNC_BYTES / 19, `${name}: ${at} items`);
    }
  }
});

type Asked = [items: SyncItems, range: typeof ALL, message: Uint8Array];

Deno.test("mangled messages do no harm", () => {
  const messages = [initiate(some, ALL), respond(some, ALL, NOTHING)];
  const edits = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 }), fc.nat({ max: 2 })), {
    minLength: 1,
    maxLength: 6,
  });
  fc.assert(
    fc.property(fc.constantFrom(...messages), edits, (message, changes) => {
      const bytes = [...message];
      for (const [at, byte, deleted] of changes) bytes.splice(at % bytes.length, deleted, byte);
      for (const answer of answers(Uint8Array.from(bytes))) {
        assert.ok(typeof answer === "string" || answer.length <= MAX_SYNC_BYTES);
      }
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("a message cut off anywhere is refused, or ends with a whole range", () => {
  const message = initiate(some, ALL);
  let whole = 0;
  for (let length = 1; length < message.length; length++) {
    if (answers(message.subarray(0, length))[0] !== "refused") whole++;
  }
  assert.equal(whole, 16, "its 16 ranges, less the last one, and the version alone");
});

Deno.test("answers keep to the least frame limit, whatever was asked", () => {
  const limited = { frameLimit: MIN_SYNC_FRAME_BYTES };
  const items = new ArrayItems(Array.from({ length: 3_000 }, (_, i) => item(i, i)));
  const finest = respond(items, ALL, initiate(new ArrayItems([]), ALL));
  for (const message of [NOTHING, initiate(some, ALL), finest]) {
    assert.ok(respond(items, ALL, message, limited).length <= MIN_SYNC_FRAME_BYTES);
  }
});

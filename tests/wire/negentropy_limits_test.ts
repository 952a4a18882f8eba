/** Reconciliation against what a hostile peer may send: refused, or answered within bounds. */
import assert from "node:assert/strict";
import { SYNC_COMPARED_IDS } from "../../src/wire/limits.ts";
import { initiate, reconcile, respond } from "../../src/wire/negentropy.ts";
import type { SyncBound, SyncItem, SyncItems } from "../../src/wire/negentropy_items.ts";
import { ALL, ArrayItems } from "./sync_items.ts";

/** "I have nothing at all", from a responder. */
const NOTHING = Uint8Array.of(0x61, 0, 0, 2, 0);

/** As many ids as wanted without holding them, one a second; sums are not real. */
class Counted implements SyncItems {
  readonly size: number;

  constructor(size: number) {
    this.size = size;
  }

  rank(bound: SyncBound): number {
    return Math.min(this.size, bound.timestamp);
  }

  at(rank: number): SyncItem {
    const id = new Uint8Array(32);
    new DataView(id.buffer).setUint32(0, rank);
    return { created: rank, id };
  }

  sum(): Uint8Array {
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

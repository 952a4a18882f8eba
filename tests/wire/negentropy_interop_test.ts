/**
 * Reconciliation with another implementation, `nip77` of nostr-tools, in both roles. That one knows
 * no responder: it takes lists of ids instead of answering them, so differences may surface on either
 * side, and both are asked.
 */
import assert from "node:assert/strict";
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import fc from "fast-check";
import { nip77 } from "nostr-tools";
import type { MessageId } from "../../src/wire/ids.ts";
import { initiate, reconcile, respond } from "../../src/wire/negentropy.ts";
import type { SyncItem } from "../../src/wire/negentropy_items.ts";
import { ALL, ArrayItems, item, missing } from "./sync_items.ts";

const ROUNDS = 100;

interface Pair {
  readonly ours: readonly SyncItem[];
  readonly theirs: readonly SyncItem[];
}

/** What came out, on whichever side it did. */
class Found {
  readonly onlyOurs = new Set<string>();
  readonly onlyTheirs = new Set<string>();

  /** Our own callbacks. */
  readonly us = {
    have: (id: MessageId): void => void this.onlyOurs.add(id),
    need: (id: MessageId): void => void this.onlyTheirs.add(id),
  };

  /** Lets the other implementation answer. */
  ask(them: nip77.Negentropy, message: Uint8Array): Uint8Array | undefined {
    const answer = them.reconcile(
      bytesToHex(message),
      (id) => void this.onlyTheirs.add(id),
      (id) => void this.onlyOurs.add(id),
    );
    return answer === null ? undefined : hexToBytes(answer);
  }

  assertRight({ ours, theirs }: Pair): void {
    assert.deepEqual([...this.onlyOurs].sort(), missing(ours, theirs));
    assert.deepEqual([...this.onlyTheirs].sort(), missing(theirs, ours));
  }
}

function theirsOf(items: readonly SyncItem[]): nip77.Negentropy {
  const vector = new nip77.NegentropyStorageVector();
  for (const { created, id } of items) vector.insert(created, bytesToHex(id));
  vector.seal();
  return new nip77.Negentropy(vector);
}

function weInitiate(pair: Pair): Found {
  const ours = new ArrayItems(pair.ours);
  const them = theirsOf(pair.theirs);
  const found = new Found();
  let message: Uint8Array | undefined = initiate(ours, ALL);
  for (let round = 0; message !== undefined; round++) {
    assert.ok(round < ROUNDS, "it does not end");
    const answer = found.ask(them, message);
    message = answer && reconcile(ours, ALL, answer, found.us);
  }
  return found;
}

function theyInitiate(pair: Pair): Found {
  const ours = new ArrayItems(pair.ours);
  const them = theirsOf(pair.theirs);
  const found = new Found();
  let message: Uint8Array | undefined = hexToBytes(them.initiate());
  for (let round = 0; message !== undefined; round++) {
    assert.ok(round < ROUNDS, "it does not end");
    message = found.ask(them, respond(ours, ALL, message));
  }
  return found;
}

const pairs = fc.record({
  count: fc.nat({ max: 500 }),
  perSecond: fc.constantFrom(1, 3, 1_000),
  gone: fc.array(fc.tuple(fc.nat({ max: 499 }), fc.boolean())),
  none: fc.constantFrom("neither", "neither", "neither", "ours", "theirs"),
}).map(({ count, perSecond, gone, none }): Pair => {
  const items = Array.from({ length: count }, (_, i) => item(1_790_000_000 + i / perSecond | 0, i));
  const without = (ours: boolean): SyncItem[] => {
    const numbers = new Set(gone.filter(([, ofOurs]) => ofOurs === ours).map(([i]) => i));
    return items.filter((_, i) => !numbers.has(i) && none !== (ours ? "ours" : "theirs"));
  };
  return { ours: without(true), theirs: without(false) };
});

Deno.test("we ask, they answer: both sides together know the difference", () => {
  fc.assert(fc.property(pairs, (pair) => weInitiate(pair).assertRight(pair)), { numRuns: 50 });
});

Deno.test("they ask, we answer: they know the difference, and we learn nothing", () => {
  fc.assert(fc.property(pairs, (pair) => theyInitiate(pair).assertRight(pair)), { numRuns: 50 });
});

Deno.test("several frames are needed, in both roles", () => {
  const items = Array.from({ length: 6_000 }, (_, i) => item(1_790_000_000 + i, i));
  const pair = {
    ours: items.filter((_, i) => i % 2 === 0 || i < 1_000),
    theirs: items.filter((_, i) => i % 2 === 1 || i > 5_000),
  };
  weInitiate(pair).assertRight(pair);
  theyInitiate(pair).assertRight(pair);
});

/** The bytes of the reference implementation, frozen (tests/vectors/negentropy.json says how). */
import assert from "node:assert/strict";
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import { WireError } from "../../src/wire/errors.ts";
import type { MessageId } from "../../src/wire/ids.ts";
import { initiate, reconcile, respond } from "../../src/wire/negentropy.ts";
import { SyncReader, SyncWriter } from "../../src/wire/negentropy_codec.ts";
import vectors from "../vectors/negentropy.json" with { type: "json" };
import { ALL, ArrayItems, item } from "./sync_items.ts";

for (const [value, hex] of vectors.varints as [number, string][]) {
  Deno.test(`the number ${value} is ${hex}`, () => {
    const writer = new SyncWriter(1);
    writer.varint(value);
    assert.equal(bytesToHex(writer.bytes()), hex);
    const reader = new SyncReader(hexToBytes(hex));
    assert.deepEqual([reader.varint(), reader.left], [value, 0]);
  });
}

Deno.test("numbers that end early, begin with a zero or are over 2^53 - 1 are refused", () => {
  for (const hex of vectors.badVarints) {
    assert.throws(() => new SyncReader(hexToBytes(hex)).varint(), WireError, hex);
  }
});

for (const vector of vectors.reconciliations) {
  Deno.test(`as the reference does it: ${vector.name}`, () => {
    const [ours, theirs] = [setOf(vector.ours), setOf(vector.theirs)];
    const options = { frameLimit: vector.frameLimit ?? 60_000 };
    const have: MessageId[] = [];
    const need: MessageId[] = [];
    const differences = {
      ...options,
      have: (id: MessageId): void => void have.push(id),
      need: (id: MessageId): void => void need.push(id),
    };
    let message: Uint8Array | undefined = initiate(ours, ALL, options);
    const messages: string[] = [];
    while (message !== undefined) {
      const answer = respond(theirs, ALL, message, options);
      messages.push(bytesToHex(message), bytesToHex(answer));
      message = reconcile(ours, ALL, answer, differences);
    }
    assert.deepEqual(messages, vector.messages);
    assert.deepEqual(listed(have, vector.have), vector.have);
    assert.deepEqual(listed(need, vector.need), vector.need);
  });
}

/** Vectors give long lists by their length. */
function listed(ids: readonly MessageId[], as: unknown): readonly MessageId[] | number {
  return typeof as === "number" ? ids.length : [...ids].sort();
}

function setOf(set: {
  readonly start: number;
  readonly perSecond: number;
  readonly first: number;
  readonly count: number;
  readonly without?: readonly number[];
}): ArrayItems {
  return new ArrayItems(
    Array.from({ length: set.count }, (_, i) => set.first + i)
      .filter((number) => !set.without?.includes(number))
      .map((number) => item(set.start + Math.floor(number / set.perSecond), number)),
  );
}

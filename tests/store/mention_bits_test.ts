import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { calledUpon, mentionBits, MentionColumn } from "../../src/store/mention_bits.ts";
import { openMemoryStores } from "../../src/store/mod.ts";
import { decodeMeta, encodeMeta } from "../../src/store/public_rows.ts";
import { metaKey } from "../../src/store/keys.ts";
import { MARKUP_TYPES } from "../../src/wire/body.ts";
import { formatIdentity, identityKey } from "../../src/wire/ids.ts";
import { MAIN_NETWORK } from "../../src/wire/labels.ts";
import { fresh, keyOf, statusBody, stored } from "./support.ts";

const key = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(identityKey);

Deno.test("property: whoever is mentioned is found, whoever else is mentioned", () => {
  fc.assert(fc.property(fc.array(key, { minLength: 1, maxLength: 8 }), (keys) => {
    const column = new MentionColumn();
    column.fit(4);
    column.set(2, mentionBits(keys));
    for (const one of keys) ok(column.has(2, mentionBits([one])!));
    deepEqual(column.at(2), mentionBits(keys));
    equal(column.at(1), undefined);
    column.fit(100);
    for (const one of keys) ok(column.has(2, mentionBits([one])!));
  }));
});

Deno.test("bits of a key: four from its first four bytes, each by its lowest six bits", () => {
  const bitsOf = (...bytes: readonly number[]): unknown => {
    const whole = new Uint8Array(32);
    whole.set(bytes);
    return mentionBits([identityKey(whole)]);
  };
  // Stored: other bits would lose every mention stored until then.
  deepEqual(bitsOf(0, 31, 32, 63), [0x8000_0001, 0x8000_0001]);
  deepEqual(bitsOf(0xc1, 0x42, 0xa1, 0xe2), [0b110, 0b110]);
  deepEqual(mentionBits([]), undefined);
});

Deno.test("of others few are taken for it", () => {
  const column = new MentionColumn();
  column.fit(1);
  column.set(0, mentionBits([keyOf(1)]));
  const random = (): Uint8Array => crypto.getRandomValues(new Uint8Array(32));
  const wrong = Array.from({ length: 10_000 }, () => mentionBits([identityKey(random())])!)
    .filter((bits) => column.has(0, bits));
  ok(wrong.length < 100, String(wrong.length));
});

Deno.test("only mentions that make sense call upon anybody", () => {
  const entry = (
    start: number,
    end: number,
    value: string,
    type: number = MARKUP_TYPES.mention,
  ) => ({
    ...{ start, end, type, value },
  });
  const id = formatIdentity(keyOf(1));
  const called = (...markup: ReturnType<typeof entry>[]) => calledUpon({ text: "abc", markup });
  deepEqual(called(entry(0, 3, id), entry(1, 2, id)), [keyOf(1)]);
  deepEqual(called(entry(0, 4, id)), []);
  deepEqual(called(entry(2, 2, id)), []);
  deepEqual(called(entry(0, 1, "g1nobody")), []);
  deepEqual(called(entry(0, 1, id, MARKUP_TYPES.tag)), []);
});

Deno.test("rows keep the bits, and what is taken back loses them", async () => {
  const stores = await openMemoryStores(MAIN_NETWORK);
  const store = stores.public;
  const mention = {
    ...{ start: 0, end: 1, type: MARKUP_TYPES.mention, value: formatIdentity(keyOf(2)) },
  };
  const message = stored(keyOf(1), { ...statusBody(1), markup: [mention] });
  await store.putMessages(fresh([message]));
  const meta = store.index.get(message.id)!;
  deepEqual(meta.mentions, mentionBits([keyOf(2)]));
  deepEqual(decodeMeta({ key: metaKey(meta), value: encodeMeta(meta) }), meta);
  await store.setFreshness([[message.id, 3]]);
  deepEqual(store.index.get(message.id)?.mentions, mentionBits([keyOf(2)]));
  const body = { kind: "retraction", created: message.body.created, id: message.id } as const;
  await store.putMessages(fresh([stored(keyOf(1), body)]));
  const gone = store.index.get(message.id)!;
  equal(gone.mentions, undefined);
  deepEqual(decodeMeta({ key: metaKey(gone), value: encodeMeta(gone) }), gone);
  await stores.close();
});

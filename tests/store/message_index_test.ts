import assert from "node:assert/strict";
import fc from "fast-check";
import { MessageIndex, type MessageMeta } from "../../src/store/message_index.ts";
import { type IdentityKey, type MessageId, messageId } from "../../src/wire/ids.ts";
import { unixSeconds } from "../../src/wire/time.ts";
import { keyOf } from "./support.ts";

/** An id that shares its first bytes with many others: every byte but the last two is one of two. */
function idOf(n: number): MessageId {
  const bytes = new Uint8Array(32).fill(n % 2);
  bytes[30] = n >> 8;
  bytes[31] = n & 255;
  return messageId(bytes);
}

function metaOf(n: number, part: Partial<MessageMeta> = {}): MessageMeta {
  return {
    id: idOf(n),
    key: keyOf(n % 3),
    type: n % 5 === 0 ? 3 : 0,
    created: unixSeconds(1_000 + n % 7),
    size: 100 + n,
    freshness: n % 7,
    storedAt: unixSeconds(2 ** 33 + n),
    ref: n % 4 === 0 ? idOf(n + 1) : undefined,
    retracted: false,
    ...(n % 6 === 1 && { late: true }),
    ...part,
  };
}

/** The same, by filtering and sorting an array each time. */
class Twin {
  metas: MessageMeta[] = [];

  add(added: readonly MessageMeta[]): void {
    this.metas.push(...added);
    this.metas.sort((a, b) => a.created - b.created || (a.id < b.id ? -1 : 1));
  }

  change(id: MessageId, f: (meta: MessageMeta) => MessageMeta): void {
    this.metas = this.metas.map((meta) => meta.id === id ? f(meta) : meta);
  }
}

const ids = fc.nat(40);
const step = fc.oneof(
  {
    arbitrary: fc.record({ kind: fc.constant("add" as const), ns: fc.uniqueArray(ids) }),
    weight: 3,
  },
  fc.record({ kind: fc.constant("remove" as const), ns: fc.array(ids) }),
  fc.record({ kind: fc.constant("retract" as const), n: ids }),
  fc.record({ kind: fc.constant("freshness" as const), n: ids, to: fc.nat(255) }),
);

Deno.test("MessageIndex: any operations leave what sorting an array leaves", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), fc.integer(), ids, (steps, salt, probe) => {
      const index = new MessageIndex(salt);
      const twin = new Twin();
      for (const action of steps) {
        if (action.kind === "add") {
          const added = action.ns.map((n) => metaOf(n)).filter(({ id }) => !index.has(id));
          index.add(added);
          twin.add(added);
        } else if (action.kind === "remove") {
          const gone = new Set(action.ns.map(idOf));
          index.remove(gone);
          twin.metas = twin.metas.filter(({ id }) => !gone.has(id));
        } else if (action.kind === "retract") {
          index.retract(idOf(action.n));
          twin.change(idOf(action.n), (meta) => ({
            ...meta,
            size: 0,
            freshness: 0,
            retracted: true,
            ref: meta.type === 0 ? undefined : meta.ref,
          }));
        } else {
          index.setFreshness(idOf(action.n), action.to);
          twin.change(idOf(action.n), (meta) => ({ ...meta, freshness: action.to }));
        }
      }
      const newest = twin.metas.toReversed();
      assert.deepEqual([...index.newestFirst({ withRetracted: true })], newest);
      assert.deepEqual([...index.newestFirst()], newest.filter((m) => !m.retracted));
      assert.equal(index.size, newest.length);
      assert.equal(index.totalBytes, newest.reduce((sum, { size }) => sum + size, 0));

      const authors = new Set([keyOf(probe % 3), keyOf(99)]);
      const wanted = newest.filter((m) => authors.has(m.key) && m.type === 0 && !m.retracted);
      assert.deepEqual([...index.newestFirst({ authors, type: 0 })], wanted);

      const at = newest.findIndex(({ id }) => id === idOf(probe));
      assert.equal(index.has(idOf(probe)), at >= 0);
      assert.deepEqual(index.get(idOf(probe)), newest[at]);
      if (at >= 0) {
        const before = index.newestFirst({ before: idOf(probe), withRetracted: true });
        assert.deepEqual([...before], newest.slice(at + 1));
      } else {
        assert.throws(() => [...index.newestFirst({ before: idOf(probe) })], RangeError);
      }

      const time = unixSeconds(1_000 + probe % 8);
      assert.deepEqual(
        index.expired(time, () => undefined).sort(),
        twin.metas.filter((meta) => {
          const target = meta.type === 3 && twin.metas.find(({ id }) => id === meta.ref);
          return (target || meta).created < time;
        }).map(({ id }) => id).sort(),
      );
      const replies = twin.metas.filter((m) => m.ref === idOf(probe) && m.type === 0);
      assert.deepEqual(index.repliesTo(idOf(probe)), replies.map(({ id }) => id));
      const by = { type: 3, key: keyOf(probe % 3) };
      assert.equal(
        index.isReferredTo(idOf(probe), by),
        twin.metas.some((m) => m.ref === idOf(probe) && m.type === 3 && m.key === by.key),
      );
      for (const digits of [1, 2, 61, 62, 63, 64]) {
        const prefix = idOf(probe).slice(0, digits);
        const found = index.idsByPrefix(prefix, 100).sort();
        assert.deepEqual(
          found,
          newest.map(({ id }) => id).filter((id) => id.startsWith(prefix)).sort(),
        );
      }
    }),
    { numRuns: 200 },
  );
});

Deno.test("MessageIndex: a prefix in capitals is the same, what is no prefix finds nothing", () => {
  const index = new MessageIndex(1);
  index.add([metaOf(0xab), metaOf(0xcd)]);
  assert.deepEqual(index.idsByPrefix(idOf(0xab).toUpperCase()), [idOf(0xab)]);
  assert.equal(index.idsByPrefix("01").length, 2);
  assert.equal(index.idsByPrefix("01", 1).length, 1);
  for (const bad of ["", "0x", "g", " 0", "0".repeat(65)]) {
    assert.deepEqual(index.idsByPrefix(bad), []);
  }
});

Deno.test("MessageIndex: thousands of ids survive growth and removal in any order", () => {
  const index = new MessageIndex(7);
  const all = Array.from({ length: 2_000 }, (_, n) => metaOf(n, { ref: undefined }));
  index.add(all.slice(0, 1_500));
  index.remove(all.filter((_, n) => n % 3 === 0).map(({ id }) => id));
  index.add(all.slice(1_500));
  const left = all.filter((_, n) => n >= 1_500 || n % 3 !== 0);
  assert.equal(index.size, left.length);
  for (const meta of left) assert.deepEqual(index.get(meta.id), meta);
  for (const { id } of all.filter((_, n) => n < 1_500 && n % 3 === 0)) {
    assert.equal(index.has(id), false);
  }
});

Deno.test("MessageIndex: keys that begin alike are told apart", () => {
  const index = new MessageIndex(1);
  const twin = (keyOf(1).slice(0, 62) + "ff") as IdentityKey;
  index.add([metaOf(0, { key: keyOf(1) }), metaOf(1, { key: twin })]);
  const found = [...index.newestFirst({ authors: new Set([twin]), withRetracted: true })];
  assert.deepEqual(found.map(({ id }) => id), [idOf(1)]);
});

import assert from "node:assert/strict";
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import fc from "fast-check";
import { messageKey, metaKey, profileKey } from "../../src/store/keys.ts";
import { openMemoryKv } from "../../src/store/kv_memory.ts";
import type { Kv } from "../../src/store/kv_port.ts";
import { PublicStore } from "../../src/store/public.ts";
import { decodeMeta, encodeMeta, type PublicBytes } from "../../src/store/public_rows.ts";
import { page } from "../../src/store/timeline.ts";
import type { PrivateBody, StatusBody } from "../../src/wire/body.ts";
import { encodeBody } from "../../src/wire/body_encode.ts";
import { LIFETIME_S, MAX_BODY_BYTES } from "../../src/wire/limits.ts";
import type { AdmittedMessage } from "../../src/wire/message.ts";
import { messageId } from "../../src/wire/ids.ts";
import { asPublic } from "../../src/wire/privacy.ts";
import { encodeSealed } from "../../src/wire/sealed_message.ts";
import { unixSeconds } from "../../src/wire/time.ts";
import {
  failing,
  fresh,
  keyOf,
  LABELS,
  NOW,
  numbered,
  profileOf,
  statusBody,
  stored,
  storeErrorOf,
} from "./support.ts";

function memory(): Kv<PublicBytes> {
  return openMemoryKv<PublicBytes>();
}

function open(kv: Kv<PublicBytes>): Promise<PublicStore> {
  return PublicStore.open(kv, LABELS);
}

/** All that can be seen of a store's messages. */
async function contents(store: PublicStore): Promise<unknown> {
  const metas = [...store.index.newestFirst({ withRetracted: true })];
  const bodies = await Promise.all(metas.map(({ id }) => store.getMessage(id)));
  return { metas, bodies, size: store.index.size, bytes: store.index.totalBytes };
}

Deno.test("PublicStore: what is put is there, also after the store was opened again", async () => {
  const kv = memory();
  const store = await open(kv);
  const parent = numbered(1);
  const reply = stored(keyOf(2), statusBody(2, { replyTo: parent.id, created: NOW + 2 }));
  const sealed = stored(keyOf(3), privateBody(NOW));
  const batch = [
    { message: reply, freshness: 0, storedAt: unixSeconds(NOW + 5) },
    { message: parent, freshness: 6, storedAt: unixSeconds(NOW + 4) },
    { message: sealed, freshness: 3, storedAt: unixSeconds(2 ** 33) },
  ];
  assert.deepEqual(await store.putMessages(batch), ["stored", "stored", "stored"]);
  assert.deepEqual(await store.putMessages([]), []);

  const metas = [...store.index.newestFirst()];
  assert.deepEqual(metas, [
    {
      id: reply.id,
      key: keyOf(2),
      type: 0,
      created: NOW + 2,
      size: reply.bytes.length,
      freshness: 0,
      storedAt: NOW + 5,
      ref: parent.id,
      retracted: false,
    },
    {
      id: parent.id,
      key: keyOf(1),
      type: 0,
      created: NOW + 1,
      size: parent.bytes.length,
      freshness: 6,
      storedAt: NOW + 4,
      ref: undefined,
      retracted: false,
    },
    {
      id: sealed.id,
      key: keyOf(3),
      type: 1,
      created: NOW - NOW % 3_600,
      size: sealed.bytes.length,
      freshness: 3,
      storedAt: 2 ** 33,
      ref: undefined,
      retracted: false,
    },
  ]);
  for (const message of [parent, reply, sealed]) {
    assert.deepEqual(await store.getMessage(message.id), message);
    assert.deepEqual(await store.getBytes(message.id), message.bytes);
  }
  assert.deepEqual(store.index.repliesTo(parent.id), [reply.id]);
  assert.equal(await store.getMessage(numbered(9).id), undefined);
  assert.equal(await store.getBytes(numbered(9).id), undefined);
  assert.deepEqual(await contents(await open(kv)), await contents(store));
});

Deno.test("encodeMeta: rows of version 1 stay readable", () => {
  const meta = {
    id: numbered(1).id,
    key: keyOf(0x01020304),
    type: 3,
    created: NOW,
    size: 0x0a0b0c,
    freshness: 6,
    storedAt: unixSeconds(2 ** 32 + 5),
    ref: messageId(new Uint8Array(32).fill(0xee)),
    retracted: true,
  };
  const hex = "01020304" + "00".repeat(27) + "01" + "03" + "06" + "03" + "000a0b0c" +
    "0000000100000005" + "ee".repeat(32);
  assert.equal(bytesToHex(encodeMeta(meta)), hex);
  const { id, created } = meta;
  assert.deepEqual(decodeMeta({ key: metaKey({ id, created }), value: hexToBytes(hex) }), meta);
});

Deno.test("encodeMeta: that a message came after its author's revocation is kept", () => {
  for (const ref of [undefined, messageId(new Uint8Array(32).fill(0xee))]) {
    const { id, key } = numbered(1);
    const created = NOW;
    const meta = {
      ...{ id, key, created, type: 0, size: 9, freshness: 1, storedAt: NOW, ref, retracted: false },
      late: true,
    };
    const value = encodeMeta(meta);
    assert.deepEqual(decodeMeta({ key: metaKey({ id, created }), value }), meta);
  }
});

Deno.test("PublicStore: a message is stored once, whether it comes twice in a batch or again", async () => {
  const store = await open(memory());
  const [a, b] = fresh([numbered(1), numbered(2)]);
  assert(a && b);
  assert.deepEqual(await store.putMessages([a, a, b, { ...a }]), [
    "stored",
    "known",
    "stored",
    "known",
  ]);
  const again = { ...a, freshness: 1, storedAt: unixSeconds(1) };
  assert.deepEqual(await store.putMessages([again]), ["known"]);
  assert.equal(store.index.get(a.message.id)?.freshness, 6);
  const both = await Promise.all([
    store.putMessages(fresh([numbered(3)])),
    store.putMessages(fresh([numbered(3)])),
  ]);
  assert.deepEqual(both, [["stored"], ["known"]]);
});

Deno.test("PublicStore: a batch larger than a commit, with messages of the largest size", async () => {
  const kv = memory();
  const store = await open(kv);
  const large = Array.from({ length: 15 }, (_, n) => largest(n));
  assert.deepEqual(large.map(({ bytes }) => bytes.length > MAX_BODY_BYTES), Array(15).fill(true));
  const batch = [...large, ...Array.from({ length: 1_100 }, (_, n) => numbered(n + 100))];
  const outcomes = await store.putMessages(fresh(batch));
  assert.deepEqual(new Set(outcomes), new Set(["stored"]));
  assert.equal(store.index.size, 1_115);
  assert.deepEqual(await contents(await open(kv)), await contents(store));
});

Deno.test("PublicStore: a commit that fails leaves nothing half recorded", async () => {
  for (const failure of [0, 1, 2]) {
    const kv = memory();
    const store = await open(failing(kv, (commit) => commit === failure));
    const batch = fresh(Array.from({ length: 1_300 }, (_, n) => numbered(n)));
    await assert.rejects(store.putMessages(batch), storeErrorOf("full"));
    const left = store.index.size;
    assert(left > 0 && left < 1_300);
    assert.deepEqual(await contents(store), await contents(await open(kv)));
    const outcomes = await store.putMessages(batch);
    assert.equal(outcomes.filter((outcome) => outcome === "known").length, left);
    assert.equal(store.index.size, 1_300);
    assert.deepEqual(await contents(store), await contents(await open(kv)));
    assert.equal((await store.profile(keyOf(1)))?.name, "x");
  }
});

Deno.test("PublicStore: freshness is kept over a restart; unknown messages are skipped", async () => {
  const kv = memory();
  const store = await open(kv);
  await store.putMessages(fresh([numbered(1), numbered(2), numbered(3)]));
  await store.setFreshness([[numbered(1).id, 0], [numbered(9).id, 1], [numbered(2).id, 255]]);
  for (const opened of [store, await open(kv)]) {
    const seen = [...opened.index.newestFirst()].map(({ freshness }) => freshness);
    assert.deepEqual(seen, [6, 255, 0]);
  }
  assert.throws(() => store.setFreshness([[numbered(1).id, 256]]), RangeError);
  assert.throws(() => store.setFreshness([[numbered(1).id, 0.5]]), RangeError);
  await assert.rejects(store.putMessages(fresh([numbered(4)], -1)), RangeError);
});

Deno.test("PublicStore: messages dropped after their lifetime are gone and forgotten", async () => {
  const kv = memory();
  const store = await open(kv);
  await store.putMessages(fresh([numbered(1), numbered(2)]));
  const later = unixSeconds(NOW + LIFETIME_S + 60);
  const gone = await store.dropping.drop([numbered(1).id, numbered(9).id], later);
  assert.deepEqual(gone, [numbered(1).id]);
  assert.equal(store.index.has(numbered(1).id), false);
  assert.equal(await store.getMessage(numbered(1).id), undefined);
  assert.equal(
    await kv.get(messageKey({ created: unixSeconds(NOW + 1), ...numbered(1) })),
    undefined,
  );
  assert.deepEqual(await contents(await open(kv)), await contents(store));
  assert.deepEqual(await store.putMessages(fresh([numbered(1)])), ["stored"]);
});

Deno.test("PublicStore: the newest profile counts, in whatever order messages come", async () => {
  const author = keyOf(1);
  const profiles = [
    profileOf("old", NOW - 20),
    profileOf("b", NOW),
    profileOf("a", NOW),
    { ...profileOf("b", NOW), link: "x" },
    profileOf("older", NOW - 30),
  ];
  // Of those updated at NOW, all with names of one letter, the one with the greater bytes.
  const newest = profiles[3];
  const messages = profiles.map((profile, n) =>
    n % 2 === 0
      ? stored(author, statusBody(n, { created: NOW + n, profile }))
      : stored(author, { kind: "profile", created: unixSeconds(NOW + n), profile })
  );
  await fc.assert(
    fc.asyncProperty(
      fc.shuffledSubarray(messages, { minLength: messages.length }),
      fc.nat(5),
      async (shuffled, cut) => {
        const kv = memory();
        const first = await open(kv);
        await first.putMessages(fresh(shuffled.slice(0, cut)));
        const second = await open(kv);
        await second.putMessages(fresh(shuffled.slice(cut)));
        assert.deepEqual(await second.profile(author), newest);
        assert.deepEqual(await (await open(kv)).profile(author), newest);
        assert.equal(await second.profile(keyOf(2)), undefined);
      },
    ),
    { numRuns: 40 },
  );
});

Deno.test("PublicStore: profiles of more identities than the cache holds", async () => {
  const store = await open(memory());
  const people = Array.from({ length: 4_200 }, (_, n) => n);
  const bring = (updated: number): Promise<unknown> =>
    store.putMessages(fresh(people.map((n) => {
      const profile = profileOf(`${n} ${updated}`, updated);
      return stored(keyOf(n), statusBody(n, { created: NOW + updated % 100, profile }));
    })));
  await bring(NOW + 1);
  await bring(NOW);
  for (const n of [0, 1, 4_199]) {
    assert.equal((await store.profile(keyOf(n)))?.name, `${n} ${NOW + 1}`);
  }
});

Deno.test("PublicStore: rows that were not written there are found out", async () => {
  const [a, b] = [numbered(1), numbered(2)];
  const place = { created: a.body.created, id: a.id };
  const other = { created: b.body.created, id: b.id };
  const damage = async (mutate: (kv: Kv<PublicBytes>) => Promise<void>): Promise<PublicStore> => {
    const kv = memory();
    await (await open(kv)).putMessages(fresh([a, b]));
    await mutate(kv);
    return await open(kv);
  };
  for (const length of [0, 46, 48, 79]) {
    const value = asPublic(new Uint8Array(length));
    const opened = damage((kv) => kv.commit([{ kind: "set", key: metaKey(place), value }]));
    await assert.rejects(opened, storeErrorOf("damaged"));
  }
  const cases: ((kv: Kv<PublicBytes>) => Promise<void>)[] = [
    (kv) => kv.commit([{ kind: "delete", key: messageKey(place) }]),
    (kv) =>
      kv.commit([{ kind: "set", key: messageKey(place), value: asPublic(new Uint8Array(9)) }]),
    async (kv) => {
      const value = await kv.get(messageKey(other));
      assert(value);
      await kv.commit([{ kind: "set", key: messageKey(place), value }]);
    },
  ];
  for (const mutate of cases) {
    const store = await damage(mutate);
    await assert.rejects(store.getMessage(a.id), storeErrorOf("damaged"));
    assert.deepEqual(await store.getMessage(b.id), b);
    // Whoever shows or sends many gets the others, and can tell the owner.
    assert.equal(store.damagedMessages, 0);
    assert.deepEqual(await page(store, { limit: 10 }), [b]);
    assert.equal(await store.getReadable(a.id), undefined);
    assert.equal(store.damagedMessages, 1);
  }
});

Deno.test("PublicStore: a damaged profile is replaced by the next one, and stops no message", async () => {
  const kv = memory();
  const key = keyOf(1);
  const profile = profileOf("x", NOW);
  await (await open(kv)).putMessages(fresh([stored(key, statusBody(1, { profile }))]));
  const value = asPublic(new Uint8Array(5).fill(0xc1));
  await kv.commit([{ kind: "set", key: profileKey(key), value }]);
  const store = await open(kv);
  assert.equal(await store.profile(key), undefined);
  const next = stored(key, statusBody(2, { created: NOW + 10, profile }));
  assert.deepEqual(await store.putMessages(fresh([next])), ["stored"]);
  assert.deepEqual(await (await open(kv)).profile(key), profile);
});

Deno.test("PublicStore: after close everything fails as closed", async () => {
  const store = await open(memory());
  const writing = store.putMessages(fresh([numbered(1)]));
  await store.close();
  assert.deepEqual(await writing, ["stored"]);
  await assert.rejects(store.putMessages(fresh([numbered(2)])), storeErrorOf("closed"));
  await assert.rejects(store.getMessage(numbered(1).id), storeErrorOf("closed"));
});

/** A status whose body has exactly as many bytes as a body may have. */
function largest(n: number): AdmittedMessage {
  const withFile = (bytes: number): StatusBody => ({
    ...statusBody(n, { created: NOW + n }),
    attachments: [{ mediaType: "a/b", name: "", bytes: new Uint8Array(bytes).fill(n), alt: "" }],
  });
  const rest = encodeBody(withFile(1_000)).length - 1_000;
  return stored(keyOf(n), withFile(MAX_BODY_BYTES - rest));
}

function privateBody(created: number): PrivateBody {
  const sealed = encodeSealed({ suite: 1, enc: new Uint8Array(32), ct: new Uint8Array(1_040) });
  return { kind: "private", created: unixSeconds(created - created % 3_600), sealed };
}

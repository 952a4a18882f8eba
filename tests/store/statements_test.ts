import assert from "node:assert/strict";
import { issuedKey, statementKey } from "../../src/store/keys.ts";
import { openDenoKv } from "../../src/store/kv_deno.ts";
import { openMemoryKv } from "../../src/store/kv_memory.ts";
import type { Kv } from "../../src/store/kv_port.ts";
import { nothing, type PublicBytes } from "../../src/store/public_rows.ts";
import { openMemoryStores } from "../../src/store/mod.ts";
import { MAX_REVOCATIONS, MAX_STATEMENTS_EACH, Statements } from "../../src/store/statements.ts";
import type { IdentityKey } from "../../src/wire/ids.ts";
import { MAIN_NETWORK } from "../../src/wire/labels.ts";
import { type AdmittedStatement, encodeStatement, heirOf } from "../../src/wire/statement.ts";
import { unixSeconds } from "../../src/wire/time.ts";
import {
  failing,
  fresh,
  keyOf,
  LABELS,
  NOW,
  profileOf,
  statementOf,
  statusBody,
  stored,
  storeErrorOf,
  withFolder,
} from "./support.ts";

Deno.test("Statements: kept once, found by subject and by issuer, also after a restart", async () => {
  const kv = openMemoryKv<PublicBytes>();
  const a = statementOf({ issuer: keyOf(1), subject: keyOf(2) });
  const b = statementOf({ issuer: keyOf(1), subject: keyOf(3), issued: unixSeconds(NOW + 1) });
  const c = statementOf({ issuer: keyOf(4), subject: keyOf(2), type: 1 });
  const revoked = statementOf({
    issuer: keyOf(1),
    subject: keyOf(5),
    type: 2,
    consent: new Uint8Array(64).fill(1),
  });
  const statements = await Statements.open(kv);
  const outcomes = await statements.put([a, b, c, a, revoked]);
  assert.deepEqual(outcomes, ["stored", "stored", "stored", "known", "stored"]);
  for (const opened of [statements, await Statements.open(kv)]) {
    assert.deepEqual(await opened.about(keyOf(2)), [a, c]);
    assert.deepEqual(await opened.by(keyOf(1)), [a, b, revoked]);
    assert.deepEqual(await opened.about(keyOf(1)), []);
    assert.deepEqual(await opened.by(keyOf(2)), []);
    assert.deepEqual(await opened.put([b]), ["known"]);
  }
});

Deno.test("Statements: of two that differ in the signature alone the first is kept", async () => {
  const statements = await Statements.open(openMemoryKv<PublicBytes>());
  const first = statementOf({ signature: new Uint8Array(64).fill(1) });
  const second = statementOf({ signature: new Uint8Array(64).fill(2) });
  assert.equal(statements.recentlyStored(first), false);
  assert.deepEqual(await statements.put([first, second]), ["stored", "known"]);
  assert.deepEqual(await statements.about(keyOf(2)), [first]);
  assert.equal(statements.recentlyStored(first), true);
  assert.equal(statements.recentlyStored(second), false);
  assert.equal(statements.recentlyStored(statementOf({ stamp: new Uint8Array(8).fill(1) })), false);
});

/** Puts rows in place as if that many had been stored before. */
async function fill(kv: Kv<PublicBytes>, all: readonly AdmittedStatement[]): Promise<void> {
  for (let at = 0; at < all.length; at += 200) {
    await kv.commit(
      all.slice(at, at + 200).flatMap((statement) => [
        { kind: "set", key: statementKey(statement), value: encodeStatement(statement) },
        { kind: "set", key: issuedKey(statement), value: nothing() },
      ]),
    );
  }
}

Deno.test("Statements: 4,096 about one subject, 4,096 by one issuer; one more, and 64 at random go", async () => {
  await withFolder(async (dir) => {
    for (const side of ["subject", "issuer"] as const) {
      const kv = await openDenoKv<PublicBytes>(`${dir}/${side}.kv`);
      const other = side === "subject" ? "issuer" : "subject";
      const nth = (n: number): AdmittedStatement =>
        statementOf({ [side]: keyOf(0), [other]: keyOf(n + 1) });
      const revocation = statementOf({ issuer: keyOf(0), subject: keyOf(0), type: 2 });
      await fill(kv, Array.from({ length: MAX_STATEMENTS_EACH - 1 }, (_, n) => nth(n)));
      const statements = await Statements.open(kv);
      const gone: AdmittedStatement[] = [];
      statements.watch({ stored: () => {}, gone: (those) => void gone.push(...those) });
      const found = async (): Promise<number> =>
        (await (side === "subject" ? statements.about(keyOf(0)) : statements.by(keyOf(0)))).length;
      assert.deepEqual(await statements.put([nth(4_095), revocation]), ["stored", "stored"]);
      assert.equal(await found(), MAX_STATEMENTS_EACH + 1);
      assert.equal(gone.length, 0);
      assert.deepEqual(await statements.put([nth(5_000)]), ["stored"]);
      assert.equal(await found(), MAX_STATEMENTS_EACH + 1 - 64 + 1);
      assert.equal(gone.length, 64);
      assert.ok(gone.every(({ type }) => type === 0));
      // Drawn from all over: in the order of their keys they are no run of neighbours.
      const numbers = gone.map((one) => parseInt(one[other].slice(0, 8), 16)).sort((a, b) => a - b);
      assert.ok((numbers.at(-1) ?? 0) - (numbers[0] ?? 0) > 1_000, numbers.join());
      assert.ok(statements.size === await found());
      kv.close();
    }
  });
});

Deno.test("Statements: 10,000 about one person stay within their bound, whoever makes them", async () => {
  const statements = await Statements.open(openMemoryKv<PublicBytes>());
  const kept = new Set<string>();
  for (let n = 0; n < 10_000; n += 500) {
    const batch = Array.from(
      { length: 500 },
      (_, i) => statementOf({ issuer: keyOf(n + i + 10), subject: keyOf(1) }),
    );
    const outcomes = await statements.put(batch);
    assert.ok(outcomes.every((outcome) => outcome === "stored"));
  }
  const about = await statements.about(keyOf(1));
  assert.ok(about.length <= MAX_STATEMENTS_EACH && about.length > MAX_STATEMENTS_EACH - 64);
  assert.equal(statements.size, about.length);
  for (const { issuer } of about) kept.add(issuer);
  // Neither the first nor the last are spared or lost as such.
  const early = Array.from({ length: 4_000 }, (_, n) => keyOf(n + 10)).filter((k) => kept.has(k));
  assert.ok(early.length > 100 && early.length < 3_500, `${early.length} early ones`);
});

Deno.test("Statements: the order in which they came is kept over restarts", async () => {
  const kv = openMemoryKv<PublicBytes>();
  const old = statementOf({ issuer: keyOf(50) });
  await kv.commit([
    { kind: "set", key: statementKey(old), value: encodeStatement(old) },
    { kind: "set", key: issuedKey(old), value: nothing() },
  ]);
  const some = [9, 3, 7].map((n) => statementOf({ issuer: keyOf(n) }));
  await (await Statements.open(kv)).put(some);
  const later = statementOf({ issuer: keyOf(1) });
  const again = await Statements.open(kv);
  await again.put([later]);
  const rows = await again.rowsAbout(keyOf(2));
  const inOrder = rows.toSorted((a, b) => a.order - b.order).map(({ statement }) => statement);
  assert.deepEqual(inOrder, [old, ...some, later]);
});

Deno.test("Statements: many at once are one commit, and none when the disk takes none", async () => {
  const kv = openMemoryKv<PublicBytes>();
  let commits = 0;
  const counted = failing(kv, (n) => {
    commits = n + 1;
    return n === 1;
  });
  const statements = await Statements.open(counted);
  const nth = (n: number): AdmittedStatement => statementOf({ issuer: keyOf(n) });
  await statements.put(Array.from({ length: 32 }, (_, n) => nth(n)));
  assert.equal(commits, 1);
  await assert.rejects(statements.put([nth(40)]), storeErrorOf("full"));
  assert.equal(statements.size, 32);
  assert.deepEqual(await statements.put([nth(40)]), ["stored"]);
  assert.equal((await statements.about(keyOf(2))).length, 33);
});

Deno.test("Statements: with one heir known, one revocation that fits and one other are kept", async () => {
  const kv = openMemoryKv<PublicBytes>();
  const heir = keyOf(70);
  const by = (subject: number, issued: number): AdmittedStatement =>
    statementOf({
      issuer: keyOf(1),
      subject: keyOf(subject),
      type: 2,
      issued: unixSeconds(issued),
      consent: new Uint8Array(64).fill(1),
    });
  let known = false;
  const statements = await Statements.open(kv, {
    fits: (_, successor) => Promise.resolve(known ? successor === heir : undefined),
  });
  // A thief is first and makes as many as are taken.
  const thief = Array.from({ length: MAX_REVOCATIONS }, (_, n) => by(100 + n, n));
  assert.ok((await statements.put(thief)).every((outcome) => outcome === "stored"));
  assert.deepEqual(await statements.put([by(70, 5)]), ["full"]);
  known = true;
  assert.deepEqual(await statements.put([by(99, 5), by(70, 5), by(70, 6)]), [
    "full",
    "stored",
    "full",
  ]);
});

Deno.test("Statements: a thief who names a second heir, and revokes 64 times, doesn't push out the first one's", async () => {
  const { public: store } = await openMemoryStores(MAIN_NETWORK);
  const [ada, heir, thief] = [keyOf(1), keyOf(70), keyOf(71)];
  const messages = [heir, thief].map((next, n) => {
    const profile = { ...profileOf("ada", NOW - 10 + n), heir: heirOf(LABELS, next) };
    return stored(ada, statusBody(n, { profile }));
  });
  for (const message of messages) await store.putMessages(fresh([message]));
  const by = (subject: IdentityKey, n: number): AdmittedStatement =>
    statementOf({
      ...{ issuer: ada, subject, type: 2, issued: unixSeconds(n) },
      consent: new Uint8Array(64).fill(1),
    });
  const flood = Array.from({ length: MAX_REVOCATIONS }, (_, n) => by(thief, n));
  await store.statements.put(flood);
  assert.deepEqual(await store.statements.put([by(thief, 99), by(heir, 100), by(heir, 101)]), [
    "full",
    "stored",
    "full",
  ]);
});

Deno.test("Statements: 64 revocations by one issuer, and not one more", async () => {
  const statements = await Statements.open(openMemoryKv<PublicBytes>());
  const nth = (n: number): AdmittedStatement =>
    statementOf({ issuer: keyOf(1), subject: keyOf(1), type: 2, issued: unixSeconds(n) });
  // A time of 2, like the type's number, must not be taken for it.
  await statements.put([statementOf({ issuer: keyOf(1), issued: unixSeconds(2) })]);
  const outcomes = await statements.put(
    Array.from({ length: MAX_REVOCATIONS + 1 }, (_, n) => nth(n)),
  );
  assert.deepEqual(outcomes, [...Array(MAX_REVOCATIONS).fill("stored"), "full"]);
});

Deno.test("Statements: over their share of the disk some go at random, revocations never", async () => {
  const kv = openMemoryKv<PublicBytes>();
  const statements = await Statements.open(kv);
  const one = statements.diskBytes;
  assert.equal(one, 0);
  const revoked = statementOf({ issuer: keyOf(500), subject: keyOf(500), type: 2 });
  await statements.put([revoked]);
  const each = statements.diskBytes;
  statements.limit(40 * each);
  for (let n = 0; n < 200; n++) {
    const outcome = await statements.put([
      statementOf({ issuer: keyOf(n), subject: keyOf(n + 1) }),
    ]);
    assert.deepEqual(outcome, ["stored"]);
    assert.ok(statements.diskBytes <= 40 * each);
  }
  assert.deepEqual(await statements.about(keyOf(500)), [revoked]);
  const counted = (await Statements.open(kv)).diskBytes;
  assert.equal(counted, statements.diskBytes);
  let rows = 0;
  for await (const _row of kv.list({ prefix: ["i"] })) rows++;
  assert.equal(rows * each, counted);

  // Revocations alone: kept beyond the share, up to twice as much.
  statements.limit(0);
  const more = Array.from(
    { length: 3 },
    (_, n) => statementOf({ issuer: keyOf(600 + n), subject: keyOf(600 + n), type: 2 }),
  );
  statements.limit(2 * each);
  const outcomes = await statements.put(more);
  assert.ok(outcomes.includes("full"));
  assert.ok(statements.diskBytes <= counted);
});

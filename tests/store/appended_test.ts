import assert from "node:assert/strict";
import { Appended } from "../../src/store/appended.ts";
import { openMemoryKv } from "../../src/store/kv_memory.ts";
import type { PublicBytes } from "../../src/store/public_rows.ts";
import { Statements } from "../../src/store/statements.ts";
import type { IdentityKey } from "../../src/wire/ids.ts";
import type { AdmittedStatement } from "../../src/wire/statement.ts";
import { unixSeconds } from "../../src/wire/time.ts";
import { keyOf, NOW, statementOf } from "./support.ts";

const ANN = keyOf(1);

interface Bench {
  readonly statements: Statements;
  readonly appended: Appended;
  reads(): number;
}

async function bench(fitting?: IdentityKey): Promise<Bench> {
  const kv = openMemoryKv<PublicBytes>();
  let lists = 0;
  const list: typeof kv.list = (range) => {
    lists++;
    return kv.list(range);
  };
  const statements = await Statements.open({
    ...kv,
    list,
    get: (k) => kv.get(k),
    commit: (m) => kv.commit(m),
  });
  const heirs = { fits: (_: IdentityKey, key: IdentityKey) => Promise.resolve(key === fitting) };
  const below = (n: number): number => Math.floor(Math.random() * n);
  return { statements, appended: new Appended({ statements, heirs, below }), reads: () => lists };
}

const by = (n: number, part: { type?: 0 | 1; issued?: number } = {}): AdmittedStatement =>
  statementOf({
    issuer: keyOf(n + 100),
    subject: ANN,
    type: part.type ?? 0,
    issued: unixSeconds(part.issued ?? NOW),
  });

const issuers = (some: readonly AdmittedStatement[]): number[] =>
  some.map(({ issuer }) => parseInt(issuer.slice(0, 8), 16) - 100).sort((a, b) => a - b);

Deno.test("appended: nothing known costs nothing, and is asked for once", async () => {
  const { statements, appended, reads } = await bench();
  const opened = reads();
  assert.deepEqual(await appended.of(ANN), []);
  assert.equal(reads(), opened);
  await statements.put([statementOf({ issuer: keyOf(5), subject: keyOf(6) })]);
  const before = reads();
  for (let i = 0; i < 5; i++) assert.deepEqual(await appended.of(ANN), []);
  assert.equal(reads() - before, 2);
  // And what comes then is not missed.
  await statements.put([by(1)]);
  assert.deepEqual(await appended.of(ANN), [by(1)]);
});

Deno.test("appended: 24 at most, the first 12 seen among them, the others drawn anew", async () => {
  for (const cached of [true, false]) {
    const { statements, appended } = await bench();
    if (cached) assert.deepEqual(await appended.of(ANN), []);
    // The later a number, the earlier its key: the order of keys is not that of coming.
    const all = Array.from({ length: 300 }, (_, n) => by(1_000 - n));
    await statements.put(all);
    const seen = new Set<number>();
    for (let i = 0; i < 60; i++) {
      const chosen = issuers(await appended.of(ANN));
      assert.equal(new Set(chosen).size, 24);
      assert.deepEqual(chosen.slice(-12), issuers(all.slice(0, 12)));
      for (const one of chosen) seen.add(one);
    }
    assert.ok(seen.size > 40, `${seen.size} of 300`);
  }
});

Deno.test("appended: in no order that tells which came first", async () => {
  const { statements, appended } = await bench();
  await statements.put([by(1), by(2), by(3)]);
  const orders = new Set<string>();
  for (let i = 0; i < 200; i++) {
    orders.add((await appended.of(ANN)).map(({ issuer }) => issuer.slice(0, 8)).join());
  }
  assert.equal(orders.size, 6);
});

Deno.test("appended: a withdrawal takes the place of its verification, also of a cached one", async () => {
  for (const cached of [true, false]) {
    const { statements, appended } = await bench();
    await statements.put([by(1), by(2, { issued: NOW + 5 })]);
    if (cached) await appended.of(ANN);
    const withdrawals = [by(1, { type: 1 }), by(2, { type: 1, issued: NOW + 4 })];
    await statements.put(withdrawals);
    const types = new Map((await appended.of(ANN)).map(({ issuer, type }) => [issuer, type]));
    // On a tie the withdrawal; an older one counts for nothing.
    assert.deepEqual([types.get(keyOf(101)), types.get(keyOf(102)), types.size], [1, 0, 2]);
    await statements.put([by(1, { issued: NOW + 9 })]);
    assert.deepEqual((await appended.of(ANN)).map(({ type }) => type), [0, 0]);
  }
});

Deno.test("appended: the author's revocation goes along, the one that fits if there is one", async () => {
  for (const cached of [true, false]) {
    const { statements, appended } = await bench(keyOf(9));
    await statements.put(Array.from({ length: 40 }, (_, n) => by(n)));
    if (cached) await appended.of(ANN);
    const revoke = (subject: number): AdmittedStatement =>
      statementOf({ issuer: ANN, subject: keyOf(subject), type: 2, consent: new Uint8Array(64) });
    await statements.put([revoke(8)]);
    const [first, ...others] = await appended.of(ANN);
    assert.deepEqual([first?.subject, others.length], [keyOf(8), 24]);
    await statements.put([revoke(9)]);
    assert.equal((await appended.of(ANN))[0]?.subject, keyOf(9));
    // Whose successor somebody is said to be goes along with their messages.
    assert.deepEqual(await appended.of(keyOf(9)), [revoke(9)]);
  }
});

Deno.test("appended: what went to make room is told no more", async () => {
  const { statements, appended } = await bench();
  await statements.put([by(1)]);
  await appended.of(ANN);
  statements.limit(1_000);
  await statements.put([by(2)]);
  const left = await statements.about(ANN);
  assert.deepEqual(await appended.of(ANN), left);
  assert.equal(left.length, 1);
});

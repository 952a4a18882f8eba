/** What waits to be taken back survives, and fills no disk. */
import assert from "node:assert/strict";
import {
  MAX_TAKE_BACKS,
  TAKE_BACKS,
  type TakeBack,
  TakeBacks,
  withoutTakeBacksOf,
} from "../../src/store/take_backs.ts";
import { Private } from "../../src/wire/privacy.ts";
import { unixSeconds } from "../../src/wire/time.ts";
import { ANN, BOB, idOf, openRecords } from "./letter_support.ts";

function entry(n: number, origin = ANN): Private<TakeBack> {
  const secret = new Uint8Array(32).fill(n);
  return new Private({ id: idOf(n), secret, origin, due: unixSeconds(n) });
}

Deno.test("what is to be taken back waits until it is removed, once each", async () => {
  const { records } = await openRecords();
  const list = new TakeBacks(records);
  for (const n of [1, 2, 1]) assert(await list.add(entry(n)));
  assert.deepEqual((await new TakeBacks(records).all()).reveal().map(({ id }) => id), [
    idOf(2),
    idOf(1),
  ]);
  await list.remove(new Private(idOf(2)));
  assert.deepEqual((await list.all()).reveal(), [entry(1).reveal()]);
});

Deno.test("so many wait and no more", async () => {
  const { records } = await openRecords();
  const list = new TakeBacks(records);
  for (let n = 0; n < MAX_TAKE_BACKS; n++) assert(await list.add(entry(n)));
  assert(!await list.add(entry(MAX_TAKE_BACKS)));
  assert.equal((await list.all()).reveal().length, MAX_TAKE_BACKS);
});

Deno.test("a destroyed identity takes nothing back any more", async () => {
  const { records } = await openRecords();
  const list = new TakeBacks(records);
  await list.add(entry(1));
  await list.add(entry(2, BOB));
  const value = await records.get(TAKE_BACKS);
  assert(value !== undefined);
  await records.put(TAKE_BACKS, withoutTakeBacksOf(value, ANN));
  assert.deepEqual((await list.all()).reveal(), [entry(2, BOB).reveal()]);
});

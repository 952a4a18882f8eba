/** What waits to be taken back survives, and fills no disk. */
import assert from "node:assert/strict";
import { SealedList, withoutOrigin } from "../../src/store/sealed_list.ts";
import { MAX_TAKE_BACKS, TAKE_BACKS, type TakeBack } from "../../src/store/take_backs.ts";
import { Private } from "../../src/wire/privacy.ts";
import { unixSeconds } from "../../src/wire/time.ts";
import { ANN, BOB, idOf, openRecords } from "./letter_support.ts";

function entry(n: number, origin = ANN): Private<TakeBack> {
  const secret = new Uint8Array(32).fill(n);
  return new Private({ id: idOf(n), secret, origin, due: unixSeconds(n) });
}

Deno.test("what is to be taken back waits until it is removed, once each", async () => {
  const { records } = await openRecords();
  const list = new SealedList(records, TAKE_BACKS);
  for (const n of [1, 2, 1]) assert(await list.add(entry(n)));
  assert.deepEqual(
    (await new SealedList(records, TAKE_BACKS).entries()).reveal().map(({ id }) => id),
    [
      idOf(2),
      idOf(1),
    ],
  );
  await list.remove(new Private(new Set([idOf(2)])));
  assert.deepEqual((await list.entries()).reveal(), [entry(1).reveal()]);
});

Deno.test("so many wait and no more", async () => {
  const { records } = await openRecords();
  const list = new SealedList(records, TAKE_BACKS);
  for (let n = 0; n < MAX_TAKE_BACKS; n++) assert(await list.add(entry(n)));
  assert(!await list.add(entry(MAX_TAKE_BACKS)));
  assert.equal((await list.entries()).reveal().length, MAX_TAKE_BACKS);
});

Deno.test("a destroyed identity takes nothing back any more", async () => {
  const { records } = await openRecords();
  const list = new SealedList(records, TAKE_BACKS);
  await list.add(entry(1));
  await list.add(entry(2, BOB));
  const value = await records.get(TAKE_BACKS.name);
  assert(value !== undefined);
  await records.put(TAKE_BACKS.name, withoutOrigin(value, { form: TAKE_BACKS, origin: ANN }));
  assert.deepEqual((await list.entries()).reveal(), [entry(2, BOB).reveal()]);
});

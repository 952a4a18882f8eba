/** Each private message is tried once, whatever stops the node in between. */
import assert from "node:assert/strict";
import { RECORDS } from "../../src/store/private.ts";
import { Tried, TRIED_HEAD, withoutIdentity } from "../../src/store/tried.ts";
import { Private } from "../../src/wire/privacy.ts";
import { ANN, BOB, idOf, openRecords } from "./letter_support.ts";

Deno.test("marks survive; what was marked and is gone is forgotten once all was looked through", async () => {
  const { records } = await openRecords();
  const first = await Tried.open(records);
  assert.deepEqual(first.identities, []);
  for (let n = 0; n < 500; n++) first.mark(new Private(idOf(n)));
  first.cover([ANN]);
  await first.save();
  const second = await Tried.open(records);
  assert.deepEqual(second.identities, [ANN]);
  for (let n = 0; n < 400; n++) assert(second.has(idOf(n)), String(n));
  assert(!second.has(idOf(500)));
  // Stopped before everything was looked through: nothing is forgotten.
  await second.save();
  const third = await Tried.open(records);
  assert(third.has(idOf(450)));
  third.has(idOf(1));
  third.forgetOthers();
  await third.save();
  const last = await Tried.open(records);
  assert(last.has(idOf(1)) && last.has(idOf(450)) && !last.has(idOf(2)));
});

Deno.test("what wasn't saved is tried again, and changes nothing else", async () => {
  const { records } = await openRecords();
  const tried = await Tried.open(records);
  tried.mark(new Private(idOf(1)));
  await tried.save();
  tried.mark(new Private(idOf(2)));
  const again = await Tried.open(records);
  assert(again.has(idOf(1)) && !again.has(idOf(2)));
});

Deno.test("a destroyed identity leaves the head, and every record is known to who seals them anew", async () => {
  const { records } = await openRecords();
  const tried = await Tried.open(records);
  tried.cover([ANN, BOB]);
  await tried.save();
  const head = await records.get(TRIED_HEAD);
  assert(head !== undefined);
  await records.put(TRIED_HEAD, withoutIdentity(head, ANN));
  assert.deepEqual((await Tried.open(records)).identities, [BOB]);
  assert(RECORDS.includes(TRIED_HEAD));
});

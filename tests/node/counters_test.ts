import assert from "node:assert/strict";
import { Counters } from "../../src/node/counters.ts";

Deno.test("what came by a stem that ended here counts as received", () => {
  const counters = new Counters();
  counters.endedStem();
  assert.deepEqual([counters.view().received, counters.view().completed], [1, 0]);
});

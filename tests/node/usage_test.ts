/** What each prefix brought in the last hour: counted, forgotten, bounded. */
import assert from "node:assert/strict";
import { Usage } from "../../src/node/usage.ts";
import type { UnixMs } from "../../src/wire/time.ts";

const T0 = 1_800_000_000_000;

function at(minutes: number): UnixMs {
  return T0 + minutes * 60_000 as UnixMs;
}

Deno.test("what a prefix brought counts for an hour, to ten minutes", () => {
  const usage = new Usage();
  usage.add("45.1.2.0/24", { bytes: 600, now: at(0) });
  usage.add("45.1.2.0/24", { bytes: 400, now: at(15) });
  usage.add("46.1.2.0/24", { bytes: 100, now: at(15) });
  assert.deepEqual([...usage.lastHour(at(16))], [
    ["45.1.2.0/24", { messages: 2, bytes: 1_000 }],
    ["46.1.2.0/24", { messages: 1, bytes: 100 }],
  ]);
  assert.deepEqual(usage.lastHour(at(59)).get("45.1.2.0/24"), { messages: 2, bytes: 1_000 });
  assert.deepEqual(usage.lastHour(at(60)).get("45.1.2.0/24"), { messages: 1, bytes: 400 });
  assert.equal(usage.lastHour(at(70)).size, 0);
});

Deno.test("1,024 prefixes are counted, the longest unseen is forgotten", () => {
  const usage = new Usage();
  for (let n = 0; n < 1_025; n++) usage.add(`${n}`, { bytes: 1, now: at(0) });
  const counted = usage.lastHour(at(0));
  assert.deepEqual([counted.size, counted.has("0"), counted.has("1")], [1_024, false, true]);
});

/** What a reconciliation spares: bytes when little is missing, and doing the same twice. */
import assert from "node:assert/strict";
import type { OutEvent } from "../../src/gossip/mod.ts";
import type { Frame, SyncFrame } from "../../src/wire/frame.ts";
import { respond, type SyncItem } from "../../src/wire/negentropy.ts";
import { ArrayItems, item } from "../wire/sync_items.ts";
import { answer, hello, IN, offer, OUT } from "./fixture.ts";
import { catching, items, S0, sentIn, serving, syncOf } from "./reconcile_fixture.ts";

function answered(held: readonly SyncItem[], sync: SyncFrame): Frame {
  return { ...sync, bytes: respond(new ArrayItems(held), sync, sync.bytes) };
}

function fetchesIn(out: readonly OutEvent[]): number[] {
  return sentIn(out, OUT).flatMap((frame) => frame.kind === "fetch" ? [frame.ids.length] : []);
}

function syncsIn(out: readonly OutEvent[]): SyncFrame[] {
  return sentIn(out, OUT).filter((frame) => frame.kind === "sync");
}

Deno.test("few ids are asked for in lists that fit small records, many in long ones", () => {
  for (
    const [count, lists] of [
      [100, [29, 29, 29, 13]],
      [116, [29, 29, 29, 29]],
      [117, [64, 29, 24]],
      [400, [64, 64, 64, 64]],
    ] as const
  ) {
    const { bench, sync } = catching([]);
    const out = bench.frame(OUT, answered(items(count), sync));
    assert.deepEqual(fetchesIn(out), lists, `${count} missing`);
  }
});

Deno.test("after a day without differences all the rest is asked about at once, by one fingerprint", () => {
  const old = Array.from({ length: 200 }, (_, i) => item(S0 - 864_000 - i * 3_600, 1_000 + i));
  const held = [...old, ...items(50)];
  const { bench, sync } = catching(held);
  const [end, older, ...more] = syncsIn(bench.frame(OUT, answered(held, sync)));
  assert.ok(end && older);
  assert.deepEqual([end.from, end.bytes.length, more], [sync.from, 0, []]);
  assert.deepEqual([older.from, older.to], [S0 - 2_592_000, sync.from]);
  assert.ok(older.bytes.length < 24 && sync.bytes.length > 300);
  // The same there too: that was all.
  const last = sentIn(bench.frame(OUT, answered(held, older)), OUT);
  assert.deepEqual(last.map(({ kind }) => kind), ["sync", "bye"]);
});

Deno.test("where a fingerprint of all the rest differs, the differences are found all the same", () => {
  const old = Array.from({ length: 200 }, (_, i) => item(S0 - 864_000 - i * 3_600, 1_000 + i));
  const { bench, sync } = catching([...old.slice(3), ...items(50)]);
  const theirs = [...old, ...items(50)];
  let out = bench.frame(OUT, answered(theirs, sync));
  let rounds = 1;
  while (fetchesIn(out).length === 0) {
    const next = syncsIn(out).at(-1);
    assert.ok(next);
    out = bench.frame(OUT, answered(theirs, next));
    rounds++;
  }
  assert.deepEqual(fetchesIn(out), [3]);
  assert.ok(rounds <= 4, `${rounds} rounds`);
});

Deno.test("no reconciliation is begun with a peer that is being served one", () => {
  for (const served of [true, false]) {
    const bench = serving(items(3));
    if (served) bench.frame(IN, syncOf(items(5)));
    bench.feed({ kind: "opened", session: OUT });
    bench.frame(OUT, hello(14_677));
    bench.frame(OUT, answer());
    const out = bench.frame(OUT, offer());
    assert.equal(syncsIn(out).length, served ? 0 : 1);
  }
});

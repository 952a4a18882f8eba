/** What the page draws: identicons, lines of numbers, who verifies whom. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { DistantView, HistorySample, TrustView } from "../../src/node/api.ts";
import { History, MAX_SAMPLES } from "../../src/node/history.ts";
import { drawingOf } from "../../src/web/components/identicon.tsx";
import { roundStep } from "../../src/web/components/line_chart.tsx";
import { placesOf } from "../../src/web/components/trust_graph.tsx";
import { rates } from "../../src/web/views/health.tsx";
import { statusView } from "../cli/fakes.ts";

Deno.test("an identity's picture is the same on every machine and in every version", () => {
  assert.deepEqual(
    drawingOf("g17hj6nnyacvzf6rkmd5qdde2qnr9f2gyy9l8vdd0phrnepvp67sfsswfftn"),
    FROZEN,
  );
});

Deno.test("pictures are symmetric, stay in their grid, and differ", () => {
  const seen = new Set<string>();
  for (let n = 0; n < 600; n++) {
    const { hue, path } = drawingOf(`g1${n}`);
    assert.ok(hue >= 0 && hue < 360);
    const cells = new Set<string>();
    for (const [, x, y, width] of path.matchAll(/M(\d) (\d)h(\d)/g)) {
      for (let i = 0; i < Number(width); i++) cells.add(`${Number(x) + i} ${y}`);
    }
    for (const cell of cells) {
      const [x = 0, y = 0] = cell.split(" ").map(Number);
      assert.ok(x < 7 && y < 7 && cells.has(`${6 - x} ${y}`), path);
    }
    seen.add(`${hue}${path}`);
  }
  assert.equal(seen.size, 600);
});

Deno.test("lines across stand at round numbers that reach the highest", () => {
  fc.assert(fc.property(fc.double({ min: 0, max: 1e12, noNaN: true }), (value) => {
    const step = roundStep(value);
    assert.ok(step >= Math.min(1, value) && step >= value * 0.999999);
    assert.match(step.toExponential(0), /^[125]e/);
  }));
});

Deno.test("a day of samples is kept, and counters become rates that never fall below nothing", () => {
  const history = new History();
  const status = statusView({});
  for (let n = 0; n <= MAX_SAMPLES; n++) history.add(n * 60, status);
  assert.deepEqual([history.view().length, history.view()[0]?.at], [MAX_SAMPLES, 60]);
  const sample = (at: number, completed: number): HistorySample => ({
    ...history.view()[0]!,
    at,
    completed,
  });
  const samples = [sample(0, 5), sample(60, 7), sample(180, 8), sample(180, 9), sample(240, 0)];
  assert.deepEqual(rates(samples, ({ completed }) => completed), [
    { at: 60, value: 2 },
    { at: 180, value: 0.5 },
    { at: 240, value: 0 },
  ]);
});

Deno.test("whoever is farther away stands higher, nobody on another, and all of a long list are bounded", () => {
  const someone = (id: string, distance: number): DistantView => ({
    ...{ id, distance, name: id, suspicious: false },
  });
  const by = Array.from({ length: 40 }, (_, n) => someone(`v${n}`, 1));
  const because: TrustView["because"] = [
    { ...someone("far", 2), because: "three verifiers", by },
    { ...someone("v0", 1), because: "own verification", by: [someone("me", 0)] },
  ];
  const places = placesOf(because);
  const [far, near, me] = ["far", "v0", "me"].map((id) => places.get(id)!.y);
  assert.ok(far! < near! && near! < me!);
  const spots = [...places.values()].map(({ x, y }) => `${x} ${y}`);
  assert.equal(new Set(spots).size, spots.length);
  assert.ok(places.size <= 24);
});

const FROZEN = {
  hue: 150,
  path:
    "M1 0h1M5 0h1M0 1h2M5 1h2M0 2h1M3 2h1M6 2h1M1 3h1M5 3h1M0 4h1M3 4h1M6 4h1M1 5h1M3 5h1M5 5h1" +
    "M0 6h1M2 6h3M6 6h1",
};

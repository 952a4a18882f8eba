/** Comparing figures of simulations with those before. The bands themselves: tests/sim/bands_test.ts. */
import assert from "node:assert/strict";
import { TRIALS } from "../../scripts/band_table.ts";
import { compare, table } from "../../scripts/figures.ts";
import kept from "../../scripts/figures.json" with { type: "json" };

function judged(measured: number | undefined, ok = true): Parameters<typeof compare>[1] {
  return [{ figure: "offers", measured, reference: 4.5, accept: [4, 5], ok }];
}

Deno.test("a figure has moved when it differs by over a twentieth of itself or its band", () => {
  const before = { plain: { offers: 4 } };
  const moved = (now: number | undefined): boolean | undefined =>
    compare("plain", judged(now), before)[0]?.moved;
  assert.deepEqual([4, 4.199, 3.801, 4.201, 3.799, undefined].map(moved), [
    ...[false, false, false],
    ...[true, true, true],
  ]);
  const zero = compare("plain", judged(0.049), { plain: { offers: 0 } });
  assert.deepEqual([zero[0]?.moved, compare("plain", judged(9), {})[0]?.moved], [false, false]);
});

Deno.test("the table says which moved and which left their band", () => {
  const before = { plain: { offers: 4 } };
  const rows = [
    ...compare("plain", judged(5), before),
    ...compare("new", judged(9, false), before),
  ];
  assert.deepEqual(table(rows).split("\n").slice(2), [
    "| plain | offers | 4 | 5 | 4 to 5 | **moved** |",
    "| new | offers | none | 9 | 4 to 5 | **outside** |",
    "",
  ]);
});

Deno.test("all short simulations have figures to compare with, and no others", () => {
  const quick = TRIALS.filter((trial) => trial.quick).map(({ name }) => name);
  assert.deepEqual(Object.keys(kept).sort(), quick.sort());
});

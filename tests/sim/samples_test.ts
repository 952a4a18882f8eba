import assert from "node:assert/strict";
import { Samples } from "../../src/sim/mod.ts";

Deno.test("quantiles are values that were measured; of nothing there are none", () => {
  const samples = new Samples();
  assert.equal(samples.mean, undefined);
  assert.equal(samples.quantile(0.5), undefined);
  for (let i = 2_000; i >= 1; i--) samples.add(i);
  assert.equal(samples.mean, 1000.5);
  assert.equal(samples.quantile(0.5), 1_000);
  assert.equal(samples.quantile(0.999), 1_998);
  assert.equal(samples.quantile(1), 2_000);
  samples.add(0);
  assert.equal(samples.quantile(0), 0);
  assert.equal(samples.size, 2_001);
});

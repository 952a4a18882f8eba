/** Noticing that the machine slept, with clocks made by the test. */
import assert from "node:assert/strict";
import { WakeWatch } from "../../src/node/wake_watch.ts";

/** A watch over two clocks; `look` lets time pass on each and has the watch look. */
function watching(): { look: (wallMs: number, countMs: number) => number; stop: () => boolean } {
  let [wall, count, woken, stopped] = [1_000_000, 50, 0, false];
  let looks = (): void => {};
  const watch = new WakeWatch({
    clocks: [() => wall, () => count],
    every: (_, f) => {
      looks = f;
      return () => stopped = true;
    },
    woke: () => woken++,
  });
  return {
    look: (wallMs, countMs) => {
      wall += wallMs;
      count += countMs;
      looks();
      return woken;
    },
    stop: () => {
      watch.stop();
      return stopped;
    },
  };
}

Deno.test("sleep shows on the clock that went on, once", () => {
  const { look } = watching();
  assert.equal(look(5_000, 5_000), 0);
  // The count since start stood still, the time went on.
  assert.equal(look(3_600_000, 5_000), 1);
  assert.equal(look(5_000, 5_000), 1);
  // The other way round: the clock was set back while it slept.
  assert.equal(look(-60_000, 3_600_000), 2);
  assert.equal(look(5_000, 5_000), 2);
});

Deno.test("a look that comes half a minute late is work, not sleep; a clock set back is neither", () => {
  const { look, stop } = watching();
  assert.equal(look(35_000, 35_000), 0);
  assert.equal(look(35_001, 35_000), 1);
  assert.equal(look(-86_400_000, 5_000), 1);
  assert.equal(stop(), true);
});

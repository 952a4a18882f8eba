import assert from "node:assert/strict";
import fc from "fast-check";
import { EventHeap } from "../../src/sim/mod.ts";

Deno.test("things happen by time, those of one time in the order they came in", () => {
  fc.assert(fc.property(
    // Undefined takes one out.
    fc.array(fc.option(fc.integer({ min: 0, max: 9 }), { nil: undefined })),
    (steps) => {
      const heap = new EventHeap<number>();
      const control: { at: number; what: number }[] = [];
      steps.forEach((at, what) => {
        if (at !== undefined) {
          heap.push(at, what);
          control.push({ at, what });
          return;
        }
        control.sort((a, b) => a.at - b.at || a.what - b.what);
        assert.equal(heap.next(), control[0]?.at);
        const next = control.shift();
        if (next === undefined) assert.throws(() => heap.pop(), RangeError);
        else assert.equal(heap.pop(), next.what);
        assert.equal(heap.size, control.length);
      });
    },
  ));
});

import assert from "node:assert/strict";
import { announcementOf, instanceOf, portRequestOf } from "../../src/wire/announcement.ts";

const GOOD = { tcpPort: 14_677, instance: new Uint8Array(8).fill(0xab), tag: new Uint8Array(8) };

Deno.test("an announcement says no more than a beacon", () => {
  assert.deepEqual({ ...announcementOf(GOOD) }, {
    name: "abababababababab",
    target: "abababababababab.local",
    tcpPort: 14_677,
    tag: "0000000000000000",
  });
});

Deno.test("announcementOf takes nothing that no beacon has", () => {
  for (
    const bad of [{ tcpPort: 0 }, { tcpPort: 65_536 }, { instance: new Uint8Array(7) }, {
      tag: new Uint8Array(9),
    }]
  ) {
    assert.throws(() => announcementOf({ ...GOOD, ...bad }), RangeError);
  }
});

Deno.test("only a name that a node gives itself stands for an instance", () => {
  assert.deepEqual(instanceOf("abababababababab"), GOOD.instance);
  for (
    const name of ["", "ABABABABABABABAB", "abababababababa", "Ada's laptop", "zzzzzzzzzzzzzzzz"]
  ) {
    assert.equal(instanceOf(name), undefined, name);
  }
});

Deno.test("a router is told the port and what for, and nothing else", () => {
  assert.deepEqual({ ...portRequestOf(14_677) }, { mappedPort: 14_677, purpose: "Gossamer" });
  for (const port of [0, 65_536]) assert.throws(() => portRequestOf(port), RangeError);
});

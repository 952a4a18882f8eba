import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { toJsonLine } from "../../src/cli/json.ts";

Deno.test("toJsonLine is compact and escapes what a terminal might obey", () => {
  equal(toJsonLine({ a: [1, null], b: "é日" }), '{"a":[1,null],"b":"é日"}');
  equal(
    toJsonLine("\x1b\n\x7f\x9b\u2028\u2029\u202e\u2066\u200b\u{e0041}"),
    '"\\u001b\\n\\u007f\\u009b\\u2028\\u2029\\u202e\\u2066\\u200b\\udb40\\udc41"',
  );
});

Deno.test("property: one line, no control, and the value comes back", () => {
  fc.assert(fc.property(fc.array(fc.string({ unit: "binary" })), (value) => {
    const line = toJsonLine(value);
    ok(!/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(line));
    deepEqual(JSON.parse(line), value);
  }));
});

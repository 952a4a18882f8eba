import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { toJsonLine } from "../../src/cli/json.ts";

Deno.test("toJsonLine is compact and escapes what a terminal might obey", () => {
  equal(toJsonLine({ a: [1, null], b: "é日" }), '{"a":[1,null],"b":"é日"}');
  equal(
    toJsonLine("\x1b\n\x7f\x9b\u2028\u2029\u202e\u2066\u200b\u{e0041}"),
    '"\\u001b\\n\\u007f\\u009b\\u2028\\u2029\\u202e\\u2066\\u200b\\udb40\\udc41"',
  );
  equal(toJsonLine("\u034f\u3164\ue000\ufe0f\u0301"), '"\\u034f\\u3164\\ue000\\ufe0f\u0301"');
  equal(toJsonLine("\u0301"), '"\\u0301"');
  const flood = "\u0335".repeat(1_000);
  equal(toJsonLine(`a${flood}`), `"a${"\u0335".repeat(4)}${"\\u0335".repeat(996)}"`);
});

Deno.test("property: one line, no control, and the value comes back", () => {
  fc.assert(fc.property(fc.array(fc.string({ unit: "binary" })), (value) => {
    const line = toJsonLine(value);
    ok(!/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Default_Ignorable_Code_Point}]/u.test(line));
    ok(!/\p{M}{5}|"\p{M}/u.test(line));
    deepEqual(JSON.parse(line), value);
  }));
});

import assert from "node:assert/strict";
import { NATIVE_LIBRARIES } from "../../src/keystore/protect.ts";
import { ENVIRONMENT, PRIVILEGES, privileges, PROGRAMS, SHED } from "../../src/node/privileges.ts";

Deno.test("what status asks the runtime for is all that deno.json ever grants singly", async () => {
  const config = JSON.parse(
    await Deno.readTextFile(new URL("../../deno.json", import.meta.url)),
  ).permissions.default;
  assert.deepEqual(ENVIRONMENT, config.env.allow);
  for (const program of Array.isArray(config.run) ? config.run : []) {
    assert.ok(PROGRAMS.includes(program), program);
  }
  for (const path of NATIVE_LIBRARIES) assert.ok(config.ffi.includes(path), path);
  assert.deepEqual(Object.keys(config).sort(), [...PRIVILEGES].sort());
});

Deno.test("privileges tells of every kind, and a node gives up all but the network", () => {
  assert.deepEqual(Object.keys(privileges()), PRIVILEGES);
  assert.equal(privileges().read, "granted", "tests may read");
  assert.deepEqual(PRIVILEGES.filter((name) => !SHED.includes(name)), ["net", "sys"]);
});

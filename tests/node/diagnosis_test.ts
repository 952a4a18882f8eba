/** What `doctor` is told without a running node. */
import assert from "node:assert/strict";
import { VERSION } from "../../src/node/version.ts";
import { testOwner } from "./owner_helpers.ts";

Deno.test("without a node its part is missing, and the clock is nobody's but one's own", async () => {
  const owner = await testOwner();
  assert.deepEqual(await owner.service.call("diagnosis", {}), {
    ...{ version: VERSION, node: null, diskFull: false, damaged: 0 },
    clock: { standing: "own", groups: 0, ahead: 0 },
  });
  const { ways } = await owner.service.call("status", {});
  assert.ok(Object.values({ ...ways.dialled, ...ways.cameIn }).every((count) => count === 0));
  await owner.close();
});

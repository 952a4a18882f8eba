/** An evening of four people and a newcomer on three nodes, and that README shows what it looks like. */
import assert from "node:assert/strict";
import { withRecording } from "../../scripts/evening.ts";
import { playEvening } from "./harness/evening.ts";
import { ROOT } from "./harness/process.ts";
import { Stage } from "./harness/stage.ts";

Deno.test("an evening, from the first post to an heir, reads as README shows it", async () => {
  await using stage = new Stage();
  await playEvening(stage);
  const page = await Deno.readTextFile(`${ROOT}README.md`);
  assert.equal(
    page,
    withRecording(page, stage.recording),
    "Run: deno run -P=test scripts/evening.ts --write",
  );
});

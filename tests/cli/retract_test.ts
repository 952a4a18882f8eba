import { deepEqual, equal, match } from "node:assert/strict";
import { UserError } from "../../src/node/user_error.ts";
import { runIn } from "./fakes.ts";

const ID = "aa".repeat(32);
const RETRACTION = "bb".repeat(32);

Deno.test("retract says what it did, and before that what it can't do", async () => {
  const answers = { retract: () => ({ id: RETRACTION, retracted: ID, waiting: false }) };
  const json = await runIn({ answers }, "retract", "aaaa", "--json");
  deepEqual(json.calls[0], ["retract", { id: "aaaa" }]);
  deepEqual(JSON.parse(json.stdout), { id: RETRACTION, retracted: ID });
  const person = await runIn({ answers, terminal: true }, "retract", "aaaa");
  match(person.stdout, /Taking back aaaa.* by bbbb/);
  match(person.stderr, /may keep it.*for ever/s);
  const waiting = { retract: () => ({ id: RETRACTION, retracted: ID, waiting: true }) };
  match((await runIn({ answers: waiting }, "retract", "aaaa")).stderr, /No node is running/);
});

Deno.test("retract says when nobody has seen it, and fails as the node does", async () => {
  const answers = { retract: () => ({ id: null, retracted: ID, waiting: false }) };
  const never = await runIn({ answers }, "retract", "aaaa", "--json");
  deepEqual(JSON.parse(never.stdout), { id: null, retracted: ID });
  match((await runIn({ answers }, "retract", "aaaa")).stdout, /nobody has seen it/);
  const failing = (code: "failed" | "refused" | "locked"): Promise<{ code: number }> =>
    runIn(
      {
        answers: {
          retract: () => {
            throw new UserError(code, "no");
          },
        },
      },
      "retract",
      "aaaa",
    );
  equal((await failing("failed")).code, 1);
  equal((await failing("refused")).code, 5);
  equal((await failing("locked")).code, 3);
});

/** Taking back in the page. */
import assert from "node:assert/strict";
import type { Api } from "../../src/node/api.ts";
import { UserError } from "../../src/node/user_error.ts";
import { postView, Visit } from "./visit.ts";

const ID = "ab".repeat(32);

function visitWith(result: Partial<Api["retract"]["result"]>, kind = "status"): Visit {
  return new Visit({
    show: ({ id }) => ({ ...postView({ id, text: "I was wrong" }), kind }),
    retract: () => ({ id: "cd".repeat(32), retracted: ID, waiting: false, ...result }),
  });
}

/** The page that asks whether it is meant. */
async function ask(visit: Visit): Promise<string> {
  const response = await visit.post("/retract", { id: ID });
  assert.equal(response.status, 200);
  return await response.text();
}

Deno.test("before taking back it is shown what, and said what that can't do", async () => {
  const visit = visitWith({});
  const page = await ask(visit);
  assert.match(page, /I was wrong/);
  assert.match(page, /everybody can see for ever that this identity took something back/);
  assert.ok(!page.includes("within a day"));
  assert.match(await ask(visitWith({}, "private")), /within a day/);
  assert.match(await ask(visitWith({}, "profile")), /of the kind “profile”/);
  assert.deepEqual(visit.calls.map(({ method }) => method), ["show"]);
});

Deno.test("what became of it is said, and a reload doesn't do it again", async () => {
  const cases: [Partial<Api["retract"]["result"]>, string, RegExp][] = [
    [{}, "sent", /goes out as a post does/],
    [{ id: null }, "unsent", /nobody has seen it/],
    [{ id: null, due: 1 }, "later", /within a day/],
  ];
  for (const [result, outcome, words] of cases) {
    const visit = visitWith(result);
    const response = await visit.post("/retract/sure", { id: ID });
    assert.equal(response.status, 303);
    assert.equal(response.headers.get("location"), `/taken-back/${outcome}`);
    assert.match(await visit.page(`/taken-back/${outcome}`), words);
    assert.deepEqual(visit.calls, [{ method: "retract", params: { id: ID } }]);
  }
  assert.equal((await visitWith({}).get("/taken-back/x")).status, 400);
});

Deno.test("what isn't one's own is refused in the node's words", async () => {
  const visit = new Visit({
    retract: () => {
      throw new UserError("refused", "That message is not yours.");
    },
  });
  const response = await visit.post("/retract/sure", { id: ID });
  assert.equal(response.status, 400);
  assert.match(await response.text(), /role="alert"><p>That message is not yours\./);
});

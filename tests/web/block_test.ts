/** Blocks by the page: who and why, what a block would meet, what stays hidden. */
import assert from "node:assert/strict";
import type { Api } from "../../src/node/api.ts";
import { UserError } from "../../src/node/user_error.ts";
import { alone, ME, OTHER, profileView, THIRD } from "./people.ts";
import { postView, Visit } from "./visit.ts";

type Met = Api["block"]["result"];

function met(part: Partial<Met> = {}): Met {
  return {
    blocked: [{ id: OTHER, name: "Bob", suspicious: false, because: "user" }],
    already: 0,
    own: [],
    followed: [],
    room: 10,
    ...part,
  };
}

/** Those calls that changed something. */
function changes(visit: Visit): unknown[] {
  return visit.asked("block")
    .filter((params) => !JSON.stringify(params).includes('"check":true'));
}

Deno.test("blocked ones are listed with their reasons as names", async () => {
  const [ann, cyd] = ["g1b".padEnd(60, "q"), "g1c".padEnd(60, "q")];
  const visit = new Visit(alone({
    blocked: () => [
      { id: OTHER, name: "Bob", suspicious: false, because: "user", since: 1_800_000_000 },
      { id: THIRD, name: "Eve", suspicious: false, because: [OTHER, ann, cyd], since: null },
    ],
    block: () =>
      met({
        blocked: [
          { id: OTHER, name: "Bob", suspicious: false, because: "user" },
          { id: ann, name: "Ann", suspicious: true, because: "user" },
        ],
      }),
  }));
  const page = await visit.page("/blocks");
  assert.match(page, /Blocked by you/);
  assert.match(page, /since 3 that are blocked verify it:.*<bdi>Bob<\/bdi>.*<bdi>g1bq{9}…<\/bdi>/s);
  assert.doesNotMatch(page, /Ann/, "a borrowed name is no name");
  assert.equal(page.split('action="/unblock"').length, 2, "only what was blocked by hand");
});

Deno.test("many blocks come page by page", async () => {
  const all = Array.from({ length: 101 }, (_, i) => ({
    ...{ id: `g1${i}`, name: `N${i}.`, suspicious: false, because: "user" as const, since: 1 },
  }));
  const visit = new Visit(alone({ blocked: () => all }));
  const page = await visit.page("/blocks");
  assert.ok(page.includes("N99.") && !page.includes("N100."));
  assert.ok(page.includes(`href="?after=${visit.veil.hide("g199")}"`));
  await visit.page(`/blocks?after=${visit.veil.hide("g199")}`);
  assert.deepEqual(visit.asked("blocked").at(-1), {
    limit: 101,
    after: "g199",
  });
});

Deno.test("what a block would mean is shown first, and nothing is changed by that", async () => {
  const visit = new Visit(alone({ block: () => met({ already: 1 }) }));
  for (
    const page of [
      await (await visit.post("/block", { ids: OTHER })).text(),
      await (await visit.post("/block", { ids: `${OTHER},\n${THIRD} ${OTHER}` })).text(),
    ]
  ) {
    assert.match(page, /name="sure" value="1"/);
    assert.match(page, /1 of them you had blocked before/);
  }
  assert.deepEqual(visit.calls.at(-1)?.params, { ids: [OTHER, THIRD], check: true });
  assert.deepEqual(changes(visit), []);
});

Deno.test("who is followed is blocked only if one agrees to follow them no more", async () => {
  const visit = new Visit(alone({ block: () => met({ followed: [OTHER] }) }));
  const page = await (await visit.post("/block", { ids: OTHER })).text();
  assert.match(page, /name="unfollow" value="1" required/);
  assert.match(page, /You follow Bob/);
  await visit.post("/block", { ids: OTHER, sure: "1" });
  await visit.post("/block", { ids: OTHER, sure: "1", unfollow: "1" });
  assert.deepEqual(changes(visit), [
    { ids: [OTHER], unfollow: false },
    { ids: [OTHER], unfollow: true },
  ]);
});

Deno.test("oneself, too many and nobody can't be blocked", async () => {
  for (
    const [part, says] of [
      [{ own: [ME] }, /your own identity/],
      [{ room: -2 }, /2 too many/],
    ] as const
  ) {
    const page = await (await new Visit(alone({ block: () => met(part) }))
      .post("/block", { ids: OTHER })).text();
    assert.match(page, says);
    assert.doesNotMatch(page, /name="sure"/);
  }
  const visit = new Visit(alone());
  const response = await visit.post("/block", { ids: " , ", sure: "1" });
  assert.equal(response.status, 400);
  assert.match(await response.text(), /role="alert"/);
});

Deno.test("a block that is refused says why, and one that is done leads to the list", async () => {
  let refuse = true;
  const visit = new Visit(alone({
    block: ({ check }) => {
      if (!check && refuse) throw new UserError("refused", "Too late.");
      return met(refuse ? {} : { already: 1 });
    },
    blocked: () => [],
  }));
  const refused = await visit.post("/block", { ids: OTHER, sure: "1" });
  assert.equal(refused.status, 400);
  assert.match(await refused.text(), /role="alert"><p>Too late\./);
  refuse = false;
  const done = await visit.post("/block", { ids: OTHER, sure: "1" });
  const to = done.headers.get("location") ?? "";
  assert.ok(!to.includes(OTHER), "browsers keep addresses");
  const asked = visit.asked("block").length;
  assert.match(await visit.page(to), /role="status"><p>Blocked: Bob/);
  const looked = visit.asked("block").slice(asked);
  assert.deepEqual(looked, [{ ids: [OTHER], check: true }], "looking blocks nobody");
});

Deno.test("who stays hidden after an unblock is said with whose doing it is", async () => {
  const because = [THIRD, "g1b".padEnd(60, "q"), "g1c".padEnd(60, "q")];
  const visit = new Visit(alone({
    unblock: () => ({ id: OTHER, name: "Bob", suspicious: false, because }),
    "profile-show": () => profileView(),
    block: ({ ids }) =>
      met({
        blocked: ids.map((id) => ({
          id,
          name: id === OTHER ? "Bob" : "Troll",
          suspicious: false,
          because: id === OTHER ? because : "user",
        })),
      }),
  }));
  const to = (await visit.post("/unblock", { id: OTHER })).headers.get("location") ?? "";
  const page = await visit.page(to);
  assert.match(page, /Not blocked by you any more, but it stays hidden/);
  assert.match(page, /since 3 that are blocked verify it:.*<bdi>Troll<\/bdi>/s);
  assert.match(page, /What they said is hidden/);
});

Deno.test("what blocks hide is shown newest first, page by page", async () => {
  const all = Array.from(
    { length: 51 },
    (_, i) => postView({ id: i.toString(16).padStart(64, "0"), text: `Post ${i}.` }),
  );
  const visit = new Visit(alone({ "blocked-hidden": () => all }));
  const page = await visit.page("/blocks/hidden");
  assert.ok(page.indexOf("Post 0.") < page.indexOf("Post 49."));
  assert.ok(!page.includes("Post 50."));
  assert.ok(page.includes(`href="?before=${visit.veil.hide(all[49]?.id ?? "")}"`));
});

/** Search and mentions by the page. */
import assert from "node:assert/strict";
import { UserError } from "../../src/node/user_error.ts";
import { alone } from "./people.ts";
import { inTheClear, postView, Visit } from "./visit.ts";

function post(n: number): ReturnType<typeof postView> {
  return postView({ id: n.toString(16).padStart(64, "0"), text: `Post ${n}.` });
}

Deno.test("a search goes on through pages that hold nothing, and says where to go on", async () => {
  const pages = [
    { found: [], next: "9:aa" },
    { found: [post(2)], next: "8:bb" },
    { found: [post(1)], next: null },
  ];
  const visit = new Visit(
    alone({ "search-page": () => pages.shift() ?? { found: [], next: null } }),
  );
  const page = await visit.page("/search?q=post+%26");
  assert.ok(page.indexOf("Post 2.") < page.indexOf("Post 1."));
  assert.doesNotMatch(page, /rel="next"/);
  assert.match(page, /name="q" value="post &amp;"/);
  const asked = visit.calls.filter(({ method }) => method === "search-page");
  assert.deepEqual(asked.map(({ params }) => params), [
    { words: ["post &"], limit: 50 },
    { words: ["post &"], limit: 50, before: "9:aa" },
    { words: ["post &"], limit: 49, before: "8:bb" },
  ]);
});

Deno.test("a search of much ends after some pages and can be gone on with", async () => {
  const visit = new Visit(alone({ "search-page": () => ({ found: [], next: "7:cc" }) }));
  const page = await visit.page("/search?q=rare");
  assert.match(page, /Nothing so far/);
  assert.equal(visit.asked("search-page").length, 10);
  const { veil } = visit;
  const older = `/search?q=${veil.hide("rare")}&before=${veil.hide("7:cc")}`;
  assert.ok(page.includes(`href="${older.replace("&", "&amp;")}"`));
  await visit.page(older);
  assert.deepEqual(visit.asked("search-page")[10], { words: ["rare"], limit: 50, before: "7:cc" });
});

Deno.test("words that are typed lead to an address that doesn't hold them", async () => {
  const visit = new Visit(alone({ "search-page": () => ({ found: [], next: null }) }));
  const to = async (q: string): Promise<string> =>
    (await visit.post("/search", { q })).headers.get("location") ?? "";
  const found = await to(" v-moon & base ");
  assert.equal(inTheClear(found), "/search?q=");
  await visit.page(found);
  assert.deepEqual(visit.asked("search-page"), [{ words: ["v-moon & base"], limit: 50 }]);
  assert.equal(await to("  "), "/search");
});

Deno.test("a search for nothing only shows the form, and one that is refused says why", async () => {
  const visit = new Visit(alone({
    "search-page": () => {
      throw new UserError("usage", "Not a place in a search");
    },
  }));
  assert.doesNotMatch(await visit.page("/search"), /Found/);
  assert.doesNotMatch(await visit.page("/search?q=+"), /Found/);
  const refused = await visit.get("/search?q=a&before=x");
  assert.equal(refused.status, 400);
  assert.match(await refused.text(), /role="alert"><p>Not a place/);
});

Deno.test("where no keys are open a search says that blocked ones are shown, too", async () => {
  const visit = new Visit({ "search-page": () => ({ found: [], next: null }) });
  const page = await visit.page("/search?q=a");
  assert.match(page, /whom you block/);
  assert.match(page, /Nothing here holds all of these words/);
});

Deno.test("mentions by strangers are apart and counted", async () => {
  const all = Array.from({ length: 51 }, (_, n) => post(n));
  const visit = new Visit(alone({
    mentions: ({ requests }) => ({ messages: requests ? [] : all, requests: 100 }),
  }));
  const page = await visit.page("/mentions");
  assert.match(page, /Others \(100 or more\)/);
  assert.ok(page.indexOf("Post 50.") < page.indexOf("Post 1."));
  assert.ok(page.includes(`href="?before=${visit.veil.hide(post(1).id)}"`));
  assert.match(await visit.page("/mentions?requests=1"), /No strangers speak to you/);
  await visit.page(`/mentions?requests=1&before=${post(1).id}`);
  assert.deepEqual(visit.asked("mentions").at(-1), {
    limit: 51,
    requests: true,
    before: post(1).id,
  });
});

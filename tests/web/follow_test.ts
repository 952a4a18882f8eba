/** Following, petnames and successors by the page. */
import assert from "node:assert/strict";
import { UserError } from "../../src/node/user_error.ts";
import { alone, followView, OTHER, THIRD } from "./people.ts";
import { Visit } from "./visit.ts";

Deno.test("everybody who is followed is listed, under the owner's name, and what they claim beside it", async () => {
  const visit = new Visit(alone({
    following: () => [
      followView({ name: "Bob from work", petname: "Bob from work", claimed: "Bobby" }),
      followView({ id: THIRD, name: "Bob", claimed: "Bob", suspicious: true }),
    ],
  }));
  const page = await visit.page("/following");
  assert.match(page, /You follow 2/);
  assert.match(page, /<bdi class="name">Bob from work<\/bdi>.*calls itself <bdi>Bobby<\/bdi>/s);
  assert.match(page, /not the one you know by this name/);
});

Deno.test("a form follows an identity with a name, and the list says so", async () => {
  const visit = new Visit(alone({
    follow: () => [followView({ petname: "Bob", name: "Bob" })],
    following: () => [followView({ petname: "Bob", name: "Bob" })],
  }));
  const response = await visit.post("/follow", { target: ` ${OTHER}\n`, name: "Bob" });
  assert.equal(response.status, 303);
  assert.deepEqual(visit.asked("follow"), [{ target: OTHER, name: "Bob" }]);
  const to = response.headers.get("location") ?? "";
  assert.ok(!to.includes(OTHER), "browsers keep addresses");
  assert.match(await visit.page(to), /Now following: Bob/);
});

Deno.test("a locator is followed without a name, with its starter list only where asked for", async () => {
  const visit = new Visit(alone({ follow: () => [followView(), followView({ id: THIRD })] }));
  await visit.post("/follow", { target: "g:?i=g1…", name: "" });
  await visit.post("/follow", { target: "g:?i=g1…", name: "", starters: "1" });
  assert.deepEqual(visit.asked("follow"), [
    { target: "g:?i=g1…" },
    { target: "g:?i=g1…", starters: true },
  ]);
});

Deno.test("an empty name takes a petname away where it is changed", async () => {
  const visit = new Visit(alone({ follow: () => [followView()] }));
  const response = await visit.post("/follow", {
    target: OTHER,
    name: "",
    rename: "1",
    page: "3",
  });
  assert.deepEqual(visit.asked("follow"), [{ target: OTHER, name: "" }]);
  assert.equal(response.headers.get("location"), "/following?page=3");
});

Deno.test("what is refused comes back in the form, with why", async () => {
  const visit = new Visit(alone({
    follow: () => {
      throw new UserError("refused", "You block that one.");
    },
  }));
  const response = await visit.post("/follow", { target: "g1<b>", name: "A & B" });
  assert.equal(response.status, 400);
  const page = await response.text();
  assert.match(page, /role="alert"><p>You block that one\./);
  assert.ok(page.includes("g1&lt;b&gt;</textarea>"));
  assert.ok(page.includes('value="A &amp; B"'));
});

Deno.test("who was revoked leads to the successor, to be followed only where it is surely the same", async () => {
  const revoked = { issued: 1_800_000_000, successor: THIRD, fits: true };
  const visit = new Visit(alone({
    following: () => [followView({ revoked })],
    follow: () => [followView({ id: THIRD })],
  }));
  assert.match(await visit.page("/following"), /Follow the successor/);
  await visit.post("/follow", { target: OTHER, successor: "1", name: "ignored" });
  assert.deepEqual(visit.asked("follow"), [{ target: OTHER, successor: true }]);

  const claimed = new Visit(alone({
    following: () => [followView({ revoked: { ...revoked, fits: false } })],
  }));
  const page = await claimed.page("/following");
  assert.doesNotMatch(page, /Follow the successor/);
  assert.match(page, /claims that this one goes on for it/);
  assert.ok(page.includes(`href="/person/${claimed.veil.hide(THIRD)}"`));
});

Deno.test("unfollowing leads back to where it was done, and never off the page", async () => {
  const visit = new Visit(alone({ unfollow: () => followView() }));
  const at = async (from: string): Promise<string | null> =>
    (await visit.post("/unfollow", { id: OTHER, from })).headers.get("location");
  assert.equal(await at(""), "/following");
  assert.equal(await at("person"), `/person/${visit.veil.hide(OTHER)}`);
  assert.equal(await at("//evil.example"), "/following");
});

Deno.test("a long list comes in pages", async () => {
  const all = Array.from({ length: 250 }, (_, i) => followView({ id: `g1${i}`, name: `N${i}.` }));
  const visit = new Visit(alone({ following: () => all }));
  const second = await visit.page("/following?page=2");
  assert.ok(second.includes("N100.") && second.includes("N199."));
  assert.ok(!second.includes("N99.") && !second.includes("N200."));
  assert.match(second, /Page 2 of 3/);
  for (const odd of ["0", "-1", "x", "1e9"]) {
    assert.ok((await visit.page(`/following?page=${odd}`)).includes("N0."), odd);
  }
});

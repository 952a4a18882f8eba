/** Somebody's page and one's own profile. */
import assert from "node:assert/strict";
import { UserError } from "../../src/node/user_error.ts";
import {
  alone,
  followView,
  identityView,
  ME,
  OTHER,
  profileView,
  THIRD,
  trustView,
} from "./people.ts";
import { postView, Visit } from "./visit.ts";

Deno.test("a person's page has their words, the whole identity, who they are to the owner, and their posts", async () => {
  const visit = new Visit(alone({
    "profile-show": () => profileView({ verified: true, distance: 2 }),
    trust: () => trustView({ name: "Bob from work", verified: true, distance: 2 }),
    following: () => [followView({ petname: "Bob from work", name: "Bob from work" })],
    block: () => ({
      blocked: [{ id: OTHER, name: "Bob from work", suspicious: false, because: "user" }],
      already: 0,
      own: [],
      followed: [OTHER],
      room: 1,
    }),
    timeline: () => [postView({ author: OTHER, text: "By Bob." })],
  }));
  const page = await visit.page(`/person/${OTHER}`);
  assert.match(page, /<h1>Bob from work<\/h1>/);
  assert.doesNotMatch(
    /<title>(.*?)<\/title>/.exec(page)?.[1] ?? "Bob",
    /Bob/,
    "browsers keep titles",
  );
  assert.ok(page.includes(`<code class="whole">${OTHER}</code>`));
  assert.match(page, /Calls itself<\/dt><dd><bdi>Bob<\/bdi>/);
  assert.match(page, /yes, at distance 2/);
  assert.match(page, /By Bob\./);
  assert.ok(page.includes(`href="/trust/${visit.veil.hide(OTHER)}"`));
  assert.ok(page.includes(`href="/messages/${visit.veil.hide(OTHER)}"`));
  for (const to of ["/verify", "/block"]) assert.ok(page.includes(`formaction="${to}"`), to);
  assert.match(page, /action="\/unfollow"/);
  assert.deepEqual(visit.asked("timeline"), [{ limit: 51, all: true, author: OTHER }]);
});

Deno.test("a page of somebody is there while the keys are locked, without a word of the owner", async () => {
  const visit = new Visit({
    "profile-show": () => profileView(),
    timeline: () => [postView()],
  });
  const page = await visit.page(`/person/${OTHER}`);
  assert.match(page, /<h1>Bob<\/h1>/);
  assert.match(page, /keys are locked/);
  assert.doesNotMatch(page, /action="\/(?:follow|unfollow|unblock)"/);
});

Deno.test("a borrowed name is said to be one, and a revoked key too", async () => {
  const revoked = { issued: 1_800_000_000, successor: null, fits: false };
  const page = await new Visit(alone({
    "profile-show": () => profileView({ revoked }),
    trust: () => trustView({ suspicious: true, revoked }),
  })).page(`/person/${OTHER}`);
  assert.match(page, /role="alert"><p>This name looks like that of somebody else/);
  assert.match(page, /Revoked <time.*names nobody who goes on/s);
});

Deno.test("one's own page leads to the form, which says what becomes public", async () => {
  const visit = new Visit(alone({ "profile-show": () => profileView({ id: ME, name: "Ann" }) }));
  const page = await visit.page(`/person/${ME}`);
  assert.ok(page.includes(`formaction="/profile/edit/whose" name="as" value="${ME}"`));
  assert.doesNotMatch(page, /action="\/follow"/);
  const form = await visit.page("/profile/edit");
  assert.match(form, /A profile is public/);
  assert.match(form, /name="name" value="Ann"/);
});

Deno.test("only what was changed is said in public", async () => {
  const visit = new Visit(alone({
    "profile-show": () => profileView({ id: ME, name: "Ann", bio: "Weaves.", link: "" }),
    "profile-set": () => profileView({ id: ME }),
  }));
  const before = { as: ME, name: "Ann", bio: "Weaves.", link: "" };
  const to = (await visit.post("/profile/edit", before)).headers.get("location") ?? "";
  assert.equal(to, `/person/${visit.veil.hide(ME)}`, "it must not tell whose this browser is");
  assert.deepEqual(visit.asked("profile-set"), []);
  await visit.post("/profile/edit", { ...before, bio: "" });
  assert.deepEqual(visit.asked("profile-set"), [{ as: ME, bio: "" }]);
});

Deno.test("of several identities the one is chosen whose profile it is", async () => {
  const visit = new Visit(alone({
    identities: () => [identityView(), identityView({ id: THIRD, name: "work" })],
    "profile-set": () => {
      throw new UserError("refused", "A name has at most 40 characters.");
    },
  }));
  const page = await visit.page("/profile/edit");
  assert.equal(page.split('type="radio"').length, 3);
  assert.doesNotMatch(page, /checked/);
  const chosen = await (await visit.post("/profile/edit/whose", { as: THIRD })).text();
  assert.ok(chosen.includes(`type="hidden" name="as" value="${THIRD}"`));
  const refused = await visit.post("/profile/edit", { as: THIRD, name: "x", bio: "", link: "" });
  assert.equal(refused.status, 400);
  const back = await refused.text();
  assert.match(back, /role="alert"><p>A name has at most 40/);
  assert.match(back, /name="name" value="x"/);
  const nobody = await visit.post("/profile/edit", { as: OTHER, name: "x" });
  assert.equal(nobody.status, 400);
});

Deno.test("each own identity verifies by itself, and takes back what it said", async () => {
  const own = [identityView(), identityView({ id: THIRD, name: "work" })];
  const shown = async (verifiedBy: string[], identities = own): Promise<[boolean, boolean]> => {
    const visit = new Visit(alone({
      identities: () => identities,
      trust: () => trustView({ verifiedBy: [OTHER, ...verifiedBy] }),
    }));
    const page = await visit.page(`/person/${OTHER}`);
    // Whom a form for it lets choose is whom it is for.
    const chosen = async (field: string): Promise<string[]> => {
      const form = await (await visit.post("/verify", { [field]: OTHER })).text();
      return [...form.matchAll(/name="as" value="([^"]+)"/g)].map(([, id = ""]) => id);
    };
    const [verify, undo] = [/name="id"[^>]*>Verify/, /name="undo"/].map((one) => one.test(page));
    if (verify) {
      const silent = identities.filter(({ id }) => !verifiedBy.includes(id));
      assert.deepEqual(await chosen("id"), silent.map(({ id }) => id));
    }
    if (undo) assert.deepEqual(await chosen("undo"), verifiedBy);
    return [verify === true, undo === true];
  };
  assert.deepEqual(await shown([]), [true, false]);
  assert.deepEqual(await shown([THIRD]), [true, true]);
  assert.deepEqual(await shown([ME, THIRD]), [false, true]);
  assert.deepEqual(await shown([ME], [identityView()]), [false, true]);
  const ended = { issued: 1, successor: null, fits: false };
  const revoked = alone({ trust: () => trustView({ verifiedBy: [ME], revoked: ended }) });
  const page = await new Visit({ ...revoked, identities: () => own }).page(`/person/${OTHER}`);
  assert.doesNotMatch(page, /name="id"[^>]*>Verify/, "the node would refuse it");
  assert.match(page, /name="undo"/);
});

Deno.test("verifying says first that it is for ever, and by whom", async () => {
  const stated = {
    id: OTHER,
    name: "Bob",
    by: ME,
    issued: 1,
    message: "ab".repeat(32),
    waiting: false,
  };
  const visit = new Visit(alone({
    identities: () => [identityView(), identityView({ id: THIRD, name: "work" })],
    verify: () => stated,
    unverify: () => stated,
  }));
  const page = await (await visit.post("/verify", { id: OTHER })).text();
  assert.match(page, /in public, for ever/);
  assert.ok(page.includes(OTHER));
  assert.equal(
    (await visit.post("/verify/sure", { id: OTHER })).status,
    400,
    "nobody speaks by chance",
  );
  assert.deepEqual(visit.asked("verify"), []);
  const done = await visit.post("/verify/sure", { id: OTHER, as: THIRD });
  assert.equal(done.headers.get("location"), `/person/${visit.veil.hide(OTHER)}`);
  assert.deepEqual(visit.asked("verify"), [{ id: OTHER, as: THIRD }]);
  assert.match(await (await visit.post("/verify", { undo: OTHER })).text(), /stays known/);
  await visit.post("/verify/sure", { id: OTHER, as: THIRD, back: "1" });
  assert.deepEqual(visit.asked("unverify"), [{ id: OTHER, as: THIRD }]);
});

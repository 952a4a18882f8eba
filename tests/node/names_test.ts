import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { looksOf, showsIdentity } from "../../src/node/confusable.ts";
import { closestIdentity, distance } from "../../src/node/methods/closest.ts";
import { UserError } from "../../src/node/user_error.ts";
import { carry, type TestOwner, testOwner } from "./owner_helpers.ts";

/** An owner with one identity and a claimed name. */
async function named(name: string): Promise<TestOwner & { id: string }> {
  const owner = await testOwner();
  const id = await owner.identity("self");
  if (name !== "") await owner.service.call("profile-set", { name });
  return { ...owner, id };
}

async function says(owner: TestOwner, text: string): Promise<string> {
  return (await owner.service.call("post", { text, attachments: [] })).id;
}

Deno.test("names look alike whatever their case, form and alphabet", () => {
  const alike = (a: string, b: string): boolean =>
    looksOf(a).some((look) => looksOf(b).includes(look));
  const cases: [string, string, boolean][] = [
    ["Ada", "ada", true],
    ["Ada", "Аda", true],
    ["Paul", "PauI", true],
    ["Bob", "B0b", true],
    ["Ada Lovelace", " Ada \u00a0Lovelace", true],
    ["Ada", "A\u200bda\u2060", true],
    ["Ａｄａ", "Ada", true],
    ["Ada", "Ida", false],
    ["Ada", "Adam", false],
    ["", "", false],
    ["\u200b", "\u200b", false],
  ];
  for (const [a, b, expected] of cases) equal(alike(a, b), expected, `${a} ${b}`);
});

Deno.test("a name that shows what looks like an id is suspicious: it would be taken for another's head", async () => {
  const cases: [string, boolean][] = [
    ["Ada g1qyqszqgpqy…", true],
    ["Ada G1QYQSZQ", true],
    ["Ada ｇ１qyqszqgpqy", true],
    ["Ada g\u200b1qyqszq", true],
    ["Ada (ɡӏqyqszq…)", true],
    ["Ada gIqyqszqgp...", true],
    ["Glenn Miller", false],
    ["Gloria", false],
    ["G1", false],
    ["", false],
  ];
  for (const [name, expected] of cases) equal(showsIdentity(name), expected, name);
  const [ann, eve] = [await named("Ann"), await named("Ada g1qyqszqgpqy…")];
  await says(eve, "me");
  await carry(eve, ann);
  const [shown] = await ann.service.call("timeline", { limit: 9, all: true });
  equal(shown?.suspicious, true);
  await ann.service.call("follow", { target: eve.id, name: "Eve g1qyqszq" });
  const [called] = await ann.service.call("timeline", { limit: 9, all: true });
  equal(called?.suspicious, false);
  for (const one of [ann, eve]) await one.close();
});

Deno.test("a petname outranks a claimed name, is changed by following again, and is lost with the follow", async () => {
  const [ann, bob] = [await named(""), await named("Bob")];
  await carry(bob, ann);
  const call = ann.service.call.bind(ann.service);
  const view = { id: bob.id, claimed: "Bob", suspicious: false };
  deepEqual(await call("follow", { target: bob.id }), [{ ...view, name: "Bob", petname: "" }]);
  const work = { ...view, name: "Bob from work", petname: "Bob from work" };
  deepEqual(await call("follow", { target: bob.id, name: " Bob from work " }), [work]);
  deepEqual(await call("follow", { target: bob.id }), [work]);
  deepEqual(await call("following", {}), [work]);
  deepEqual(await call("follow", { target: bob.id, name: "" }), [
    { ...view, name: "Bob", petname: "" },
  ]);
  for (const name of ["x".repeat(41), "a\nb", "a\u001bb"]) {
    await rejects(
      call("follow", { target: bob.id, name }),
      (error) => error instanceof UserError && error.code === "refused",
    );
  }
  await call("unfollow", { id: bob.id });
  deepEqual(await call("following", {}), []);
  await ann.close();
  await bob.close();
});

Deno.test("who claims a name that is known by somebody else is suspicious, and nobody while locked", async () => {
  const [ann, bob, eve, cat] = [
    await named("Ann"),
    await named("Bob"),
    await named("Βob"),
    await named("cat"),
  ];
  await says(bob, "me");
  await says(eve, "no, me");
  await says(cat, "meow");
  for (const other of [bob, eve, cat]) await carry(other, ann);
  const suspects = async (): Promise<string[]> =>
    (await ann.service.call("timeline", { limit: 10, all: true }))
      .filter(({ suspicious }) => suspicious).map(({ text }) => text);
  deepEqual(await suspects(), []);
  await ann.service.call("follow", { target: bob.id });
  deepEqual(await suspects(), ["no, me"]);
  // With a petname it is the owner who says who that is.
  await ann.service.call("follow", { target: eve.id, name: "Eve" });
  deepEqual(await suspects(), []);
  await ann.service.call("follow", { target: bob.id, name: "CAT" });
  deepEqual(await suspects(), ["meow"]);
  await cat.service.call("profile-set", { name: "ann" });
  await carry(cat, ann);
  deepEqual(await suspects(), ["meow"]);
  await cat.service.call("profile-set", { name: "SELF" });
  await carry(cat, ann);
  deepEqual(await suspects(), ["meow"]);
  await ann.service.call("lock", {});
  deepEqual(await suspects(), []);
  for (const one of [ann, bob, eve, cat]) await one.close();
});

Deno.test("an @petname is sent as a mention of that identity, and the text stays", async () => {
  const [ann, bob] = [await named(""), await named("Bob")];
  await carry(bob, ann);
  await ann.service.call("follow", { target: bob.id, name: "Bobby" });
  const id = await says(ann, "hi @bobby and #cats");
  const view = await ann.service.call("show", { id });
  equal(view.text, "hi @bobby and #cats");
  deepEqual(view.mentions, [
    { start: 3, end: 9, text: "@bobby", id: bob.id, name: "Bobby", suspicious: false },
  ]);
  deepEqual(view.tags, ["cats"]);
  await ann.close();
  await bob.close();
});

Deno.test("a mistyped identity is answered with the closest that is known", async () => {
  const [ann, bob, eve] = [await named(""), await named("Bob"), await named("Eve")];
  await says(eve, "here");
  await carry(eve, ann);
  await ann.service.call("follow", { target: bob.id });
  const wrong = (id: string): string =>
    `${id.slice(0, 20)}${id[20] === "q" ? "p" : "q"}${id.slice(21)}`;
  for (const { id } of [ann, bob, eve]) {
    await rejects(
      ann.service.call("follow", { target: wrong(id) }),
      (error) => error instanceof UserError && error.code === "usage" && error.message.includes(id),
    );
    equal(await closestIdentity(ann.context, id.slice(0, -2)), id);
    equal(await closestIdentity(ann.context, id.slice(0, -7)), undefined);
  }
  await ann.service.call("lock", {});
  await rejects(
    ann.service.call("follow", { target: wrong(bob.id) }),
    (error) => error instanceof UserError && error.code === "locked",
  );
  for (const text of ["", "g1", "x".repeat(60), "g:?i=x", "\u001b".repeat(60)]) {
    equal(await closestIdentity(ann.context, text), undefined, text);
  }
  for (const one of [ann, bob, eve]) await one.close();
});

Deno.test("distance counts letters changed, added and left out", () => {
  const cases: [string, string, number][] = [
    ["", "", 0],
    ["abc", "abc", 0],
    ["abc", "abd", 1],
    ["abc", "ab", 1],
    ["abc", "xabc", 1],
    ["kitten", "sitting", 3],
  ];
  for (const [a, b, errors] of cases) equal(distance(a, b), errors, `${a} ${b}`);
});

Deno.test("a starter list is written into a locator, and followed only when asked for", async () => {
  const [ann, bob, eve] = [await named("Ann"), await named("Bob"), await named("Eve")];
  const { locator, identities } = await ann.service.call("locator", {
    ...{ identities: [ann.id], noIdentity: false, addresses: [], starters: [bob.id, ann.id] },
  });
  deepEqual(identities, [ann.id]);
  ok(locator.includes(`s=${bob.id}`));
  const followed = async (): Promise<string[]> =>
    (await eve.service.call("following", {})).map(({ id }) => id);
  await eve.service.call("join", { locator, follow: false });
  deepEqual(await followed(), []);
  await eve.service.call("follow", { target: locator });
  deepEqual(await followed(), [ann.id]);
  deepEqual((await eve.service.call("join", { locator, follow: false, starters: true })).followed, [
    bob.id,
    ann.id,
  ]);
  await eve.service.call("unfollow", { id: bob.id });
  await eve.service.call("follow", { target: locator, starters: true });
  deepEqual(await followed(), [ann.id, bob.id]);
  await rejects(eve.service.call("follow", { target: locator, starters: true, name: "x" }));
  for (const one of [ann, bob, eve]) await one.close();
});

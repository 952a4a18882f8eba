/** Two people with a node each, by their pages alone: they follow, write privately, and one blocks. */
import assert from "node:assert/strict";
import { Browser, type Sent } from "./harness/browser.ts";
import { Machine, text } from "./harness/node.ts";

/** The form was taken; where it led. */
function taken({ status, to, page }: Sent): string {
  assert.equal(status, 303, page);
  return to;
}

Deno.test("by the page alone two people follow, write privately and answer, and one blocks the other", async () => {
  await using a = await Machine.make();
  await using b = await Machine.make();
  const ada = await a.identity("Ada");
  const bob = await b.identity("Bob");
  const nodeB = await b.start(["--unlock", "--eager"], { unlock: true });
  const join = `g:?a=127.0.0.1:${await nodeB.port()}`;
  const nodeA = await a.start(["--unlock", "--eager", "--join", join], { unlock: true });
  const [atA, atB] = [await Browser.open(a), await Browser.open(b)];

  // Ada says who she is and writes in public; Bob finds her, and follows her by the name he likes.
  assert.match(await atA.page("/profile/edit"), /A profile is public/);
  taken(await atA.send("/profile/edit", { as: ada, name: "Ada <L>", bio: "Weaves.", link: "" }));
  const post = text(await a.object(["post", "Looms of the world"]), "id");
  await nodeB.event("message", (event) => event["id"] === post);
  assert.match(await atB.page("/search?q=looms"), /Looms of the world/);
  const found = await atB.page(`/person/${ada}`);
  assert.match(found, /<bdi>Ada &lt;L&gt;<\/bdi>/);
  assert.match(found, /Looms of the world/);
  assert.doesNotMatch(await atB.page("/"), /Looms of the world/);
  taken(await atB.send("/follow", { target: ada, name: "My sister", from: "person" }));
  assert.match(await atB.page("/following"), /My sister.*calls itself <bdi>Ada &lt;L&gt;/s);
  assert.match(await atB.page("/"), /My sister.*Looms of the world/s);

  // Bob writes to her: the first time he has to agree to what that means.
  const form = await atB.page(`/messages/${ada}`);
  assert.match(form, /name="agreed" value="first"/);
  const words = { text: "Meet at eight & bring <yarn>", as: bob };
  assert.equal((await atB.send(`/messages/${ada}`, words)).status, 400);
  const agreed = ["first", "stranger"];
  const to = taken(await atB.send(`/messages/${ada}`, { ...words, agreed }));
  const letter = [...(await atB.page(to)).matchAll(/id="m-(\w{64})"/g)].at(-1)?.[1] ?? "";
  await nodeA.event("message", (event) => event["id"] === letter);

  // To her he is a stranger until she answers. The command waits until all that came was tried.
  assert.equal((await a.list(["inbox", "--requests"])).length, 1);
  assert.match(await atA.page("/messages"), /Strangers \(1\)/);
  const requests = await atA.page("/messages?requests=1");
  const [, conversation = ""] = /href="(\/messages\/v-[\w-]+)"/.exec(requests) ?? [];
  const read = await atA.page(conversation);
  assert.match(read, /Meet at eight &amp; bring &lt;yarn&gt;/);
  const open = atB.follow(`/messages/${ada}/events`, (stream) => stream.includes("I will"));
  taken(
    await atA.send(conversation, { text: "I will", as: ada, agreed, replyTo: letter }),
  );
  assert.match(await open, /event: post/, "the answer comes into Bob's open page");
  assert.match(await atA.page("/messages"), /Strangers \(0\)/);

  // Bob blocks her: he follows her, so he has to agree to that. Then nothing of hers is shown.
  assert.match((await atB.send("/block", { ids: ada })).page, /You follow My sister/);
  assert.equal((await atB.send("/block", { ids: ada, sure: "1" })).status, 400);
  const list = taken(await atB.send("/block", { ids: ada, sure: "1", unfollow: "1" }));
  assert.match(await atB.page(list), /Blocked by you/);
  for (const path of ["/", "/everything", "/search?q=looms", "/messages", `/person/${ada}`]) {
    assert.doesNotMatch(await atB.page(path), /Looms of the world|I will/, path);
  }
  assert.match(await atB.page("/blocks/hidden"), /Looms of the world/);
  assert.match(await atB.page(`/messages/${ada}?hidden=1`), /I will/);
  const back = taken(await atB.send("/unblock", { id: ada }));
  assert.match(await atB.page(back), /Not blocked any more.*Looms of the world/s);
});

import assert from "node:assert/strict";
import type { Api, Method } from "../../src/node/api.ts";
import { Hub, type Watcher } from "../../src/node/hub.ts";
import type { LiveNode } from "../../src/node/methods/context.ts";
import { OwnerService } from "../../src/node/owner.ts";
import type { FailureCode } from "../../src/node/user_error.ts";
import { UserError } from "../../src/node/user_error.ts";
import { SILENT } from "../../src/node/log.ts";
import { parseMessageId } from "../../src/wire/ids.ts";
import { parseNetworkName } from "../../src/wire/labels.ts";
import { carry, spread, START, type TestOwner, testOwner, threadTexts } from "./owner_helpers.ts";

const POST = { attachments: [] };

function refuses(
  owner: TestOwner,
  { method, params, code, says }: {
    method: Method;
    params: Api[Method]["params"];
    code: FailureCode;
    says: RegExp;
  },
): Promise<void> {
  return assert.rejects(
    owner.service.call(method, params),
    (error) => {
      assert.ok(error instanceof UserError, String(error));
      assert.equal(error.code, code);
      assert.match(error.message, says);
      return true;
    },
  );
}

Deno.test("a post is on its author's timeline and on that of whoever follows", async () => {
  const [ann, bob] = [await testOwner(), await testOwner()];
  const id = await ann.identity("ann");
  await bob.identity("bob");
  const { id: message, created, waiting } = await ann.service.call("post", {
    ...POST,
    text: "hello",
  });
  assert.equal(created, START / 1000);
  assert.equal(waiting, true);
  const view = {
    id: message,
    author: id,
    name: "",
    created,
    text: "hello",
    replyTo: null,
    quote: null,
    warning: null,
    blocked: null,
    pending: false,
    suspicious: false,
    quoted: null,
    language: null,
    mentions: [],
    tags: [],
    links: [],
    revoked: false,
    attachments: [],
  };
  const page = { limit: 10, all: false };
  assert.deepEqual(await ann.service.call("timeline", page), [
    { ...view, verified: true, pending: true },
  ]);

  await carry(ann, bob);
  assert.deepEqual(await ann.service.call("timeline", page), [{ ...view, verified: true }]);
  assert.deepEqual(await bob.service.call("timeline", page), []);
  assert.deepEqual(await bob.service.call("timeline", { ...page, all: true }), [
    { ...view, verified: false },
  ]);
  assert.deepEqual(await bob.service.call("follow", { target: id }), [
    { id, name: "", petname: "", claimed: "", suspicious: false },
  ]);
  assert.deepEqual(await bob.service.call("timeline", page), [{ ...view, verified: false }]);
  await bob.service.call("unfollow", { id });
  assert.deepEqual(await bob.service.call("timeline", page), []);
  await refuses(bob, { method: "unfollow", params: { id }, code: "failed", says: /not followed/ });
  await ann.close();
  await bob.close();
});

Deno.test("an identity's messages strictly rise by 10 s, and stop before they run 10 minutes ahead", async () => {
  const ann = await testOwner();
  await ann.identity("ann");
  ann.at(7_000);
  const times: number[] = [];
  await assert.rejects(
    async () => {
      for (;;) times.push((await ann.service.call("post", { ...POST, text: "x" })).created);
    },
    (error) => error instanceof UserError && error.code === "refused",
  );
  const first = START / 1000;
  assert.deepEqual(times, Array.from({ length: 61 }, (_, i) => first + 10 * i));
  ann.at(620_000);
  assert.equal((await ann.service.call("post", { ...POST, text: "y" })).created, first + 620);
  await ann.close();
});

Deno.test("posts asked for at the same moment still get different times", async () => {
  const ann = await testOwner();
  await ann.identity("ann");
  const posts = await Promise.all(
    ["a", "b", "c"].map((text) => ann.service.call("post", { ...POST, text })),
  );
  assert.equal(new Set(posts.map(({ created }) => created)).size, 3);
  await ann.close();
});

Deno.test("post refuses what nobody would take, and says why", async () => {
  const ann = await testOwner();
  await ann.identity("ann");
  const refused = (params: Partial<Api["post"]["params"]>, says: RegExp): Promise<void> =>
    refuses(ann, {
      method: "post",
      params: { ...POST, text: "x", ...params },
      code: "refused",
      says,
    });
  await ann.service.call("post", { ...POST, text: "é".normalize("NFD").repeat(140) });
  await ann.service.call("post", { ...POST, text: "😀".repeat(140) });
  await refused({ text: "x".repeat(141) }, /at most 140 characters; this has 141, 1 too many/);
  await refused({ text: " \n " }, /nothing to post/);
  await refused({ text: "bell \u0007" }, /control character/);
  await refused({ text: "lone \ud800" }, /control character/);
  const file = { name: "a.txt", mediaType: "text/plain", base64: "AAAA", alt: "" };
  await refused({ text: "e\u0301".repeat(150) }, /this has 150, 10 too many/);
  await refused({ attachments: Array(5).fill(file) }, /at most 4 attachments/);
  await refused({ attachments: [{ ...file, name: "../a" }] }, /no path/);
  await refused(
    { attachments: [{ ...file, base64: btoa("x".repeat(54_000)) }] },
    /there are 531\d\d bytes/,
  );
  await refuses(ann, {
    method: "post",
    params: { ...POST, text: "x", language: "klingon!" },
    code: "usage",
    says: /BCP 47/,
  });
  assert.equal((await ann.service.call("timeline", { limit: 10, all: true })).length, 2);
  await ann.close();
});

Deno.test("a thread shows what is answered and what answers, in the order of time", async () => {
  const ann = await testOwner();
  await ann.identity("ann");
  const post = async (text: string, replyTo?: string): Promise<string> =>
    (await ann.service.call("post", { ...POST, text, ...(replyTo && { replyTo }) })).id;
  const root = await post("root");
  await post("elsewhere");
  const first = await post("first", root.slice(0, 12));
  const second = await post("second", first);
  await post("third", root);
  const texts = (id: string): Promise<string[]> => threadTexts(ann, id);
  assert.deepEqual(await texts(root), ["root", "first", "second", "third"]);
  assert.deepEqual(await texts(second), ["root", "first", "second"]);
  await refuses(ann, { method: "show", params: { id: "zz" }, code: "usage", says: /hex/ });
  await refuses(ann, { method: "show", params: { id: "ab" }, code: "usage", says: /at least 4/ });
  await refuses(ann, {
    method: "show",
    params: { id: "0".repeat(64) },
    code: "failed",
    says: /No message/,
  });
  await ann.close();
});

Deno.test("an answer is later than what it answers, unless that lies far ahead", async () => {
  const [ann, bob] = [await testOwner(), await testOwner()];
  await ann.identity("ann");
  await bob.identity("bob");
  const reply = async (aheadMs: number): Promise<number> => {
    ann.at(aheadMs);
    const { id, created } = await ann.service.call("post", { ...POST, text: "x" });
    await carry(ann, bob);
    const answer = await bob.service.call("post", { ...POST, text: "y", replyTo: id });
    return answer.created - created;
  };
  assert.equal(await reply(300_000), 10);
  assert.ok(await reply(800_000) < 0);
  await ann.close();
  await bob.close();
});

Deno.test("a profile set later applies to what was written before it", async () => {
  const [ann, bob] = [await testOwner(), await testOwner()];
  const id = await ann.identity("ann");
  await ann.service.call("post", { ...POST, text: "before" });
  await ann.service.call("profile-set", { name: "Ann", bio: "b" });
  await carry(ann, bob);
  const [view] = await bob.service.call("timeline", { limit: 10, all: true });
  assert.equal(view?.name, "Ann");
  ann.at(60_000);
  assert.deepEqual(await ann.service.call("profile-set", { link: "https://ann.example" }), {
    id,
    name: "Ann",
    bio: "b",
    link: "https://ann.example",
    updated: START / 1000 + 60,
    ...{ verified: true, distance: 0, revoked: null },
  });
  await refuses(ann, {
    method: "profile-set",
    params: { name: "x".repeat(41) },
    code: "refused",
    says: /at most 40/,
  });
  await ann.close();
  await bob.close();
});

Deno.test("attachments come back whole", async () => {
  const ann = await testOwner();
  await ann.identity("ann");
  const file = {
    name: "a.bin",
    mediaType: "application/octet-stream",
    base64: "AAH/",
    alt: "bits",
  };
  const { id } = await ann.service.call("post", { text: "look", attachments: [file] });
  const [view] = await ann.service.call("timeline", { limit: 1, all: false });
  assert.deepEqual(view?.attachments, [
    { name: "a.bin", mediaType: "application/octet-stream", size: 3, alt: "bits" },
  ]);
  assert.deepEqual(await ann.service.call("attachment", { id, index: 0 }), { ...file, size: 3 });
  await refuses(ann, {
    method: "attachment",
    params: { id, index: 1 },
    code: "usage",
    says: /no attachment 1/,
  });
  await ann.close();
});

Deno.test("what needs keys says so while they are locked, and changes nothing", async () => {
  const ann = await testOwner();
  const id = await ann.identity("ann");
  await ann.service.call("lock", {});
  const cases: [Method, Api[Method]["params"]][] = [
    ["post", { ...POST, text: "x" }],
    ["timeline", { limit: 1, all: false }],
    ["follow", { target: id }],
    ["following", {}],
    ["identities", {}],
    ["profile-set", { name: "x" }],
    ["join", { locator: `g:?a=192.0.2.7:14677&i=${id}`, follow: true }],
  ];
  for (const [method, params] of cases) {
    await refuses(ann, { method, params, code: "locked", says: /./ });
  }
  assert.deepEqual(ann.context.store.addresses.all(), []);
  assert.deepEqual(await ann.service.call("timeline", { limit: 1, all: true }), []);
  await ann.close();
});

Deno.test("with two identities nothing is said before it is clear by whom", async () => {
  const ann = await testOwner();
  const home = await ann.identity("home");
  const work = await ann.identity("work");
  await refuses(ann, {
    method: "post",
    params: { ...POST, text: "x" },
    code: "usage",
    says: /--as/,
  });
  await refuses(ann, {
    method: "locator",
    params: { identities: [], noIdentity: false, addresses: [] },
    code: "usage",
    says: /belong together/,
  });
  await ann.service.call("post", { ...POST, text: "at work", as: "work" });
  await ann.service.call("post", { ...POST, text: "at home", as: home });
  const page = await ann.service.call("timeline", { limit: 9, all: false });
  assert.deepEqual(
    new Map(page.map(({ author, text }) => [author, text])),
    new Map([[work, "at work"], [home, "at home"]]),
  );
  await ann.close();
});

Deno.test("a locator names no link-local address, though --address gives it", async () => {
  const ann = await testOwner();
  for (const given of ["[fe80::1]:14677", "169.254.1.2:14677", "[fe80::1%eth0]:14677"]) {
    await refuses(ann, {
      method: "locator",
      params: { identities: [], noIdentity: true, addresses: [given] },
      code: "usage",
      says: given.includes("%") ? /Not an address/ : /link-local/,
    });
  }
  await ann.close();
});

Deno.test("join takes a locator's nodes, and follows only when told to", async () => {
  const [ann, bob] = [await testOwner(), await testOwner()];
  const id = await ann.identity("ann");
  await bob.identity("bob");
  const { locator } = await ann.service.call("locator", {
    identities: [],
    noIdentity: false,
    addresses: ["198.51.100.7:2000", "node.example:2001"],
  });
  const joined = await bob.service.call("join", { locator, follow: false });
  assert.deepEqual(joined, { addresses: ["198.51.100.7:2000", "192.0.2.1:2001"], followed: [] });
  assert.deepEqual(await bob.service.call("following", {}), []);
  assert.deepEqual((await bob.service.call("join", { locator, follow: true })).followed, [id]);
  assert.deepEqual(await bob.service.call("following", {}), [
    { id, name: "", petname: "", claimed: "", suspicious: false },
  ]);
  assert.deepEqual(
    bob.context.store.addresses.all().map(({ address, locator }) => [address, locator]),
    [["198.51.100.7:2000", true], ["192.0.2.1:2001", true]],
  );
  const other = parseNetworkName("other");
  assert.ok(other);
  const elsewhere = await testOwner(other);
  await refuses(elsewhere, {
    method: "join",
    params: { locator, follow: false },
    code: "usage",
    says: /network main/,
  });
  await Promise.all([ann.close(), bob.close(), elsewhere.close()]);
});

Deno.test("join takes what it can of a locator: one name without an address spoils no other", async () => {
  const owner = await testOwner();
  const lookUp = (): Promise<never> => Promise.reject(new UserError("failed", "No such host"));
  const service = new OwnerService({ ...owner.context, lookUp }, new Hub());
  const join = (locator: string): Promise<Api["join"]["result"]> =>
    service.call("join", { locator, follow: false });
  const { addresses } = await join("g:?a=gone.example:2001&a=198.51.100.7:2000");
  assert.deepEqual(addresses, ["198.51.100.7:2000"]);
  await assert.rejects(join("g:?a=gone.example:2001"), { message: "No such host" });
  await owner.close();
});

Deno.test("a running node has written down what it joined when it says so", async () => {
  const owner = await testOwner();
  const joined: string[] = [];
  const live = {
    join: (address: string) => joined.push(address),
    canDial: (address: string) => !address.includes(".onion"),
    shown: (address: string) => address.replace("198.51.100.8", "named.example"),
  } as Partial<LiveNode> as LiveNode;
  const service = new OwnerService({ ...owner.context, live }, new Hub());
  await service.call("join", { locator: "g:?a=198.51.100.7:2000", follow: false });
  assert.deepEqual(joined, ["198.51.100.7:2000"]);
  assert.deepEqual(owner.context.store.addresses.all(), [
    { address: "198.51.100.7:2000", freshness: 0, lastSeen: undefined, locator: true },
  ]);
  // What stands in for a name is used, shown as the name, and not stored.
  const named = await service.call("join", { locator: "g:?a=198.51.100.8:1", follow: false });
  assert.deepEqual([named.addresses, joined.length], [["named.example:1"], 2]);
  assert.equal(owner.context.store.addresses.all().length, 1);
  const onion = "g:?a=pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion";
  await assert.rejects(service.call("join", { locator: onion, follow: false }), /need a proxy/);
  assert.equal(joined.length, 2);
  await owner.close();
});

Deno.test("with a clock in 1970 nothing is signed, and status says why", async () => {
  const ann = await testOwner();
  await ann.identity("ann");
  ann.at(-START);
  await refuses(ann, {
    method: "post",
    params: { ...POST, text: "x" },
    code: "refused",
    says: /clock/,
  });
  const { warnings, messages } = await ann.service.call("status", {});
  assert.equal(messages, 0);
  assert.match(warnings.join(), /clock/);
  await ann.close();
});

Deno.test("watch shows what is stored from the call on, and only the followed unless told otherwise", async () => {
  const [ann, bob] = [await testOwner(), await testOwner()];
  const id = await ann.identity("ann");
  await bob.identity("bob");
  await ann.service.call("post", { ...POST, text: "one" });
  const stop = new AbortController();
  const all = bob.service.watch({ all: true, signal: stop.signal });
  const mine = bob.service.watch({ all: false, signal: stop.signal });
  await carry(ann, bob);
  await bob.service.call("follow", { target: id });
  ann.at(60_000);
  bob.at(60_000);
  await ann.service.call("post", { ...POST, text: "two" });
  await carry(ann, bob);
  const take = async (from: AsyncIterable<{ text: string }>, n: number): Promise<string[]> => {
    const texts: string[] = [];
    for await (const { text } of from) if (texts.push(text) === n) break;
    return texts;
  };
  assert.deepEqual(await take(all, 2), ["one", "two"]);
  // Who is followed is asked when a message is shown, not when it came.
  assert.deepEqual(await take(mine, 2), ["one", "two"]);
  stop.abort();
  await ann.close();
  await bob.close();
});

Deno.test("a post by a clock that ran years ahead doesn't silence its author when it is set right", async () => {
  const owner = await testOwner();
  await owner.identity("ann");
  await owner.service.call("post", { ...POST, text: "before" });
  const years = 14 * 365 * 86_400_000;
  owner.at(years);
  await owner.service.call("post", { ...POST, text: "by a wrong clock" });
  await owner.service.call("profile-set", { name: "Ann" });
  owner.at(5_000);
  const { created } = await owner.service.call("post", { ...POST, text: "after" });
  assert.equal(created, START / 1000 + 10);
  const params = { bio: "x" };
  await refuses(owner, { method: "profile-set", params, code: "refused", says: /2040-11-27/ });
  await owner.close();
});

Deno.test("a watch of the followed ends when the keys are locked, one of everybody goes on", async () => {
  const owner = await testOwner();
  await owner.identity("Ada");
  const stop = new AbortController();
  const mine = owner.service.watch({ all: false, signal: stop.signal })[Symbol.asyncIterator]();
  const all = owner.service.watch({ all: true, signal: stop.signal })[Symbol.asyncIterator]();
  const waiting = mine.next();
  const goesOn = all.next();
  await owner.service.call("lock", {});
  await assert.rejects(waiting, (error) => error instanceof UserError && error.code === "locked");
  stop.abort();
  assert.equal((await goesOn).done, true);
  await owner.close();
});

Deno.test("a watch that loses its keys lets go of what waits for it", async () => {
  const owner = await testOwner();
  await owner.identity("ann");
  const watchers = new CountedHub();
  const service = new OwnerService(owner.context, watchers);
  const views = service.watch({ all: false, signal: new AbortController().signal });
  assert.equal(watchers.count, 1);
  const { id } = await owner.service.call("post", { ...POST, text: "hello" });
  await spread(owner);
  const message = await owner.context.store.getMessage(parseMessageId(id)!);
  assert.ok(message !== undefined);
  await owner.service.call("lock", {});
  watchers.tell(message, SILENT);
  await assert.rejects(views[Symbol.asyncIterator]().next(), UserError);
  assert.equal(watchers.count, 0);
  await owner.close();
});

Deno.test("what the disk says reaches the owner of a running node in words", async () => {
  const owner = await testOwner();
  await owner.identity("ann");
  const { id } = await owner.service.call("post", { ...POST, text: "hello" });
  await spread(owner);
  await owner.close();
  await refuses(owner, { method: "show", params: { id }, code: "failed", says: /closed/ });
});

class CountedHub extends Hub {
  count = 0;

  override add(watcher: Watcher): () => boolean {
    const remove = super.add(watcher);
    this.count++;
    return () => {
      const removed = remove();
      if (removed) this.count--;
      return removed;
    };
  }
}

import { deepEqual, equal } from "node:assert/strict";
import { carry, testOwner } from "./owner_helpers.ts";

Deno.test("privacy tells what is public of each identity, and only when unlocked", async () => {
  const owner = await testOwner();
  const other = await testOwner();
  try {
    const mine = await owner.identity("canary");
    const theirs = await other.identity("");
    await other.service.call("post", { text: "Theirs", attachments: [] });
    await carry(other, owner);
    const before = await owner.service.call("privacy", {});
    deepEqual(before.identities, [{ id: mine, name: "canary", messages: 0, profile: [] }]);

    await owner.service.call("post", { text: "One", attachments: [] });
    await owner.service.call("profile-set", { name: "Ada", link: "https://ada.example" });
    await owner.service.call("follow", { target: theirs });
    const { data, ...now } = await owner.service.call("privacy", {});
    deepEqual(now, {
      running: false,
      network: "main",
      unlocked: true,
      identities: [{ id: mine, name: "canary", messages: 2, profile: ["name", "link"] }],
      following: 1,
      announced: [],
      beacon: false,
      mdns: false,
      portMapping: false,
      dht: false,
      proxy: null,
      // One's own are on their way yet.
      messages: 1,
      nodes: 0,
      locatorNodes: 0,
    });
    deepEqual(new Set(data.map((datum) => datum.class)), new Set(["public", "private"]));

    await owner.service.call("lock", {});
    const locked = await owner.service.call("privacy", {});
    deepEqual([locked.unlocked, locked.identities, locked.following], [false, [], null]);
    equal(JSON.stringify(locked).includes("canary"), false);
  } finally {
    await owner.close();
    await other.close();
  }
});

Deno.test("privacy counts the nodes that a locator named", async () => {
  const owner = await testOwner();
  try {
    await owner.service.call("join", { locator: "g:?a=192.0.2.1:14677", follow: false });
    const { nodes, locatorNodes } = await owner.service.call("privacy", {});
    deepEqual([nodes, locatorNodes], [1, 1]);
  } finally {
    await owner.close();
  }
});

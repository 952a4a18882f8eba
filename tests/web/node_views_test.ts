/** The views of the node itself: health, peers, invite, join, trust. */
import assert from "node:assert/strict";
import type { IdentityView, PeerView, TrustView } from "../../src/node/api.ts";
import { UserError } from "../../src/node/user_error.ts";
import { parseLocator } from "../../src/wire/locator.ts";
import { statusView } from "../cli/fakes.ts";
import { identityView } from "./people.ts";
import { Visit } from "./visit.ts";

const EVIL = `<script>alert(1)</script>"'><img src=x onerror=alert(2)>\u202E`;
const HARMLESS = /<script>alert|<img src=x|\u202E/;

Deno.test("health says what status says, warnings first, and draws the last day", async () => {
  const sample = { at: 0, peers: 3, messages: 10, bytes: 1_000, completed: 1, failed: 0 };
  const visit = new Visit({
    status: () => statusView({ warnings: [EVIL], messages: 77, network: EVIL }),
    history: () =>
      [0, 60, 120].map((at) => ({ ...sample, at, peers: at / 60, received: at, delivered: 0 })),
  });
  const page = await visit.page("/health");
  assert.ok(page.indexOf("&lt;script&gt;") < page.indexOf("77"));
  assert.match(page, /Peers: now 2, 2 minutes ago 0, at most 2/);
  assert.equal(page.match(/class="line"/g)?.length, 5);
  assert.doesNotMatch(page, HARMLESS);
  const young = new Visit({ status: () => statusView({}), history: () => [] });
  assert.match(await young.page("/health"), /once the node has run for two minutes/);
});

Deno.test("peers are listed in pieces, whatever their addresses say", async () => {
  const peer: PeerView = {
    ...{ address: EVIL, freshness: 6, lastSeen: 1, lastHour: { messages: 0, bytes: 0 } },
    found: "gossip",
    ways: ["gossip"],
  };
  const visit = new Visit({ peers: () => Array.from({ length: 150 }, () => peer) });
  const page = await visit.page("/peers");
  assert.equal(page.match(/<tr>/g)?.length, 101);
  assert.match(page, /page=2/);
  assert.doesNotMatch(page, HARMLESS);
  assert.match(await new Visit({ peers: () => [] }).page("/peers"), /None yet/);
});

Deno.test("the invitation shows the locator in letters and as a code, and takes what is given by hand", async () => {
  const locator = "g:?a=203.0.113.7:14677";
  const visit = new Visit({
    locator: ({ addresses }) => ({ locator, addresses, identities: [], known: [] }),
  });
  const wish = { none: "1", addresses: "203.0.113.7:14677", starters: "g1a g1b" };
  const page = await (await visit.submit("/invite", wish)).text();
  assert.ok(page.includes(`${locator}</pre>`) && page.includes(`class="qr"`));
  assert.deepEqual(visit.calls.at(-1)?.params, {
    ...{
      identities: [],
      noIdentity: true,
      addresses: ["203.0.113.7:14677"],
      starters: ["g1a", "g1b"],
    },
  });
  const identity = (id: string): IdentityView => ({ id, name: id, unlocked: true });
  const several = new Visit({
    identities: () => [identity("g1ada"), identity("g1bob")],
    locator: ({ identities }) => ({ locator, addresses: [], identities, known: [] }),
  });
  await several.page("/invite");
  assert.deepEqual(several.calls.at(-1)?.params, {
    ...{ identities: [], noIdentity: true, addresses: [], starters: [] },
  });
  const named = await several.submit("/invite", { identity: "g1bob" });
  assert.match(await named.text(), /value="g1bob" checked/);
  assert.deepEqual(several.calls.at(-1)?.params, {
    ...{ identities: ["g1bob"], noIdentity: false, addresses: [], starters: [] },
  });
  const one = new Visit({
    identities: () => [identity("g1ada")],
    locator: ({ identities }) => ({ locator, addresses: [], identities, known: [] }),
  });
  assert.match(await one.page("/invite"), /value="g1ada" checked/);
  await one.submit("/invite", {});
  const unnamed = { identities: [], noIdentity: true, addresses: [], starters: [] };
  assert.deepEqual(
    one.calls.at(-1)?.params,
    unnamed,
    "whoever takes the only one away isn't named",
  );
  const long = new Visit({
    locator: () => ({
      locator: "g:?" + "a=x&".repeat(2_000),
      addresses: [],
      identities: [],
      known: [],
    }),
  });
  assert.match(await long.page("/invite"), /too long for a QR code/);
});

Deno.test("a locator is shown before anything is asked of the node, and joined by a form", async () => {
  const id = "g17hj6nnyacvzf6rkmd5qdde2qnr9f2gyy9l8vdd0phrnepvp67sfsswfftn";
  const locator = `g:?a=203.0.113.7:14677&i=${id}`;
  assert.equal(parseLocator(locator).kind, "locator");
  const visit = new Visit({
    join: ({ follow }) => ({ addresses: [EVIL], followed: follow ? [id] : [] }),
    status: () => statusView({}),
  });
  for (
    const response of [
      await visit.post("/join/look", { locator: `Look: ${locator}` }),
      await visit.get(`/join?locator=${visit.veil.hide(locator)}`),
      await visit.get(`/join?locator=${encodeURIComponent(locator)}`),
    ]
  ) {
    const page = await response.text();
    assert.equal(response.status, 200);
    assert.ok(page.includes(visit.veil.hide(id)) && page.includes("They will see this machine"));
  }
  assert.equal(visit.calls.length, 0);
  for (const bad of ["", "hello", EVIL, "g:?a=", "javascript:alert(1)", "x".repeat(100_000)]) {
    for (
      const response of [
        await visit.get(`/join?locator=${encodeURIComponent(bad)}`),
        await visit.post("/join/look", { locator: bad }),
      ]
    ) {
      assert.equal(response.status, bad === "" ? 200 : 400);
      assert.doesNotMatch(await response.text(), HARMLESS);
    }
  }
  const several = await visit.post("/join/look", { locator: `${locator} or ${locator}1` });
  assert.doesNotMatch(await several.text(), /href="[^"]*203/);
  assert.equal(visit.calls.length, 0);
  const joined = await visit.post("/join", { locator, follow: "1" });
  assert.equal(joined.status, 200);
  assert.doesNotMatch(await joined.text(), HARMLESS);
  assert.deepEqual(visit.calls.at(0)?.params, { locator, follow: true, starters: false });
});

Deno.test("trust is drawn and said, with names that can't pass for anything else", async () => {
  const one = (id: string, distance: number | null): Omit<TrustView, "verified" | "because"> => ({
    ...{ id, name: EVIL, suspicious: false, distance, verifiedBy: ["g1a", "g1b"], trusted: 2 },
    ...{ revoked: null, maxDistance: 5 },
  });
  const visit = new Visit({
    following: () => [],
    identities: () => [identityView()],
    "trust-limit": ({ maxDistance }) => ({ maxDistance }),
    trust: ({ id }) => ({
      ...one(id, 1),
      verified: true,
      because: [{ ...one(id, 1), because: "own verification", by: [one("g1me", 0)] }],
    }),
  });
  const page = await visit.page("/trust/g1a");
  assert.match(page, /class="edge"/);
  assert.match(page, /you verified it, as/);
  assert.match(page, /2 verify it, of which 2 are verified/);
  assert.doesNotMatch(page, HARMLESS);
  assert.equal(
    (await visit.post("/trust", { id: " g1a/../ " })).headers.get("location"),
    `/trust/${visit.veil.hide("g1a/../")}`,
  );
  const mistyped = new Visit({
    following: () => [],
    identities: () => [],
    trust: () => {
      throw new UserError("usage", "That is no identity");
    },
  });
  const kept = await mistyped.post("/trust", { id: `g1${EVIL}` });
  assert.equal(kept.status, 400);
  const words = await kept.text();
  assert.match(words, /role="alert"><p>That is no identity[^]*name="id" value="g1&lt;script/);
  assert.doesNotMatch(words, HARMLESS);
  assert.equal((await visit.post("/trust", { id: " " })).headers.get("location"), "/trust");
  assert.match(await visit.page("/trust"), /name="max"[^>]* value="5"/, "else Set takes it away");
  assert.equal((await visit.post("/trust/limit", { max: "3" })).status, 303);
  assert.deepEqual(visit.calls.at(-1)?.params, { maxDistance: 3 });
  assert.equal((await visit.post("/trust/limit", { max: "" })).status, 303);
  assert.deepEqual(visit.calls.at(-1)?.params, { maxDistance: 0 });
});

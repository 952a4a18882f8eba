/**
 * Two homes behind routers, one of which maps ports, and a machine on the internet: posts cross from
 * each place to each other place, whichever way of finding one another is switched off, and the nodes
 * say truthfully how.
 */
import assert from "node:assert/strict";
import { missingForAvahi } from "./harness/avahi.ts";
import { whyNoHome } from "./harness/miniupnpd.ts";
import { natTest } from "./harness/nat.ts";
import { asObject, type Json } from "./harness/node.ts";
import { type Name, peerOf, Town, type Way } from "./harness/town.ts";

/** The promise of docs/ARCHITECTURE.md for one quiet network, thrice: as many hops are between the homes. */
const SPREAD_MS = 180_000;
/** Until avahi forgets what it isn't told again: PROTOCOL.md section 10, and what avahi adds. */
const FORGOTTEN_MS = 150_000;
/** The machines beside one another have the same addresses in each home. */
const FIRST = "192.168.1.2:14677";
const SECOND = "192.168.1.3:14677";
const FAR = "42.9.1.2:14677";

/** What must be true in a town, beyond that everybody reads everybody. */
const TRUE: readonly (readonly [Way | undefined, (town: Town) => Promise<void>])[] = [
  [undefined, async (town) => {
    await neighboursFoundBy(town, ["beacon", "mdns"]);
    assert.deepEqual(await asked(town, "Ada", "mapping"), {
      by: "upnp",
      router: "192.168.1.1",
      address: `${town.outside}:14677`,
    });
    assert.ok(Number((await ways(town, "Ada", "cameIn"))["mapping"]) > 0);
    assert.ok(Number((await ways(town, "Bea", "dialled"))["locator"]) > 0);
    assert.deepEqual(await diagnosed(town, "Ada", [...IDS, "outbound"]), [
      "ok",
      "ok",
      "ok",
      "ok",
      "ok",
    ]);
    const bea = await diagnosed(town, "Bea", [...IDS, "outbound"]);
    assert.deepEqual(bea.filter((_, i) => IDS[i] !== "router"), ["ok", "ok", "ok", "ok"]);
    assert.notEqual(bea[IDS.indexOf("router")], "ok");
    await leavesNothingBehind(town);
  }],
  ["broadcast", async (town) => {
    await onlyOff(town, "broadcast");
    await neighboursFoundBy(town, ["mdns"]);
    await nobodySays(town, "beacon");
  }],
  ["mDNS", async (town) => {
    await onlyOff(town, "mdns");
    await neighboursFoundBy(town, ["beacon"]);
    await nobodySays(town, "mdns");
  }],
  ["mapping", async (town) => {
    await onlyOff(town, "router");
    for (const name of ["Ada", "Bea"] as const) {
      assert.equal(await asked(town, name, "mapping"), null);
      assert.notEqual(asObject(await asked(town, name, "reachability"))["reachable"], true);
    }
    assert.deepEqual(await town.router.mappings(), []);
    for (const inhabitant of town.all) {
      const home = await peerOf(inhabitant, `${town.outside}:14677`);
      assert.equal(home?.["freshness"] ?? 0, 0, `${inhabitant.name} got through`);
    }
  }],
  ["locator", async (town) => {
    await nobodySays(town, "locator");
    for (const name of ["Ada", "Bea"] as const) {
      assert.equal((await peerOf(town.of(name), FAR))?.["found"], "dht");
      assert.ok(Number((await ways(town, name, "dialled"))["dht"]) > 0);
    }
  }],
  ["DHT", async (town) => {
    await onlyOff(town, "dht");
    await nobodySays(town, "dht");
    assert.equal(await asked(town, "Ada", "dht"), null);
    for (const name of ["Ada", "Bea"] as const) {
      assert.equal((await peerOf(town.of(name), FAR))?.["found"], "locator");
    }
  }],
];

/** What `doctor` says of ways that can be switched off. */
const IDS = ["broadcast", "mdns", "router", "dht"];

const missing = await whyNoHome() ?? (await missingForAvahi()).map((one) => `no ${one}`)[0];
const name = "posts cross between homes and the internet, whichever way is switched off";
if (missing === undefined) await natTest(name, crossing);
else Deno.test({ name: `${name} (skipped: ${missing})`, ignore: true, fn: () => {} });

/** All towns at once: they mostly wait. */
async function crossing(t: Deno.TestContext): Promise<void> {
  const outcomes = await Promise.allSettled(TRUE.map(([off, isTrue]) => lifeWithout(off, isTrue)));
  for (const [i, outcome] of outcomes.entries()) {
    await t.step(`without ${TRUE[i]?.[0] ?? "a way less"}`, () => {
      if (outcome.status === "rejected") throw outcome.reason;
    });
  }
}

async function lifeWithout(
  off: Way | undefined,
  isTrue: (town: Town) => Promise<void>,
): Promise<void> {
  await using town = await Town.build(off);
  await town.everybodyReadsEverybody(SPREAD_MS);
  await isTrue(town);
}

/** The machines beside one another can know of one another by these ways and no other. */
async function neighboursFoundBy(town: Town, by: readonly string[]): Promise<void> {
  for (const [first, second] of [["Ada", "Abe"], ["Bea", "Bob"]] as const) {
    // Whoever hears of the other first dials it; for the other it comes in, and gossip may then tell
    // the address before the way does. Of two ways the one that was slower tells nothing new.
    const said = [
      ...asList((await peerOf(town.of(second), FIRST))?.["ways"] ?? []),
      ...asList((await peerOf(town.of(first), SECOND))?.["ways"] ?? []),
    ];
    const near = said.filter((way) => way === "beacon" || way === "mdns");
    const why = `${first}, ${second}: ${said}`;
    assert.ok(near.length > 0 && near.every((way) => by.includes(String(way))), why);
    const dialled = await Promise.all([first, second].map((name) => ways(town, name, "dialled")));
    const hits = dialled.filter((one) => by.some((way) => Number(one[way]) > 0));
    assert.notEqual(hits.length, 0, JSON.stringify(dialled));
    // What is far the second heard of from somebody else.
    const far = await peerOf(town.of(second), FAR);
    assert.ok(far === undefined || far["found"] === "gossip", `${second}: ${far?.["found"]}`);
  }
}

async function nobodySays(town: Town, way: string): Promise<void> {
  for (const { name, machine } of town.all) {
    const peers = await machine.list(["peers"]);
    const liars = peers.filter((peer) => asList(peer["ways"]).includes(way));
    assert.deepEqual(liars, [], name);
    assert.equal((await ways(town, name, "dialled"))[way], 0);
  }
}

/** After a clean stop at once, after kill -9 once its time is over. */
async function leavesNothingBehind(town: Town): Promise<void> {
  const browser = await town.avahi.browse("_gossamer._tcp");
  const seen = async (address: string): Promise<string> =>
    await browser.stdout.find(
      (line) =>
        line.startsWith("=;") && line.includes(`;${address};`) ? line.split(";")[3] : undefined,
      { what: address },
    );
  const gone = async (name: string, timeoutMs: number): Promise<void> => {
    await browser.stdout.find((line) => line.startsWith("-;") && line.includes(name) || undefined, {
      what: `the end of ${name}`,
      timeoutMs,
    });
  };
  const [ada, abe] = [await seen("192.168.1.2"), await seen("192.168.1.3")];
  assert.equal((await town.router.mappings()).length, 1);
  await town.of("Abe").node.kill();
  assert.equal((await town.of("Ada").node.stop()).code, 0);
  assert.deepEqual(await town.router.mappings(), []);
  await gone(ada, 10_000);
  await gone(abe, FORGOTTEN_MS);
}

/** `doctor` says of one way that it is off, and of no other. */
async function onlyOff(town: Town, id: string): Promise<void> {
  const states = await diagnosed(town, "Ada", IDS);
  assert.deepEqual(IDS.filter((_, i) => states[i] === "off"), [id], `${states}`);
}

/** States that `doctor` gives to checks; its exit code is its own matter. */
async function diagnosed(town: Town, name: Name, ids: readonly string[]): Promise<unknown[]> {
  const { json } = await town.of(name).machine.run(["doctor", "--json"]);
  const checks = asList(asObject(json)["checks"]).map(asObject);
  return ids.map((id) => checks.find((check) => check["id"] === id)?.["state"]);
}

async function asked(town: Town, name: Name, field: string): Promise<unknown> {
  return (await town.of(name).machine.object(["status"]))[field];
}

async function ways(
  town: Town,
  name: Name,
  direction: "dialled" | "cameIn",
): Promise<Json> {
  return asObject(asObject(await asked(town, name, "ways"))[direction]);
}

function asList(value: unknown): readonly unknown[] {
  assert.ok(Array.isArray(value));
  return value;
}

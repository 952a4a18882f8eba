/** A node at home, reached from the internet through the port that its router maps. */
import assert from "node:assert/strict";
import { gatewayOf, Miniupnpd, whyNoHome } from "./harness/miniupnpd.ts";
import { makeHome, networkTest } from "./harness/netns.ts";
import { diagnose } from "./harness/doctor.ts";
import { asObject, Machine, text } from "./harness/node.ts";

const missing = await whyNoHome();

async function reached(by: "upnp" | "nat-pmp"): Promise<void> {
  await using home = await makeHome();
  await using router = await Miniupnpd.start(gatewayOf(home), by);
  await using a = await Machine.make(home.inside);
  await using b = await Machine.make(home.outside);
  const author = await a.identity("Ada");
  const nodeA = await a.start(["--no-lan", "--unlock"], { portMapping: true, unlock: true });
  await router.until((mappings) => mappings.length === 1);
  const address = `${home.public}:14677`;
  // The router did it; that it says so takes a moment more.
  let status = await a.object(["status"]);
  for (let n = 0; n < 50 && status["mapping"] === null; n++) status = await a.object(["status"]);
  assert.deepEqual(status["mapping"], { by, router: home.router.address, address });
  assert.equal((await a.object(["privacy"]))["portMapping"], true);

  const said = await diagnose(a, "router", { state: "ok" });
  assert.match(said.what, new RegExp(`granted ${address.replaceAll(".", "\\.")}, by`));

  // Only this node outside dials: whoever sits behind the router would have to come by itself.
  const nodeB = await b.start(["--no-lan"]);
  const locator = text(await a.object(["locator"]), "locator");
  await b.object(["join", locator]);
  const post = await a.object(["post", "Hello, world outside"]);
  await nodeB.event("message", ({ id }) => id === post["id"]);
  assert.deepEqual((await b.list(["timeline", "--all"])).map((line) => line["author"]), [author]);
  await nodeA.event("exchange", ({ direction }) => direction === "inbound");

  const cameIn = asObject(asObject((await a.object(["status"]))["ways"])["cameIn"]);
  assert.ok(Number(cameIn["mapping"]) > 0, JSON.stringify(cameIn));
  assert.equal((await b.list(["peers"]))[0]?.["found"], "locator");

  assert.equal((await nodeA.stop()).code, 0);
  assert.deepEqual(await router.mappings(), []);
}

for (const by of ["upnp", "nat-pmp"] as const) {
  const name = `a node at home is reached from outside through a port mapped by ${by}`;
  if (missing === undefined) networkTest(name, () => reached(by));
  else Deno.test({ name: `${name} (skipped: ${missing})`, ignore: true, fn: () => {} });
}

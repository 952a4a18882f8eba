/**
 * Port mapping at a real miniupnpd, between network namespaces that the test makes and removes; and
 * at a router that lies. Where that can't be, the tests are ignored and say why.
 */
import assert from "node:assert/strict";
import { gatewayOf, Miniupnpd, whyNoHome } from "../e2e/harness/miniupnpd.ts";
import { type Host, makeHome, networkTest } from "../e2e/harness/netns.ts";
import { type Running, startProgram } from "../e2e/harness/process.ts";
import { patience, startScript } from "./peer_process.ts";

const TIMEOUT_MS = 30_000;
const { heard, stop } = patience(TIMEOUT_MS);

const missing = await whyNoHome();

function homeTest(name: string, run: () => Promise<void>): void {
  if (missing === undefined) networkTest(name, run);
  else Deno.test({ name: `${name} (skipped: ${missing})`, ignore: true, fn: run });
}

for (const by of ["upnp", "nat-pmp"] as const) {
  homeTest(
    `a port is mapped by ${by} to the same one outside, and given back at the end`,
    async () => {
      await using home = await makeHome();
      await using router = await Miniupnpd.start(gatewayOf(home), by);
      await using peer = await start(home.inside, ["5001", "1000"]);
      await heard(peer, `${by} ${home.router.address} ${home.public}`);
      const [mapping, ...others] = await router.mappings();
      assert.match(mapping ?? "", /dport 5001 dnat ip to 10\.88\.1\.2:5001/);
      assert.deepEqual(others, []);
      assert.deepEqual(await stop(peer), [`${by} ${home.router.address} ${home.public}`]);
      assert.deepEqual(await router.mappings(), []);
    },
  );

  homeTest(
    `a mapping by ${by} is renewed while the node lives, and ends by itself after kill -9`,
    async () => {
      await using home = await makeHome();
      await using router = await Miniupnpd.start(gatewayOf(home), by);
      await using peer = await start(home.inside, ["5001", "4"]);
      await heard(peer, `${by} ${home.router.address} ${home.public}`);
      // Three times asked is two leases and a half.
      const asked = (line: string): boolean =>
        by === "upnp"
          ? line.includes("SOAPAction") && line.includes("#AddPortMapping")
          : /lifetime/.test(line);
      let from = 0;
      for (let n = 0; n < 3; n++) {
        from = 1 + await router.process.stderr.find(
          (line, index) => asked(line) ? index : undefined,
          { what: "a request", from, timeoutMs: TIMEOUT_MS },
        );
      }
      assert.equal((await router.mappings()).length, 1);
      peer.signal("SIGKILL");
      await router.until((mappings) => mappings.length === 0);
    },
  );
}

homeTest("a router that lies has nothing fetched from elsewhere, and ends nothing", async () => {
  await using home = await makeHome();
  await using bait = await startScript(home.outside, ["tests/discovery/mapping_liar.ts", "bait"]);
  await heard(bait, "ready");
  await using liar = await startScript(home.router, [
    "tests/discovery/mapping_liar.ts",
    "liar",
    home.outside.address,
  ]);
  await heard(liar, "ready");
  await using forward = await startProgram(["sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward"], {
    namespace: home.router.namespace,
  });
  await forward.end();
  await using peer = await start(home.inside, ["5001", "4"]);
  // One that is led astray by its description, and NAT-PMP after that.
  await heard(liar, "description");
  await heard(liar, "nat-pmp");
  assert.deepEqual(await stop(peer), []);
  assert.deepEqual(bait.stdout.all, ["ready"]);
});

async function start(host: Host, args: readonly string[]): Promise<Running> {
  const running = await startScript(host, ["tests/discovery/mapping_peer.ts", ...args]);
  await heard(running, "ready");
  return running;
}

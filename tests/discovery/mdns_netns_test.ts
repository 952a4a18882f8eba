/**
 * Real multicast between network namespaces that the test makes and removes, by itself and beside
 * Debian's avahi. Where there can be none, the tests are ignored and say why.
 */
import assert from "node:assert/strict";
import { Avahi, missingForAvahi } from "../e2e/harness/avahi.ts";
import { type Host, makeLan, networkTest } from "../e2e/harness/netns.ts";
import type { Running } from "../e2e/harness/process.ts";
import { ip, patience, startScript } from "./peer_process.ts";

const TYPE = "_gossamer._tcp";
/** Generous: what is lost in the noise is asked for again, at growing intervals. */
const TIMEOUT_MS = 100_000;
const { heard, stop: stopped } = patience(TIMEOUT_MS);

networkTest("machines on a LAN find each other by mDNS alone, amid lies", async () => {
  await using net = await makeLan(3);
  const [a, b, c] = net.lans[0] ?? [];
  assert(a && b && c);
  await using noise = await start(c, "garbage", 0);
  await using atA = await start(a, "node", 5_001);
  await using atB = await start(b, "node", 5_002);
  await Promise.all([heard(atA, `${b.address}:5002`), heard(atB, `${a.address}:5001`)]);
  await heard(noise, "enough");
  const found = [...await stop(atA), ...await stop(atB)];
  // What the third says of machines elsewhere, of low ports or other networks, yields nothing. What is
  // left of a broken packet can name nobody, and then stands for its sender (PROTOCOL.md section 10).
  const [liar, others] = [true, false].map((is) =>
    found.filter((one) => one.startsWith(`${c.address}:`) === is)
  );
  assert.deepEqual(others?.sort(), [`${a.address}:5001`, `${b.address}:5002`]);
  const ports = liar?.map((one) => Number(one.slice(one.lastIndexOf(":") + 1))) ?? [];
  assert.ok(ports.every((port) => port >= 1_024), `${ports}`);
});

networkTest("a network that appears later is served as well, beside the first", async () => {
  await using net = await makeLan(3);
  const [a, b, c] = net.lans[0] ?? [];
  assert(a && b && c);
  // c starts without any network at all.
  await ip("-n", c.namespace, "link", "set", "eth0", "down");
  await using atC = await start(c, "node", 5_003);
  await using atA = await start(a, "node", 5_001);
  await using atB = await start(b, "node", 5_002);
  await Promise.all([heard(atA, `${b.address}:5002`), heard(atB, `${a.address}:5001`)]);
  const far = ["peer", "name", "eth1", "netns", c.namespace];
  await ip("link", "add", "eth1", "netns", a.namespace, "type", "veth", ...far);
  for (const [n, { namespace }] of [a, c].entries()) {
    await ip("-n", namespace, "addr", "add", `10.77.0.${n + 1}/24`, "dev", "eth1");
    await ip("-n", namespace, "link", "set", "eth1", "up");
  }
  await Promise.all([heard(atA, "10.77.0.2:5003"), heard(atC, "10.77.0.1:5001")]);
  await Promise.all([stop(atA), stop(atC)]);
  // Neither hears of a network that it isn't on.
  assert.deepEqual(await stop(atB), [`${a.address}:5001`]);
});

const missing = await missingForAvahi();
const beside = missing.length === 0
  ? networkTest
  : (name: string) => networkTest(`${name} (skipped: no ${missing.join(", ")})`, async () => {});

beside("avahi sees a node come and go, a node finds what avahi publishes", async () => {
  await using net = await makeLan(2);
  const [a, b] = net.lans[0] ?? [];
  assert(a && b);
  await using avahi = await Avahi.start(b);
  await avahi.publish("Ada's laptop", { type: TYPE, port: 4_567 });
  const browser = await avahi.browse(TYPE);
  await using atA = await start(a, "node", 5_001);
  // Shares the port with avahi.
  await using atB = await start(b, "node", 5_002);
  await heard(atA, `${b.address}:4567`);
  await heard(atB, `${b.address}:4567`);
  const found = await browser.stdout.find(
    (line) => line.startsWith("=;") && line.includes(";5001;") ? line.split(";") : undefined,
    { what: "the node", timeoutMs: TIMEOUT_MS },
  );
  const [, , , name = "", , , target, address, , txt] = found;
  assert.match(name, /^[0-9a-f]{16}$/);
  assert.deepEqual([target, address], [`${name}.local`, a.address]);
  assert.match(txt ?? "", /^"tag=[0-9a-f]{16}"$/);
  await browser.stdout.find((line) => line.includes(`;${b.address};5002;`) || undefined, {
    what: "the node beside it",
    timeoutMs: TIMEOUT_MS,
  });
  await stop(atA);
  await browser.stdout.find((line) => line.startsWith("-;") && line.includes(name) || undefined, {
    what: "the goodbye",
    timeoutMs: TIMEOUT_MS,
  });
});

async function start(host: Host, role: "node" | "garbage", tcpPort: number): Promise<Running> {
  const running = await startScript(host, ["tests/discovery/mdns_peer.ts", role, `${tcpPort}`]);
  await heard(running, "ready");
  return running;
}

/** The candidates that a node found: whoever is heard of again after a while is one again. */
async function stop(running: Running): Promise<string[]> {
  return [...new Set(await stopped(running))];
}

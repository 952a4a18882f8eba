/**
 * Real broadcasts between network namespaces that the test makes and removes. Where there can be
 * none, the tests are ignored and say why.
 */
import assert from "node:assert/strict";
import { MAX_SIGHTINGS_PER_HOST } from "../../src/discovery/registry.ts";
import { type Host, makeLan, makeRoutedLans, networkTest } from "../e2e/harness/netns.ts";
import type { Running } from "../e2e/harness/process.ts";
import { ip, patience, startScript } from "./peer_process.ts";

const TIMEOUT_MS = 10_000;
const { heard, stop } = patience(TIMEOUT_MS);

networkTest(
  "machines on a LAN without a route to anywhere hear each other, amid garbage",
  async () => {
    await using net = await makeLan(3);
    const [a, b, c] = net.lans[0] ?? [];
    assert(a && b && c);
    await using _noise = await start(c, "garbage", 0);
    await using atA = await start(a, "node", 5_001);
    await using atB = await start(b, "node", 5_002);
    await Promise.all([heard(atA, `${b.address}:5002`), heard(atB, `${a.address}:5001`)]);
    // What the third says may be believed, but neither its low ports nor without end.
    const found = [...await stop(atA), ...await stop(atB)];
    const others = found.filter((line) => line.startsWith(c.address));
    assert.deepEqual(
      found.filter((line) => !others.includes(line)).sort(),
      [`${a.address}:5001`, `${b.address}:5002`],
    );
    assert(others.every((line) => Number(line.split(":")[1]) >= 2_000), others.join(" "));
    assert.equal(new Set(others).size <= 2 * MAX_SIGHTINGS_PER_HOST, true, others.join(" "));
  },
);

networkTest("a network that appears later is announced on as well, beside the first", async () => {
  await using net = await makeLan(3);
  const [a, b, c] = net.lans[0] ?? [];
  assert(a && b && c);
  // c starts without any network at all.
  await ip("-n", c.namespace, "link", "set", "eth0", "down");
  await ip("-n", c.namespace, "link", "set", "lo", "down");
  await using atC = await start(c, "node", 5_003);
  await using atA = await start(a, "node", 5_001);
  await using atB = await start(b, "node", 5_002);
  await Promise.all([heard(atA, `${b.address}:5002`), heard(atB, `${a.address}:5001`)]);
  // Then a cable between a and c alone.
  const far = ["peer", "name", "eth1", "netns", c.namespace];
  await ip("link", "add", "eth1", "netns", a.namespace, "type", "veth", ...far);
  for (const [n, { namespace }] of [a, c].entries()) {
    await ip("-n", namespace, "addr", "add", `10.77.0.${n + 1}/24`, "dev", "eth1");
    await ip("-n", namespace, "link", "set", "eth1", "up");
  }
  await Promise.all([heard(atA, "10.77.0.2:5003"), heard(atC, "10.77.0.1:5001")]);
  assert.deepEqual([await stop(atA), await stop(atB), await stop(atC)], [
    [`${b.address}:5002`, "10.77.0.2:5003"],
    [`${a.address}:5001`],
    ["10.77.0.1:5001"],
  ]);
});

networkTest("with a default route too, a beacon stays on its own LAN", async () => {
  await using net = await makeRoutedLans([2, 1]);
  const [[a, b] = [], [c] = []] = net.lans;
  assert(a && b && c);
  await using atC = await start(c, "node", 5_003);
  await using atA = await start(a, "node", 5_001);
  await using atB = await start(b, "node", 5_002);
  await Promise.all([heard(atA, `${b.address}:5002`), heard(atB, `${a.address}:5001`)]);
  assert.deepEqual([await stop(atA), await stop(atB), await stop(atC)], [
    [`${b.address}:5002`],
    [`${a.address}:5001`],
    [],
  ]);
});

networkTest(
  "two nodes on one machine without a network hear each other over loopback",
  async () => {
    await using net = await makeLan(1);
    const [host] = net.lans[0] ?? [];
    assert(host);
    await ip("-n", host.namespace, "link", "set", "eth0", "down");
    await ip("-n", host.namespace, "addr", "flush", "dev", "eth0");
    await using one = await start(host, "node", 5_001);
    await using two = await start(host, "node", 5_002);
    await Promise.all([heard(one, "127.0.0.1:5002"), heard(two, "127.0.0.1:5001")]);
    assert.deepEqual([await stop(one), await stop(two)], [["127.0.0.1:5002"], ["127.0.0.1:5001"]]);
  },
);

async function start(host: Host, role: "node" | "garbage", tcpPort: number): Promise<Running> {
  const running = await startScript(host, ["tests/discovery/beacon_peer.ts", role, `${tcpPort}`]);
  await heard(running, "ready");
  return running;
}

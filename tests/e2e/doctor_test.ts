/** `doctor` with real nodes: what is switched off, blocked or missing is said to be. */
import assert from "node:assert/strict";
import { diagnose, doctor } from "./harness/doctor.ts";
import { makeHomes, natTest } from "./harness/nat.ts";
import { type Host, inside, makeLan, networkTest } from "./harness/netns.ts";
import { Machine, text } from "./harness/node.ts";
import { startProgram } from "./harness/process.ts";

Deno.test("without a node, and with one on loopback all whose ways are switched off", async () => {
  await using machine = await Machine.make();
  const before = await doctor(machine);
  assert.deepEqual([before.get("node")?.state, before.get("folder")?.state], ["problem", "ok"]);
  assert.match(before.get("node")?.do ?? "", /gossamer node/);
  await assert.rejects(Deno.stat(machine.dataDir), Deno.errors.NotFound, "doctor made a folder");

  const node = await machine.start();
  const during = await doctor(machine);
  for (const [id, option] of [["broadcast", "--no-lan"], ["mdns", "--no-mdns"]] as const) {
    assert.deepEqual([during.get(id)?.state, during.get(id)?.what], [
      "off",
      `It is switched off by ${option}.`,
    ]);
  }
  for (const id of ["router", "proxy", "onion", "dht"]) assert.equal(during.get(id)?.state, "off");
  for (const id of ["node", "folder", "memory", "permissions", "port", "network"]) {
    assert.equal(during.get(id)?.state, "ok", during.get(id)?.what);
  }

  if (Deno.build.os !== "windows") {
    await Deno.chmod(machine.dataDir, 0o755);
    const open = await diagnose(machine, "folder", { state: "problem" });
    assert.match(open.what, /get at the data folder/);
  }
  assert.equal((await node.stop()).code, 0);
  assert.equal((await doctor(machine)).get("node")?.state, "problem");
});

Deno.test("two nodes on loopback: the last exchange, and a proxy that isn't there", async () => {
  await using a = await Machine.make();
  await using b = await Machine.make();
  const nodeA = await a.start();
  const locator = text(await a.object(["locator"]), "locator");
  const nodeB = await b.start(["--join", locator]);
  await nodeB.event("exchange", ({ outcome }) => outcome === "completed");
  await diagnose(b, "outbound", {
    state: "ok",
    what: /last exchange with another node was \d+ s ago/,
  });
  await diagnose(b, "nodes", { state: "warning", what: /Only 1 other node is known/ });
  assert.equal((await nodeB.stop()).code, 0);

  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  await using proxied = await b.start(["--proxy", `socks5://127.0.0.1:${port}`]);
  const proxy = await diagnose(b, "proxy", { state: "problem" });
  assert.match(proxy.what, new RegExp(`proxy 127\\.0\\.0\\.1:${port} doesn't do its part`));
  assert.match((await doctor(b)).get("broadcast")?.what ?? "", /goes through the proxy/);
  await proxied.stop();
  await nodeA.stop();
});

networkTest("in a LAN: neighbours heard, nobody there, and a firewall in the way", async () => {
  await using net = await makeLan(2);
  const [hostA, hostB] = net.lans[0] ?? [];
  assert.ok(hostA && hostB);
  await using a = await Machine.make(hostA);
  await using b = await Machine.make(hostB);
  const nodeA = await a.start([], { mdns: true });
  await diagnose(a, "broadcast", { state: "ok", what: /hears itself, but no other node/ });
  await diagnose(a, "mdns", { state: "ok", what: /hears itself, but no other machine/ });
  assert.equal((await doctor(a)).get("ipv6")?.state, "off");

  const nodeB = await b.start([], { mdns: true });
  await nodeB.event("exchange", ({ outcome }) => outcome === "completed");
  for (const machine of [a, b]) {
    await diagnose(machine, "outbound", { state: "ok", what: /last exchange/ });
    await diagnose(machine, "broadcast", { state: "ok", what: /Nodes near are heard/ });
    await diagnose(machine, "mdns", { state: "ok", what: /1 node near came by mDNS/ });
    assert.match((await doctor(machine)).get("reachable")?.what ?? "", /isn't known/);
  }
  assert.equal((await nodeB.stop()).code, 0);
  assert.equal((await nodeA.stop()).code, 0);

  await block(hostA, "input");
  await block(hostB, "output");
  await a.start([], { mdns: true });
  await b.start([], { mdns: true });
  await diagnose(a, "broadcast", { state: "problem", what: /not even itself/ });
  await diagnose(a, "mdns", { state: "problem", what: /blocks port 5353/ });
  assert.match((await diagnose(a, "mdns", { state: "problem" })).do ?? "", /firewall/);
  await diagnose(b, "broadcast", { state: "problem", what: /refuses to send/ });
  await diagnose(b, "mdns", { state: "warning", what: /doesn't leave it/ });
});

networkTest("a program that keeps port 5353 for itself is named as what it is", async () => {
  await using net = await makeLan(1);
  const host = net.lans[0]?.[0];
  assert.ok(host);
  const keep = "const s = require('node:dgram').createSocket('udp4');" +
    "s.bind(5353, () => console.log('kept'));";
  await using keeper = await startProgram(
    [Deno.execPath(), "eval", "--ext=cjs", keep],
    { namespace: host.namespace },
  );
  await keeper.stdout.find((line) => line === "kept" ? line : undefined, { what: "the port" });
  await using machine = await Machine.make(host);
  await machine.start([], { mdns: true });
  const mdns = await diagnose(machine, "mdns", { state: "problem" });
  assert.match(mdns.what, /EADDRINUSE|in use/i);
  assert.match(mdns.do ?? "", /another program/);
});

await natTest("behind a router that maps nothing: said, with what could be done", async () => {
  await using net = await makeHomes({ homes: 1, publics: 1 });
  await using home = await Machine.make(net.homes[0]);
  await using outside = await Machine.make(net.publics[0]);
  await outside.start();
  const locator = text(await outside.object(["locator"]), "locator");
  const node = await home.start(["--join", locator], { portMapping: true });
  await node.event("exchange", ({ outcome }) => outcome === "completed");
  const router = await diagnose(home, "router", { state: "warning" });
  assert.match(router.what, /No router here lets a program open a port/);
  assert.match(router.do ?? "", /UPnP or NAT-PMP/);
  const all = await doctor(home);
  assert.equal(all.get("reachable")?.state, "unknown");
  assert.equal(all.get("outbound")?.state, "ok");
  const there = await diagnose(outside, "reachable", { state: "ok" });
  assert.match(there.what, /came in from outside by 42\.9\.1\.2:14677/);
  assert.match((await doctor(outside)).get("router")?.what ?? "", /switched off/);
});

/** A firewall on the machine itself against what is said in the local network. */
async function block(host: Host, hook: "input" | "output"): Promise<void> {
  const rules = [
    "table ip block {",
    `chain near { type filter hook ${hook} priority 0; udp dport { 5353, 14677 } drop; }`,
    "}",
  ];
  await inside(host.namespace, "nft", rules.join("\n"));
}

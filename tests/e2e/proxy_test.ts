/** A node behind a real SOCKS5 proxy, watched on the wire: nothing leaves it but to the proxy. */
import assert from "node:assert/strict";
import { makeRoutedLans, networkTest } from "./harness/netns.ts";
import { Machine, text } from "./harness/node.ts";
import { type Running, startProgram } from "./harness/process.ts";

const PROXY_PORT = 1_080;
const SPREAD_MS = 120_000;

async function has(program: string): Promise<boolean> {
  return (await (await startProgram(["sh", "-c", `command -v ${program}`])).end()).code === 0;
}

async function inside(namespace: string, ...command: string[]): Promise<Running> {
  return await startProgram(["ip", "netns", "exec", namespace, ...command]);
}

/** Waits until something listens on a port in a namespace. */
async function listening(namespace: string, port: number): Promise<void> {
  const hex = port.toString(16).toUpperCase().padStart(4, "0");
  const look = `until grep -q ':${hex} 00000000:0000 0A' /proc/net/tcp; do sleep 0.05; done`;
  assert.equal((await (await inside(namespace, "sh", "-c", look)).end()).code, 0);
}

const ready = Deno.build.os === "linux" && await has("microsocks") && await has("tcpdump");

(ready ? networkTest : Deno.test.ignore)(
  "with --proxy a post crosses the proxy, by address and by name, and nothing goes beside it",
  async () => {
    await using net = await makeRoutedLans([2, 1]);
    const [[hostA, hostP] = [], [hostB] = []] = net.lans;
    assert.ok(hostA && hostP && hostB);
    const login = ["-u", "ada", "-P", "secret"];
    await using _proxy = await inside(
      hostP.namespace,
      ...["microsocks", "-i", hostP.address, "-p", String(PROXY_PORT), ...login],
    );
    await listening(hostP.namespace, PROXY_PORT);
    // What the kernels say by themselves, by ARP, IGMP and ICMPv6, is not the node's.
    const filter = `(ip src host ${hostA.address} and not igmp) or (ip6 and (tcp or udp))`;
    await using wire = await inside(
      hostA.namespace,
      ...["tcpdump", "-l", "-n", "-i", "eth0", filter],
    );
    await wire.stderr.find((line) => line.includes("listening on") ? line : undefined, {
      what: "tcpdump's start",
    });

    await using a = await Machine.make(hostA);
    await using b = await Machine.make(hostB);
    await using c = await Machine.make(hostP);
    const nodeB = await b.start();
    // Only the proxy's own loopback leads to it, so only the proxy can make something of its name.
    const nodeC = await c.start(["--bind", "127.0.0.1", "--no-lan"]);
    await a.identity("Ada");
    const nodeA = await a.start(
      [
        ...["--proxy", `socks5://ada:secret@${hostP.address}:${PROXY_PORT}`, "--unlock", "--eager"],
        // Listening to all, it could announce itself.
        ...["--bind", "0.0.0.0"],
        ...["--join", `g:?a=${hostB.address}:14677`, "--join", "g:?a=localhost:14677"],
      ],
      { unlock: true },
    );
    const post = await a.object(["post", "Through the wall"]);
    for (const node of [nodeB, nodeC]) {
      await node.event("message", ({ id }) => id === post["id"], { timeoutMs: SPREAD_MS });
    }
    const status = await a.object(["status"]);
    assert.equal(status["proxy"], `${hostP.address}:${PROXY_PORT}`);
    assert.deepEqual(status["addresses"], []);
    assert.equal((await a.object(["privacy"]))["proxy"], status["proxy"]);
    const known = (await a.list(["peers"])).map((peer) => text(peer, "address"));
    assert.ok(known.includes("localhost:14677"), known.join(" "));
    // Nobody was told where A is.
    for (const machine of [b, c]) {
      const theirs = (await machine.list(["peers"])).map((peer) => text(peer, "address"));
      assert.ok(!theirs.some((address) => address.startsWith(hostA.address)), theirs.join(" "));
    }
    assert.equal((await nodeA.stop()).code, 0);

    wire.signal("SIGINT");
    const { stdout } = await wire.end();
    const lines = stdout.split("\n").filter((line) => line !== "");
    const toProxy = `${hostA.address.replaceAll(".", "\\.")}\\.\\d+`;
    const proxy = `${hostP.address.replaceAll(".", "\\.")}\\.(${PROXY_PORT}|socks)`;
    const allowed = new RegExp(` IP ${toProxy} > ${proxy}: Flags`);
    assert.ok(lines.length > 20, `only ${lines.length} packets were seen`);
    assert.deepEqual(lines.filter((line) => !allowed.test(line)), []);
  },
);

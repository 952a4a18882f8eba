/** Nothing listens for the web page unless its owner has opened it, and then on loopback alone. */
import assert from "node:assert/strict";
import { inside, makeLan, networkTest } from "../e2e/harness/netns.ts";
import { Machine, text } from "../e2e/harness/node.ts";

/** What listens in a namespace: TCP addresses with ports, and all UDP sockets that are bound. */
async function listening(namespace: string): Promise<readonly string[]> {
  const found = await inside(namespace, "ss", "-H", "-l", "-n", "-t", "-u");
  return found.split("\n").filter((line) => line.trim() !== "").map((line) => {
    const [protocol, , , , address] = line.trim().split(/\s+/);
    return `${protocol} ${address}`;
  }).sort();
}

networkTest(
  "with the web page closed nothing listens for it; opened, one socket on 127.0.0.1 does",
  async () => {
    await using net = await makeLan(1);
    const [host] = net.lans[0]!;
    assert.ok(host);
    assert.deepEqual(await listening(host.namespace), []);
    await using machine = await Machine.make(host);
    await machine.identity("Ada");
    const node = await machine.start();
    const port = await node.port();
    const before = await listening(host.namespace);
    const tcp = before.filter((one) => one.startsWith("tcp "));
    assert.ok(tcp.length > 0 && tcp.every((one) => one.endsWith(`:${port}`)), before.join("\n"));

    const link = new URL(text(await machine.object(["open"]), "link"));
    const opened = [...before, `tcp ${link.host}`].sort();
    assert.equal(link.hostname, "127.0.0.1");
    assert.deepEqual(await listening(host.namespace), opened);
    await machine.object(["open"]);
    assert.deepEqual(
      await listening(host.namespace),
      opened,
      "A second link needs no second socket",
    );

    await machine.object(["open", "--close"]);
    assert.deepEqual(await listening(host.namespace), before);
  },
);

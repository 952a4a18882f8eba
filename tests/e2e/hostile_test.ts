/** Peers that break the rules meet a real node: refused, not stored, and at their own cost. */
import assert from "node:assert/strict";
import { ANSWER, RESULT } from "../../src/wire/frame.ts";
import { idBytes } from "../../src/wire/ids.ts";
import { MAX_RECORD_PLAINTEXT } from "../../src/wire/limits.ts";
import { parseNetworkName } from "../../src/wire/labels.ts";
import { encode } from "../../src/wire/msgpack.ts";
import { Author, OVER_LARGE, type Spoiled, spoiledMessages } from "./harness/author.ts";
import { helloFrame, PlainPeer, RawClient } from "./harness/client.ts";
import { type Json, Machine, type RunningNode } from "./harness/node.ts";
import { startProgram } from "./harness/process.ts";

Deno.test("a spoiled message is refused, not stored, and costs its sender freshness", async () => {
  await using machine = await Machine.make();
  await using first = new PlainPeer();
  await using second = new PlainPeer();
  const join = `g:?a=${first.address}&a=${second.address}`;
  const node = await machine.start(["--join", join]);
  const port = await node.port();
  for (let n = 0; n < 2; n++) {
    await node.event("exchange", ({ outcome }) => outcome === "completed", { from: node.lines });
  }
  const author = new Author();

  const spoiled = spoiledMessages(author);
  let refused = 0;
  for (const [index, bad] of spoiled.entries()) {
    // A peer falls from 6, so each has to stand in for half of them.
    const peer = index < spoiled.length / 2 ? first : second;
    const sent = await sendSpoiled(machine, { bad, peer, port });
    if (bad.result !== "outsideLifetime") refused += sent;
  }
  const { messages, exchanges } = await machine.object(["status"]);
  assert.deepEqual([messages, (exchanges as Json)["refused"]], [0, refused]);

  using client = await RawClient.open({ port });
  const good = author.post("A good one, after all that");
  const { answer, frames } = await client.deliver(good.id, good.bytes);
  assert.deepEqual([answer, frames], [0, [{ kind: "result", code: RESULT.accepted }]]);
  const all = await machine.list(["timeline", "--all"]);
  assert.deepEqual(all.map(({ id }) => id), [good.id]);
});

/** Sends one, checks the result, that nothing was stored, and what it cost. Answers how often it sent. */
async function sendSpoiled(
  machine: Machine,
  { bad, peer, port }: { bad: Spoiled; peer: PlainPeer; port: number },
): Promise<number> {
  for (let sent = 1;; sent++) {
    const dialled = peer.completed;
    const before = await freshness(machine, peer);
    using client = await RawClient.open({ port });
    const { answer, frames } = await client.deliver(bad.id, bad.bytes, { port: peer.port });
    // What no frame may hold ends the connection before there is anything to give a result for.
    const result = { kind: "result", code: RESULT[bad.result] };
    const expected = bad.what === OVER_LARGE ? [] : [result];
    assert.deepEqual([bad.what, answer, frames], [bad.what, 0, expected]);
    const shown = await machine.run(["show", bad.id, "--json"]);
    assert.deepEqual([bad.what, shown.code], [bad.what, 1]);
    const after = await freshness(machine, peer);
    // When the node happened to dial the peer in the meantime, its freshness says nothing.
    if (peer.completed !== dialled) continue;
    const cost = bad.result === "outsideLifetime" ? 0 : 1;
    assert.deepEqual([bad.what, after], [bad.what, before - cost]);
    return sent;
  }
}

async function freshness(machine: Machine, peer: PlainPeer): Promise<number> {
  const peers = await machine.list(["peers"]);
  const found = peers.find(({ address }: Json) => address === peer.address);
  assert.ok(typeof found?.["freshness"] === "number", `${peer.address} is not among the peers`);
  return found["freshness"];
}

Deno.test("whatever else a peer sends, the node closes, goes on and counts it", async () => {
  await using machine = await Machine.make();
  const node = await machine.start();
  const port = await node.port();
  const hello = helloFrame();
  const id = new Author().post("Never asked for").id;
  const attempts: Record<string, (client: RawClient) => Promise<void>> = {
    "an unknown frame": (client) => client.sendBytes(encode([99])),
    "no MessagePack": (client) => client.sendBytes(Uint8Array.of(0xc1)),
    "an offer before hello": (client) =>
      client.send({ kind: "offer", ids: [id], address: undefined }),
    "two hellos": (client) => client.send(hello, hello),
    "an id offered twice": (client) =>
      client.send(hello).then(() =>
        client.sendBytes(encode([1, [idBytes(id), idBytes(id)], null]))
      ),
    "a message nobody asked for": async (client) => {
      await client.greet([]);
      await client.send({ kind: "message", bytes: Uint8Array.of(0) });
    },
    "padding that isn't zeros": (client) => client.sendPlaintext(new Uint8Array(256).fill(1)),
    "a record of no valid size": (client) => client.sendPlaintext(new Uint8Array(300)),
    "a record that isn't authentic": (client) =>
      client.sendRaw(new Uint8Array(2 + 256 + 16).fill(1)),
    "the longest record, never ended": (client) =>
      client.sendRaw(lengthOnly(MAX_RECORD_PLAINTEXT + 17)),
  };
  for (const [what, attempt] of Object.entries(attempts)) {
    using client = await RawClient.open({ port });
    await attempt(client);
    const last = (await client.rest()).at(-1)?.kind;
    assert.notEqual(last, "result", what);
  }
  using stranger = await RawClient.connect({ port });
  await stranger.sendRaw(new Uint8Array(2_000).fill(0x47));
  await assert.rejects(stranger.handshake());
  const network = parseNetworkName("elsewhere");
  assert.ok(network !== undefined);
  // The responder can't tell networks apart before it has answered, so it is we who notice.
  await assert.rejects(RawClient.open({ port, network }), { name: "WireError" });

  const status = await machine.object(["status"]);
  assert.deepEqual([status["running"], status["messages"]], [true, 0]);
});

Deno.test("who is slow, silent or many is let go, and newcomers are served meanwhile", async () => {
  await using machine = await Machine.make();
  const node = await machine.start();
  const port = await node.port();
  const author = new Author();
  await deliverGood(author, port);
  const before = await openFiles(node);

  const { id } = author.post("Never handed over");
  const nothing = { kind: "answer", codes: [], knewAddress: false, stems: 0 } as const;
  const ways: Record<string, (client: RawClient) => Promise<void>> = {
    "no hello": async () => {},
    "half a record": (client) => client.sendRaw(lengthOnly(256 + 16)),
    "no offer": (client) => client.send(helloFrame()),
    "no answer": (client) => client.greet([]),
    "wanted and not sent": async (client) => {
      await client.greet([id]);
      await client.send({ ...nothing, codes: [ANSWER.notNow] });
    },
    "sent and not taken": async (client) => {
      await client.greet([]);
      await client.send({ ...nothing, codes: [ANSWER.want] });
    },
    "no stem": async (client) => {
      await client.greet([]);
      await client.send({ ...nothing, codes: [ANSWER.notNow], stems: 2 ** 53 - 1 });
    },
  };
  await using crowd = new AsyncDisposableStack();
  const from = node.lines;
  for (const way of Object.values(ways)) {
    const client = crowd.use(await RawClient.open({ port }));
    await way(client);
  }
  crowd.use(await RawClient.connect({ port }));
  await crowd.use(await RawClient.connect({ port })).sendRaw(Uint8Array.of(0, 32, 9));
  // Whoever never got as far as a handshake ends as an exchange, too.
  const count = Object.keys(ways).length + 2;
  let failed = 0;
  const all = (event: Json): boolean => event["outcome"] === "failed" && ++failed === count;
  await deliverGood(author, port);
  await node.event("exchange", all, { from, timeoutMs: 30_000 });

  for (let n = 0; n < 3_000; n += 50) {
    await Promise.all(Array.from({ length: 50 }, async () => {
      (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    }));
  }
  for (let n = 0; n < 200; n++) crowd.use(await RawClient.open({ port }));
  await deliverGood(author, port);
  assert.ok(await residentMiB(node) < 400);
  await crowd.disposeAsync();
  // Each command takes the time in which the node notices that more of them are gone.
  for (let n = 0; n < 40 && await openFiles(node) > before; n++) await machine.object(["status"]);
  assert.ok(await openFiles(node) <= before);
  assert.equal((await node.stop()).code, 0);
});

Deno.test("nobody keeps a message from arriving by offering it and never sending it", async () => {
  await using machine = await Machine.make();
  const port = await (await machine.start()).port();
  const author = new Author();
  const { id, bytes } = author.post("Held up by nobody");
  await using crowd = new AsyncDisposableStack();
  const answers: unknown[] = [];
  for (let n = 0; n < 3; n++) {
    const client = crowd.use(await RawClient.open({ port }));
    await client.greet([id]);
    await client.expect("hello");
    answers.push(...(await client.expect("answer")).codes);
  }
  // Waited for twice in all, then asked for from whoever offers it.
  assert.deepEqual(answers, [ANSWER.want, ANSWER.inFlight, ANSWER.inFlight]);
  using honest = await RawClient.open({ port });
  const { answer, frames } = await honest.deliver(id, bytes);
  assert.deepEqual([answer, frames], [ANSWER.want, [{ kind: "result", code: RESULT.accepted }]]);
  assert.equal((await machine.list(["timeline", "--all"]))[0]?.["id"], id);
});

Deno.test("nobody who connects silences a message by claiming to know it", async () => {
  await using machine = await Machine.make();
  const port = await (await machine.start()).port();
  const { id, bytes } = new Author().post("Heard all the same");
  using author = await RawClient.open({ port });
  await author.deliver(id, bytes);
  for (let n = 0; n < 10; n++) {
    using client = await RawClient.open({ port });
    assert.deepEqual(await offered(client, 40_000 + n), [id]);
    const codes = [ANSWER.known];
    await client.send({ kind: "answer", codes, knewAddress: true, stems: 0 }, { kind: "bye" });
    assert.deepEqual(await client.rest(), []);
  }
  using newcomer = await RawClient.open({ port });
  assert.deepEqual(await offered(newcomer, 0), [id]);
});

Deno.test("without the network's key nobody gets further than the handshake", async () => {
  await using machine = await Machine.make();
  const file = `${machine.folder}/key`;
  await Deno.writeTextFile(file, "5a".repeat(32));
  const port = await (await machine.start(["--network-key", file])).port();
  await assert.rejects(RawClient.open({ port }));
  await assert.rejects(RawClient.open({ port, psk: new Uint8Array(32) }));
  using member = await RawClient.open({ port, psk: new Uint8Array(32).fill(0x5a) });
  assert.deepEqual(await offered(member, 0), []);
});

/** Delivers a fresh post, which must be taken. */
async function deliverGood(author: Author, port: number): Promise<void> {
  const { id, bytes } = author.post(`Good ${crypto.randomUUID()}`);
  using client = await RawClient.open({ port });
  const { frames } = await client.deliver(id, bytes);
  assert.deepEqual(frames, [{ kind: "result", code: RESULT.accepted }]);
}

/** Goes as far as the node's offer, offering nothing. */
async function offered(client: RawClient, port: number): Promise<readonly string[]> {
  await client.greet([], { port });
  await client.expect("hello");
  await client.expect("answer");
  return (await client.expect("offer")).ids;
}

/** Files and sockets that a node has open; 0 where the system doesn't say. */
async function openFiles(node: RunningNode): Promise<number> {
  if (Deno.build.os !== "linux") return 0;
  return (await output("ls", `/proc/${node.process.pid}/fd`)).trim().split("\n").length;
}

/** Memory of a node in MiB; 0 where the system doesn't say. */
async function residentMiB(node: RunningNode): Promise<number> {
  if (Deno.build.os !== "linux") return 0;
  const status = await output("cat", `/proc/${node.process.pid}/status`);
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1_024;
}

/** What another program prints: Deno opens /proc itself to programs with every permission only. */
async function output(...command: string[]): Promise<string> {
  const { code, stdout } = await (await startProgram(command)).end();
  assert.equal(code, 0, command.join(" "));
  return stdout;
}

function lengthOnly(length: number): Uint8Array {
  const bytes = new Uint8Array(2);
  new DataView(bytes.buffer).setUint16(0, length);
  return bytes;
}

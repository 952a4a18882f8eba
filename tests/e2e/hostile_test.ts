/** Peers that break the rules meet a real node: refused, not stored, and at their own cost. */
import assert from "node:assert/strict";
import { RESULT } from "../../src/wire/frame.ts";
import { idBytes } from "../../src/wire/ids.ts";
import { MAX_RECORD_PLAINTEXT } from "../../src/wire/limits.ts";
import { parseNetworkName } from "../../src/wire/labels.ts";
import { encode } from "../../src/wire/msgpack.ts";
import { Author, OVER_LARGE, type Spoiled, spoiledMessages } from "./harness/author.ts";
import { helloFrame, PlainPeer, RawClient } from "./harness/client.ts";
import { type Json, Machine } from "./harness/node.ts";

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
  for (const [index, bad] of spoiled.entries()) {
    // A peer falls from 6, so each has to stand in for half of them.
    const peer = index < spoiled.length / 2 ? first : second;
    await sendSpoiled(machine, { bad, peer, port });
  }
  const status = await machine.object(["status"]);
  assert.equal(status["messages"], 0);

  using client = await RawClient.open({ port });
  const good = author.post("A good one, after all that");
  const { answer, frames } = await client.deliver(good.id, good.bytes);
  assert.deepEqual([answer, frames], [0, [{ kind: "result", code: RESULT.accepted }]]);
  const all = await machine.list(["timeline", "--all"]);
  assert.deepEqual(all.map(({ id }) => id), [good.id]);
});

/** Sends one, checks the result, that nothing was stored, and what it cost. */
async function sendSpoiled(
  machine: Machine,
  { bad, peer, port }: { bad: Spoiled; peer: PlainPeer; port: number },
): Promise<void> {
  for (;;) {
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
    return;
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

function lengthOnly(length: number): Uint8Array {
  const bytes = new Uint8Array(2);
  new DataView(bytes.buffer).setUint16(0, length);
  return bytes;
}

import assert from "node:assert/strict";
import type { ExchangeSummary, InEvent } from "../../src/gossip/mod.ts";
import { systemClock } from "../../src/node/clock.ts";
import { makeEngine } from "../../src/node/engine.ts";
import { factOf } from "../../src/node/message_fact.ts";
import { GossipLoop, type Remembered } from "../../src/node/gossip_loop.ts";
import { makeLog } from "../../src/node/log.ts";
import type { OwnRoad } from "../../src/node/own_messages.ts";
import { openSession } from "../../src/node/session.ts";
import { MemoryNetwork } from "../../src/node/transport_memory.ts";
import { addressOf, type NodeAddress } from "../../src/wire/address.ts";
import { RESULT } from "../../src/wire/frame.ts";
import type { MessageId } from "../../src/wire/ids.ts";
import { type TestOwner, testOwner } from "./owner_helpers.ts";

interface TestNode extends TestOwner {
  readonly loop: GossipLoop;
  readonly address: NodeAddress;
  readonly noted: Remembered[];
  readonly errors: string[];
  /** What peers brought by a stem that ended here. */
  readonly stemsEnded: MessageId[];
  /** Resolves when an exchange ended that fits. */
  exchange(fits: (summary: ExchangeSummary) => boolean): Promise<ExchangeSummary>;
}

async function node(
  network: MemoryNetwork,
  host: string,
  load?: (id: MessageId) => Promise<undefined>,
): Promise<TestNode> {
  const road: OwnRoad = {
    send: (message, origin) => {
      const { bytes } = message;
      loop.feed({ kind: "own-message", message: factOf(message), bytes, origin });
    },
    withdraw: (id) => loop.withdraw(id),
    forget: () => loop.feed({ kind: "locked" }),
    after: () => () => {},
  };
  const owner = await testOwner(undefined, road);
  const { labels, store, injector } = owner.context;
  const transport = network.transportOf(host);
  const noted: Remembered[] = [];
  const errors: string[] = [];
  const waiting: { fits: (s: ExchangeSummary) => boolean; done: (s: ExchangeSummary) => void }[] =
    [];
  const address = addressOf(host, 14677);
  assert.ok(address);
  const stemsEnded: MessageId[] = [];
  const loop: GossipLoop = new GossipLoop({
    engine: makeEngine({ store, eager: true, self: { port: 14677, addresses: [address] } }),
    // Deadlines and pauses pass in real time; the owner's clock stands still.
    clock: systemClock,
    log: makeLog("gossip", () => (level, message, facts) => {
      if (level === "error" || "error" in facts) errors.push(`${message} ${facts["error"] ?? ""}`);
    }),
    injector,
    load: (ids) => Promise.all(ids.map(async (id) => await load?.(id) ?? await store.getBytes(id))),
    retracted: (id) => store.index.get(id)?.retracted === true,
    dial: (to, signal) => transport.dial(to, { signal }),
    handshake: (connection, role) =>
      openSession({
        connection,
        role,
        labels,
        random: (n) => crypto.getRandomValues(new Uint8Array(n)),
      }),
    remember: (event) => noted.push(event),
    stored: () => {},
    stemEnded: ({ id }) => void stemsEnded.push(id),
    greeted: () => {},
    reconciled: () => {},
    ended: (summary) => {
      for (const one of waiting.filter(({ fits }) => fits(summary))) one.done(summary);
    },
  });
  const listener = transport.listen({
    hosts: [host],
    port: 14677,
    onConnection: (connection) => loop.accept(connection),
  });
  loop.feed({ kind: "start" });
  return {
    ...owner,
    loop,
    address,
    noted,
    errors,
    stemsEnded,
    exchange: (fits) => new Promise((done) => waiting.push({ fits, done })),
    close: async () => {
      await listener.close();
      await loop.stop();
      await owner.close();
    },
  };
}

Deno.test("a post crosses from one node to another, and both note each other", async () => {
  const network = new MemoryNetwork();
  const [ann, bob] = [await node(network, "10.0.0.1"), await node(network, "10.0.0.2")];
  await ann.identity("ann");
  const met = ann.exchange(({ completed }) => completed);
  ann.loop.feed({ kind: "address-heard", address: bob.address, source: "locator" });
  await met;
  // A stem ends where it could only go back, so bob says it to everybody, ann among them.
  const back = ann.exchange(({ received }) => received === 1);
  const { id } = await ann.service.call("post", { text: "hi", attachments: [] });
  const [mine] = await ann.service.call("timeline", { limit: 1, all: false });
  assert.equal(mine?.pending, true);
  assert.equal((await back).completed, true);
  for (const { service } of [ann, bob]) {
    const [view] = await service.call("timeline", { limit: 1, all: true });
    assert.deepEqual([view?.text, view?.pending], ["hi", false]);
  }
  // It ended at bob's; ann has hers back, which she didn't receive by a stem.
  assert.deepEqual([ann.stemsEnded, bob.stemsEnded], [[], [id]]);
  assert.ok(bob.noted.some((event) => "address" in event && event.address === ann.address));
  assert.ok(ann.noted.some((event) => "address" in event && event.address === bob.address));
  await Promise.all([ann.close(), bob.close()]);
  assert.deepEqual([...ann.errors, ...bob.errors], []);
});

Deno.test("a stem message that the store has no room for when it becomes normal is held, not lost", async () => {
  const network = new MemoryNetwork();
  const [ann, bob] = [await node(network, "10.0.0.1"), await node(network, "10.0.0.2")];
  await ann.identity("ann");
  const met = ann.exchange(({ completed }) => completed);
  ann.loop.feed({ kind: "address-heard", address: bob.address, source: "locator" });
  await met;
  const { injector } = bob.context;
  injector.inject = () => Promise.resolve({ code: RESULT.busy, message: undefined });
  const told = new Promise<InEvent>((done) => {
    const feed = bob.loop.feed.bind(bob.loop);
    bob.loop.feed = (event) => {
      if (event.kind === "unpublished") done(event);
      feed(event);
    };
  });
  const { id } = await ann.service.call("post", { text: "hi", attachments: [] });
  assert.deepEqual(await told, { kind: "unpublished", id, later: true });
  await Promise.all([ann.close(), bob.close()]);
  assert.deepEqual([...ann.errors, ...bob.errors], []);
});

Deno.test("a message that can't be read from disk keeps no other from getting through", async () => {
  const network = new MemoryNetwork();
  let bad = "";
  const ann = await node(network, "10.0.0.1", (id) => {
    return id === bad ? Promise.reject(new Error("the disk")) : Promise.resolve(undefined);
  });
  const bob = await node(network, "10.0.0.2");
  await ann.identity("ann");
  for (const text of ["one", "two", "three"]) {
    const { id } = await ann.service.call("post", { text, attachments: [] });
    if (text === "two") bad = id;
    const message = ann.context.own.get(id as MessageId);
    assert.ok(message);
    await ann.context.injector.inject(message.bytes);
    ann.loop.feed({ kind: "injected", message: factOf(message) });
  }
  const delivered = ann.exchange((summary) => summary.delivered === 2);
  ann.loop.feed({ kind: "address-heard", address: bob.address, source: "locator" });
  assert.equal((await delivered).completed, true);
  const views = await bob.service.call("timeline", { limit: 5, all: true });
  assert.deepEqual(views.map(({ text }) => text), ["one", "three"]);
  await Promise.all([ann.close(), bob.close()]);
  assert.deepEqual(bob.errors, []);
  assert.match(ann.errors.join(), /the disk/);
});

Deno.test("a node that can't be reached, and one that talks rubbish, are failures and no more", async () => {
  const network = new MemoryNetwork();
  const ann = await node(network, "10.0.0.1");
  const rubbish = network.transportOf("10.0.0.3");
  const listener = rubbish.listen({
    hosts: ["10.0.0.3"],
    port: 2000,
    onConnection: (connection) => {
      connection.write(new Uint8Array(500).fill(7)).finally(() => connection.close()).catch(
        () => {},
      );
    },
  });
  for (const [host, port] of [["10.0.0.9", 2000], ["10.0.0.3", 2000]] as const) {
    const address = addressOf(host, port);
    assert.ok(address);
    const failed = ann.exchange((summary) => summary.address === address);
    ann.loop.feed({ kind: "address-heard", address, source: "locator" });
    assert.equal((await failed).completed, false);
  }
  await listener.close();
  await ann.close();
  assert.deepEqual(ann.errors, []);
});

Deno.test("stop ends a loop in the middle of a dial and of a handshake", async () => {
  const network = new MemoryNetwork();
  const ann = await node(network, "10.0.0.1");
  const silent = network.transportOf("10.0.0.3");
  const { promise: dialled, resolve } = Promise.withResolvers<void>();
  const held: { close(): void }[] = [];
  const listener = silent.listen({
    hosts: ["10.0.0.3"],
    port: 2000,
    onConnection: (connection) => {
      held.push(connection);
      resolve();
    },
  });
  const address = addressOf("10.0.0.3", 2000);
  assert.ok(address);
  ann.loop.feed({ kind: "address-heard", address, source: "locator" });
  await dialled;
  await ann.close();
  for (const connection of held) connection.close();
  await listener.close();
});

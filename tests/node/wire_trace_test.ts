/**
 * What goes over the wire must not depend on whom the owner follows or blocks, nor on which identities are held:
 * otherwise a prober could find out by offering. The same two nodes, with the same chance and clock,
 * exchange the same messages again and again, with other private lists; every byte is compared.
 */
import assert from "node:assert/strict";
import { bytesToHex } from "@noble/hashes/utils.js";
import { type Rng, seededRng } from "../../src/gossip/mod.ts";
import { createVerifier } from "../../src/keystore/mod.ts";
import { makeEngine } from "../../src/node/engine.ts";
import { GossipLoop } from "../../src/node/gossip_loop.ts";
import { Hub } from "../../src/node/hub.ts";
import { Injector } from "../../src/node/inject.ts";
import type { Injected, InjectOptions } from "../../src/node/inject_ports.ts";
import { loadMessages } from "../../src/node/load_messages.ts";
import { openLog } from "../../src/node/log_tape.ts";
import { openSession } from "../../src/node/session.ts";
import { MemoryNetwork } from "../../src/node/transport_memory.ts";
import type { Connection } from "../../src/node/transport_port.ts";
import { Appended } from "../../src/store/mod.ts";
import { addressOf, type NodeAddress } from "../../src/wire/address.ts";
import { RESULT } from "../../src/wire/frame.ts";
import { formatIdentity, type IdentityKey } from "../../src/wire/ids.ts";
import { decodeEnvelope } from "../../src/wire/message.ts";
import type { AdmittedStatement } from "../../src/wire/statement.ts";
import { Author, type Made } from "../e2e/harness/author.ts";
import { keyOf, statementOf } from "../store/support.ts";
import { START, type TestOwner, testOwner } from "./owner_helpers.ts";

const ROUNDS = 6;
const AUTHORS = [1, 2, 3].map((n) => new Author({ seed: new Uint8Array(32).fill(n) }));

/** Posts of the three authors in turn, for both nodes; made once. */
const POSTS: readonly Made[] = Array.from(
  { length: 4 * ROUNDS },
  (_, i) => AUTHORS[i % 3]!.post(`Post ${i}`, { created: START / 1000 - 10 * i }),
);

/** What strangers said of the authors, known to both: it goes along with their posts. */
const STATEMENTS: readonly AdmittedStatement[] = AUTHORS.flatMap(({ key }) =>
  Array.from({ length: 40 }, (_, n) => statementOf({ issuer: keyOf(n), subject: key }))
);

/** What an owner did before the exchanges, and between them. */
interface Lists {
  readonly before?: (owner: TestOwner) => Promise<unknown>;
  readonly between?: (owner: TestOwner, round: number) => Promise<unknown>;
  /** A node that takes only what its owner follows: the mistake that the test is for. */
  readonly onlyFrom?: (author: IdentityKey) => boolean;
}

class Picky extends Injector {
  readonly #wants: (author: IdentityKey) => boolean;

  constructor(
    ports: ConstructorParameters<typeof Injector>[0],
    wants: (author: IdentityKey) => boolean,
  ) {
    super(ports);
    this.#wants = wants;
  }

  override inject(bytes: Uint8Array, options?: InjectOptions): Promise<Injected> {
    if (this.#wants(decodeEnvelope(bytes).key)) return super.inject(bytes, options);
    return Promise.resolve({ code: RESULT.busy, message: undefined });
  }
}

interface Node {
  readonly owner: TestOwner;
  readonly loop: GossipLoop;
  readonly address: NodeAddress;
  /** Connections that are open or being closed. */
  sessions(): number;
  tell(post: Made): Promise<void>;
  close(): Promise<void>;
}

async function start(
  { network, host, seed, trace, onlyFrom }: {
    readonly network: MemoryNetwork;
    readonly host: string;
    readonly seed: number;
    readonly trace: string[];
    readonly onlyFrom?: Lists["onlyFrom"];
  },
): Promise<Node> {
  const owner = await testOwner();
  const { labels, store, clock } = owner.context;
  const log = openLog({ level: "error", write: (line) => assert.fail(line) });
  const ports = { labels, store, clock, log, hub: new Hub(), verify: createVerifier() };
  const injector = onlyFrom === undefined ? owner.context.injector : new Picky(ports, onlyFrom);
  const address = addressOf(host, 14_677);
  assert.ok(address);
  const transport = network.transportOf(host);
  const random = seededBytes(seededRng(seed + 100));
  const self = { port: 14_677, addresses: [address] };
  const engine = makeEngine({ store, eager: false, injector, self, rng: seededRng(seed) });
  const loop = new GossipLoop({
    engine,
    clock,
    log,
    injector,
    load: loadMessages({
      ...{ store, textOnly: false, keeper: { refuses: () => false } },
      appended: new Appended({ ...store, below: seededRng(seed + 200).below }),
    }),
    retracted: () => false,
    dial: async (to, signal) => traced(await transport.dial(to, { signal }), trace),
    handshake: (connection, role) => openSession({ connection, role, labels, random }),
    remember: () => {},
    stored: () => {},
    greeted: () => {},
    reconciled: () => {},
    ended: ({ completed, reason }) => assert.ok(completed, reason),
  });
  const listener = transport.listen({
    hosts: [host],
    port: 14_677,
    onConnection: (connection) => loop.accept(connection),
  });
  loop.feed({ kind: "start" });
  return {
    owner,
    loop,
    address,
    sessions: () => engine.sizes.sessions,
    tell: async ({ bytes }) => {
      const { message } = await owner.context.injector.inject(bytes);
      if (message === undefined) return;
      const { id, body } = message;
      const fact = { id, created: body.created, size: bytes.length };
      loop.feed({ kind: "injected", message: fact });
    },
    close: async () => {
      await listener.close();
      await loop.stop();
      await owner.close();
    },
  };
}

/** All bytes of a connection, each way, as a line that is there from its beginning. */
function traced(connection: Connection, trace: string[]): Connection {
  const index = trace.push("") - 1;
  const sides = { out: "", in: "" };
  const note = (side: "out" | "in", bytes: Uint8Array): void => {
    sides[side] += bytesToHex(bytes);
    trace[index] = `${sides.out} ${sides.in}`;
  };
  return {
    remote: connection.remote,
    read: async () => {
      const bytes = await connection.read();
      if (bytes !== null) note("in", bytes);
      return bytes;
    },
    write: (bytes) => {
      note("out", bytes);
      return connection.write(bytes);
    },
    closeWrite: () => connection.closeWrite(),
    close: () => connection.close(),
  };
}

function seededBytes(rng: Rng): (length: number) => Uint8Array {
  return (length) => Uint8Array.from({ length }, () => rng.below(256));
}

/** Runs the two nodes; the first one's owner has the lists. Answers every byte between them. */
async function run(lists: Lists): Promise<readonly string[]> {
  const network = new MemoryNetwork();
  const trace: string[] = [];
  const shared = { network, trace };
  const { onlyFrom } = lists;
  const ann = await start({ ...shared, host: "10.0.0.1", seed: 1, ...(onlyFrom && { onlyFrom }) });
  const bob = await start({ ...shared, host: "10.0.0.2", seed: 2 });
  await lists.before?.(ann.owner);
  for (const { owner } of [ann, bob]) await owner.context.store.statements.put(STATEMENTS);
  for (let round = 0; round < ROUNDS; round++) {
    for (const node of [ann, bob]) node.owner.at(60_000 * (round + 1));
    for (const [i, post] of POSTS.slice(4 * round, 4 * round + 4).entries()) {
      await (i % 2 === 0 ? ann : bob).tell(post);
    }
    await lists.between?.(ann.owner, round);
    const [from, to] = round % 2 === 0 ? [ann, bob] : [bob, ann];
    // The user's own word: dialled at once, and known from then on.
    if (round < 2) {
      from.loop.feed({ kind: "address-heard", address: to.address, source: "locator" });
    } else from.loop.feed({ kind: "timer", timer: { kind: "gossip" } });
    await quiet([ann, bob]);
  }
  await Promise.all([ann.close(), bob.close()]);
  return trace;
}

/** Resolves when the exchanges that one led to are over, too; their timers are longer than a run. */
async function quiet(nodes: readonly Node[]): Promise<void> {
  do await new Promise((resolve) => setTimeout(resolve, 5)); while (
    nodes.some((node) => node.sessions() > 0)
  );
}

async function follow(owner: TestOwner, authors: readonly Author[]): Promise<void> {
  for (const { key } of authors) {
    await owner.service.call("follow", { target: formatIdentity(key) });
  }
}

async function block(owner: TestOwner, authors: readonly Author[]): Promise<void> {
  const ids = authors.map(({ key }) => formatIdentity(key));
  await owner.service.call("block", { ids, unfollow: true });
}

Deno.test("every byte on the wire is the same, whomever the owner follows, blocks or is", async () => {
  const plain = await run({});
  assert.ok(plain.length >= ROUNDS && plain.join("").length > 20_000);
  const others: Record<string, Lists> = {
    "the same again": {},
    "an identity": { before: (owner) => owner.identity("ann") },
    "two identities, locked": {
      before: async (owner) => {
        await owner.identity("ann");
        await owner.identity("bea");
        await owner.service.call("lock", {});
      },
    },
    "everybody followed": {
      before: (owner) => owner.identity("ann").then(() => follow(owner, AUTHORS)),
    },
    "followed and let go in between": {
      before: (owner) => owner.identity("ann"),
      between: async (owner, round) => {
        const author = AUTHORS[round % 3]!;
        await follow(owner, [author]);
        if (round % 2 === 0) return;
        await owner.service.call("unfollow", { id: formatIdentity(author.key) });
      },
    },
    "everybody blocked": {
      before: (owner) => owner.identity("ann").then(() => block(owner, AUTHORS)),
    },
    "followed, then blocked, then neither": {
      before: (owner) => owner.identity("ann").then(() => follow(owner, AUTHORS)),
      between: async (owner, round) => {
        const author = AUTHORS[round % 3]!;
        if (round < 3) return await block(owner, [author]);
        await owner.service.call("unblock", { id: formatIdentity(author.key) });
      },
    },
  };
  for (const [what, lists] of Object.entries(others)) {
    // Not by deepEqual: nobody wants to read the difference.
    assert.ok((await run(lists)).join() === plain.join(), what);
  }
});

Deno.test("a node that dropped what its owner blocks would be found out by that", async () => {
  const blocked = AUTHORS[0]!.key;
  const some = await run({ onlyFrom: (author) => author !== blocked });
  assert.ok(some.join() !== (await run({})).join());
});

Deno.test("a node that took only what its owner follows would be found out by that", async () => {
  const followed = AUTHORS[0]!.key;
  const [all, some] = [
    await run({ onlyFrom: () => true }),
    await run({ onlyFrom: (author) => author === followed }),
  ];
  assert.ok(all.join() === (await run({})).join());
  assert.ok(some.join() !== all.join());
});

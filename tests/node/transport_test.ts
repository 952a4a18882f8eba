import assert from "node:assert/strict";
import { addressOf, hostPort, type NodeAddress, parseAddress } from "../../src/wire/address.ts";
import { MemoryNetwork } from "../../src/node/transport_memory.ts";
import type { Connection, Listener, Transport } from "../../src/node/transport_port.ts";
import { type Socket, type SocketListener, tcpTransport } from "../../src/node/transport_tcp.ts";
import { seeded } from "./link_helpers.ts";

/** A transport that can dial what it listens on, and the host to say so. */
interface Subject {
  readonly name: string;
  readonly host: string;
  readonly make: () => Transport;
}

const SUBJECTS: readonly Subject[] = [
  { name: "TCP, IPv4", host: "127.0.0.1", make: () => tcpTransport() },
  { name: "TCP, IPv6", host: "::1", make: () => tcpTransport() },
  { name: "memory", host: "192.0.2.1", make: () => new MemoryNetwork().transportOf("192.0.2.1") },
  {
    name: "memory in pieces",
    host: "192.0.2.1",
    make: () => new MemoryNetwork(seeded(7)).transportOf("192.0.2.1"),
  },
];

function at(host: string, port: number): NodeAddress {
  return addressOf(host, port)!;
}

/** Listens, dials, runs the body with both ends, and closes all. */
async function withPair(
  subject: Subject,
  body: (near: Connection, far: Connection) => Promise<void>,
): Promise<void> {
  const transport = subject.make();
  const accepted = Promise.withResolvers<Connection>();
  const listener = transport.listen({
    hosts: [subject.host],
    port: 0,
    onConnection: accepted.resolve,
  });
  const near = await transport.dial(at(subject.host, listener.port));
  const far = await accepted.promise;
  try {
    await body(near, far);
  } finally {
    near.close();
    far.close();
    await listener.close();
  }
}

async function readAll(connection: Connection): Promise<Uint8Array> {
  const parts: number[] = [];
  for (let chunk = await connection.read(); chunk !== null; chunk = await connection.read()) {
    assert.ok(chunk.length > 0);
    for (const byte of chunk) parts.push(byte);
  }
  return Uint8Array.from(parts);
}

for (const subject of SUBJECTS) {
  const test = (name: string, body: (near: Connection, far: Connection) => Promise<void>) =>
    Deno.test(`transport, ${subject.name}: ${name}`, () => withPair(subject, body));

  test("each end knows the other's address", (near, far) => {
    assert.equal(hostPort(near.remote).host, subject.host);
    assert.equal(hostPort(far.remote).host, subject.host);
    assert.notEqual(near.remote, far.remote);
    return Promise.resolve();
  });

  test("bytes arrive in order both ways, then the end", async (near, far) => {
    const bytes = Uint8Array.from({ length: 300_000 }, (_, i) => i * 7 % 256);
    const send = async (from: Connection, data: Uint8Array) => {
      await from.write(data.subarray(0, 1));
      await from.write(new Uint8Array(0));
      await from.write(data.subarray(1));
      await from.closeWrite();
    };
    const [, , there, back] = await Promise.all([
      send(near, bytes),
      send(far, bytes.subarray(5)),
      readAll(far),
      readAll(near),
    ]);
    assert.deepEqual(there, bytes);
    assert.deepEqual(back, bytes.subarray(5));
    assert.equal(await far.read(), null);
  });

  test("one end may finish sending and read on", async (near, far) => {
    await near.closeWrite();
    assert.equal(await far.read(), null);
    await far.write(Uint8Array.of(1, 2, 3));
    await far.closeWrite();
    assert.deepEqual(await readAll(near), Uint8Array.of(1, 2, 3));
  });

  test("close ends reads under way and all after it", async (near) => {
    const reading = near.read();
    near.close();
    near.close();
    await assert.rejects(reading);
    await assert.rejects(near.read());
    await assert.rejects(near.write(Uint8Array.of(1)));
  });

  test("close lets what was written arrive", async (near, far) => {
    await near.write(Uint8Array.of(1, 2, 3));
    near.close();
    assert.deepEqual(await readAll(far), Uint8Array.of(1, 2, 3));
  });

  test("a receiver that doesn't read holds the sender up", async (near, far) => {
    const writing = near.write(new Uint8Array(64 * 1_048_576)).then(() => "sent", () => "broken");
    await far.read();
    near.close();
    assert.equal(await writing, "broken");
  });

  Deno.test(`transport, ${subject.name}: a port that nobody listens on refuses`, async () => {
    const transport = subject.make();
    const listener = transport.listen({ hosts: [subject.host], port: 0, onConnection: () => {} });
    await listener.close();
    await assert.rejects(transport.dial(at(subject.host, listener.port)));
  });

  Deno.test(`transport, ${subject.name}: a port in use can't be listened on`, async () => {
    const transport = subject.make();
    const options = { hosts: [subject.host], onConnection: () => {} };
    const listener = transport.listen({ ...options, port: 0 });
    assert.throws(
      () => transport.listen({ ...options, port: listener.port }),
      Deno.errors.AddrInUse,
    );
    await listener.close();
    await transport.listen({ ...options, port: listener.port }).close();
  });

  Deno.test(`transport, ${subject.name}: an aborted signal stops a dial`, async () => {
    const signal = AbortSignal.abort(new Error("stopping"));
    await assert.rejects(subject.make().dial(at(subject.host, 4_000), { signal }), /stopping/);
  });
}

Deno.test("tcpTransport takes IPv4 and IPv6 on ::, and shows IPv4 peers as IPv4", async () => {
  const transport = tcpTransport();
  const remotes: string[] = [];
  const both = Promise.withResolvers<void>();
  const listener = transport.listen({
    hosts: ["::"],
    port: 0,
    onConnection: (connection) => {
      remotes.push(hostPort(connection.remote).host);
      connection.close();
      if (remotes.length === 2) both.resolve();
    },
  });
  for (const host of ["127.0.0.1", "::1"]) {
    (await transport.dial(at(host, listener.port))).close();
  }
  await both.promise;
  assert.deepEqual(remotes.toSorted(), ["127.0.0.1", "::1"]);
  await listener.close();
});

Deno.test("tcpTransport listens on several addresses at one port", async () => {
  const transport = tcpTransport();
  let count = 0;
  const both = Promise.withResolvers<void>();
  const listener = transport.listen({
    hosts: ["127.0.0.1", "127.0.0.2"],
    port: 0,
    onConnection: (connection) => {
      connection.close();
      if (++count === 2) both.resolve();
    },
  });
  for (const host of ["127.0.0.1", "127.0.0.2"]) {
    (await transport.dial(at(host, listener.port))).close();
  }
  await both.promise;
  await assert.rejects(transport.dial(at("127.0.0.3", listener.port)));
  await listener.close();
});

Deno.test("tcpTransport binds all addresses or none", async () => {
  const transport = tcpTransport();
  const onConnection = (): void => {};
  const taken = transport.listen({ hosts: ["127.0.0.2"], port: 0, onConnection });
  const { port } = taken;
  assert.throws(() => transport.listen({ hosts: ["127.0.0.1", "127.0.0.2"], port, onConnection }));
  await transport.listen({ hosts: ["127.0.0.1"], port, onConnection }).close();
  await taken.close();
});

Deno.test("tcpTransport gives up a dial when time is up, or when told to", async () => {
  const transport = tcpTransport({
    connect: ({ signal }) =>
      new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
    listen: () => assert.fail(),
  });
  const address = at("127.0.0.1", 4_000);
  await assert.rejects(transport.dial(address, { timeoutMs: 5 }), /took too long/);
  const controller = new AbortController();
  const dialling = transport.dial(address, { signal: controller.signal });
  controller.abort(new Error("stopping"));
  await assert.rejects(dialling, /stopping/);
});

Deno.test("tcpTransport dials no onion address: that would ask a name server", async () => {
  const onion = parseAddress(
    "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion:14677",
  );
  const transport = tcpTransport({ connect: () => assert.fail(), listen: () => assert.fail() });
  await assert.rejects(transport.dial(onion!), /onion/);
});

/** A listener that gives out results in turn, then waits for its close. */
class ScriptedListener implements SocketListener {
  readonly addr: Deno.Addr;
  readonly #script: (Socket | Error)[];
  readonly #closed = Promise.withResolvers<never>();

  constructor(script: (Socket | Error)[], hostname = "127.0.0.1") {
    this.addr = { transport: "tcp", hostname, port: 4_000 };
    this.#script = script;
    this.#closed.promise.catch(() => {});
  }

  accept(): Promise<Socket> {
    const next = this.#script.shift();
    if (next === undefined) return this.#closed.promise;
    return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
  }

  close(): void {
    this.#closed.reject(new Deno.errors.BadResource());
  }
}

function socket(hostname: string, log: string[] = []): Socket {
  const fail = (): Promise<never> => Promise.reject(new Error("unused"));
  return {
    remoteAddr: { transport: "tcp", hostname, port: 9 },
    read: fail,
    write: fail,
    closeWrite: fail,
    close: () => void log.push(`closed ${hostname}`),
    setNoDelay: () => {
      throw new Error("Invalid argument");
    },
  };
}

Deno.test("tcpTransport neither waits for nor tells of those who hung up before they were taken", async () => {
  const gone = [
    new Deno.errors.NotConnected("Transport endpoint is not connected (os error 107)"),
    new Deno.errors.ConnectionAborted(),
    new Deno.errors.ConnectionReset(),
  ];
  const transport = tcpTransport({
    connect: () => assert.fail(),
    listen: () => new ScriptedListener([...gone, ...gone, socket("::1")]),
  });
  const accepted = Promise.withResolvers<Connection>();
  const listener: Listener = transport.listen({
    hosts: ["127.0.0.1"],
    port: 0,
    onConnection: accepted.resolve,
    onError: accepted.reject,
  });
  assert.equal((await accepted.promise).remote, "[::1]:9");
  await listener.close();
});

Deno.test("tcpTransport goes on accepting after errors, and closes what it can't name", async () => {
  const log: string[] = [];
  const noRoom = new Error("Too many open files (os error 24)");
  const transport = tcpTransport({
    connect: () => assert.fail(),
    listen: () => new ScriptedListener([noRoom, noRoom, socket("fe80::1%2", log), socket("::1")]),
  });
  const errors: unknown[] = [];
  const accepted = Promise.withResolvers<Connection>();
  const listener: Listener = transport.listen({
    hosts: ["127.0.0.1"],
    port: 0,
    onConnection: accepted.resolve,
    onError: (error) => errors.push(error),
  });
  assert.equal((await accepted.promise).remote, "[::1]:9");
  assert.deepEqual(errors, [noRoom, noRoom]);
  assert.deepEqual(log, ["closed fe80::1%2"]);
  await listener.close();
});

Deno.test("tcpTransport stops at once while it pauses after an error", async () => {
  const transport = tcpTransport({
    connect: () => assert.fail(),
    listen: () => new ScriptedListener(Array.from({ length: 9 }, () => new Error("EMFILE"))),
  });
  const failed = Promise.withResolvers<unknown>();
  const listener = transport.listen({
    hosts: ["127.0.0.1"],
    port: 0,
    onConnection: () => assert.fail(),
    onError: failed.resolve,
  });
  await failed.promise;
  await listener.close();
  await listener.close();
});

Deno.test("tcpTransport listens on IPv4 beside :: where the system keeps them apart", async () => {
  for (const together of [false, true]) {
    const asked: string[] = [];
    const transport = tcpTransport({
      connect: () => assert.fail(),
      listen: ({ hostname, port }) => {
        asked.push(`${hostname} ${port}`);
        if (together && hostname === "0.0.0.0") throw new Deno.errors.AddrInUse();
        return new ScriptedListener([], hostname);
      },
    });
    const listener = transport.listen({ hosts: ["::"], port: 4_000, onConnection: () => {} });
    assert.deepEqual([asked, listener.port], [[":: 4000", "0.0.0.0 4000"], 4_000]);
    await listener.close();
  }
});

Deno.test("tcpTransport takes all of IPv4 for :: on a machine without IPv6", async () => {
  const asked: string[] = [];
  const transport = tcpTransport({
    connect: () => assert.fail(),
    listen: ({ hostname, port }) => {
      asked.push(`${hostname} ${port}`);
      if (hostname === "::") throw new Error("Address family not supported by protocol");
      return new ScriptedListener([]);
    },
  });
  const onConnection = (): void => {};
  const listener = transport.listen({ hosts: ["::"], port: 4_000, onConnection });
  assert.deepEqual([asked, listener.port], [[":: 4000", "0.0.0.0 4000"], 4_000]);
  await listener.close();
  const inUse = tcpTransport({
    connect: () => assert.fail(),
    listen: () => {
      throw new Deno.errors.AddrInUse();
    },
  });
  assert.throws(
    () => inUse.listen({ hosts: ["::"], port: 4_000, onConnection }),
    Deno.errors.AddrInUse,
  );
});

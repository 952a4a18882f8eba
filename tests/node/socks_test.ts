import assert from "node:assert/strict";
import fc from "fast-check";
import { HostNames, MAX_HOST_NAMES } from "../../src/node/host_names.ts";
import { parseProxy } from "../../src/node/proxy.ts";
import { askProxy, ProxyError, type ProxyRequest } from "../../src/node/socks5.ts";
import { socksTransport } from "../../src/node/transport_socks.ts";
import type { TcpSystem } from "../../src/node/transport_tcp.ts";
import { UserError } from "../../src/node/user_error.ts";
import { waysOut } from "../../src/node/ways_out.ts";
import { addressOf, type NodeAddress } from "../../src/wire/address.ts";
import { mayDial } from "../../src/wire/address_rules.ts";

const ONION = "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion";
const utf8 = new TextEncoder();
const CREDENTIALS = { user: utf8.encode("ada"), password: utf8.encode("pw") };
const REQUEST: ProxyRequest = {
  host: "203.0.113.7",
  port: 14_677,
  credentials: CREDENTIALS,
  optional: true,
};

/** A proxy that answers with these bytes whatever it is asked, so many at a time. */
class Script {
  readonly sent: number[] = [];
  #answers: Uint8Array;
  readonly #step: number;

  constructor(answers: Iterable<number>, step = 1_000) {
    this.#answers = Uint8Array.from(answers);
    this.#step = step;
  }

  get rest(): readonly number[] {
    return [...this.#answers];
  }

  read(buffer: Uint8Array): Promise<number | null> {
    const count = Math.min(buffer.length, this.#step, this.#answers.length);
    if (count === 0) return Promise.resolve(null);
    buffer.set(this.#answers.subarray(0, count));
    this.#answers = this.#answers.subarray(count);
    return Promise.resolve(count);
  }

  write(bytes: Uint8Array): Promise<number> {
    const part = bytes.subarray(0, this.#step);
    this.sent.push(...part);
    return Promise.resolve(part.length);
  }
}

const OPEN = [5, 0, 0, 1, 0, 0, 0, 0, 0, 0];

Deno.test("a proxy is asked as RFC 1928 says, and not a byte too many is read", async () => {
  for (const step of [1, 3, 1_000]) {
    const script = new Script([5, 0, ...OPEN, 1, 2, 3], step);
    await askProxy(script, REQUEST);
    assert.deepEqual(script.sent, [5, 2, 0, 2, 5, 1, 0, 1, 203, 0, 113, 7, 0x39, 0x55]);
    assert.deepEqual(script.rest, [1, 2, 3]);
  }
});

Deno.test("names and onions go to the proxy as they are, and credentials as RFC 1929 says", async () => {
  const login = [1, 3, ...utf8.encode("ada"), 2, ...utf8.encode("pw")];
  for (const host of ["example.org", ONION]) {
    const script = new Script([5, 2, 1, 0, 5, 0, 0, 3, 2, 65, 66, 0, 1]);
    await askProxy(script, { ...REQUEST, host, optional: false });
    const target = [3, host.length, ...utf8.encode(host), 0x39, 0x55];
    assert.deepEqual(script.sent, [5, 1, 2, ...login, 5, 1, 0, ...target]);
    assert.deepEqual(script.rest, []);
  }
});

Deno.test("every refusal is one, in words", async () => {
  const cases: readonly [readonly number[], RegExp][] = [
    [[], /hung up/],
    [[4, 0], /no SOCKS5/],
    [[5, 0xff], /takes neither/],
    [[5, 1], /takes neither/],
    [[5, 2, 1, 1], /refuses the user name/],
    [[5, 0, 5, 5, 0, 1], /connection refused/],
    [[5, 0, 5, 99, 0, 1], /code 99/],
    [[5, 0, 5, 0, 0, 7], /answer is none/],
    [[5, 0, 4, ...OPEN.slice(1)], /answer is none/],
    [[5, 0, 5, 0, 0, 1, 0], /hung up/],
  ];
  for (const [answers, words] of cases) {
    await assert.rejects(askProxy(new Script(answers), REQUEST), (error) => {
      assert.ok(error instanceof ProxyError);
      assert.match(error.message, words);
      return true;
    });
  }
  // With credentials of the owner's a proxy that wants none is not the one that was meant.
  const alone = askProxy(new Script([5, 0, ...OPEN]), { ...REQUEST, optional: false });
  await assert.rejects(alone, /takes neither/);
  await assert.rejects(askProxy(new Script([]), { ...REQUEST, host: "a".repeat(256) }), /1 to 255/);
});

Deno.test("hostile answers end in a failure or a connection, having read no more than an answer holds", async () => {
  const likely = fc.oneof(fc.constantFrom(0, 1, 2, 3, 4, 5), fc.nat(255));
  await fc.assert(
    fc.asyncProperty(
      fc.array(likely, { maxLength: 600 }),
      fc.integer({ min: 1, max: 9 }),
      async (bytes, step) => {
        const script = new Script(bytes, step);
        try {
          await askProxy(script, REQUEST);
        } catch (error) {
          assert.ok(error instanceof ProxyError);
        }
        assert.ok(bytes.length - script.rest.length <= 2 + 2 + 4 + 1 + 255 + 2);
      },
    ),
  );
});

interface Fake {
  readonly system: TcpSystem;
  readonly dialled: string[];
  readonly logins: string[];
  readonly closed: () => number;
}

/** A system whose only machine is a proxy that wants credentials, or never answers. */
function fakeSystem(answers: (() => Iterable<number>) | "silence"): Fake {
  const dialled: string[] = [];
  const logins: string[] = [];
  let closed = 0;
  const connect: TcpSystem["connect"] = ({ hostname = "", port }) => {
    dialled.push(`${hostname}:${port}`);
    const script = new Script(answers === "silence" ? [] : answers());
    const stop = Promise.withResolvers<never>();
    stop.promise.catch(() => {});
    return Promise.resolve({
      remoteAddr: { transport: "tcp", hostname, port },
      read: (buffer) => answers === "silence" ? stop.promise : script.read(buffer),
      write: (bytes) => {
        if (bytes[0] === 1) logins.push(String(bytes));
        return script.write(bytes);
      },
      closeWrite: () => Promise.resolve(),
      close: () => {
        closed++;
        stop.reject(new Error("closed"));
      },
      setNoDelay: () => {},
    });
  };
  const listen: TcpSystem["listen"] = () => {
    throw new Error("nothing listens here");
  };
  return { system: { connect, listen }, dialled, logins, closed: () => closed };
}

function random(length: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(length));
}

Deno.test("each dial goes to the proxy, with credentials of its own", async () => {
  const fake = fakeSystem(() => [5, 2, 1, 0, ...OPEN, 9]);
  const names = new HostNames();
  const proxy = parseProxy("socks5://127.0.0.1:9050");
  const transport = socksTransport({ proxy, names, random, system: fake.system });
  const addresses = ["192.0.2.1:1", `${ONION}:2`, addressOf(names.standIn("example.org"), 3)];
  for (const address of addresses as NodeAddress[]) {
    const connection = await transport.dial(address);
    assert.equal(connection.remote, address);
    assert.deepEqual(await connection.read(), Uint8Array.of(9));
    connection.close();
  }
  assert.deepEqual(fake.dialled, Array(3).fill("127.0.0.1:9050"));
  assert.equal(new Set(fake.logins).size, 3);
});

Deno.test("a proxy that is silent or says no leaves nothing open", async () => {
  const proxy = parseProxy("socks5://127.0.0.1:9050");
  const address = "192.0.2.1:1" as NodeAddress;
  const make = (fake: Fake) =>
    socksTransport({ proxy, names: new HostNames(), random, system: fake.system });
  const silent = fakeSystem("silence");
  await assert.rejects(make(silent).dial(address, { timeoutMs: 5 }), /took too long/);
  const abort = new AbortController();
  const dialling = make(silent).dial(address, { signal: abort.signal });
  abort.abort(new Error("stopped"));
  await assert.rejects(dialling, /stopped/);
  const refusing = fakeSystem(() => [5, 0xff]);
  await assert.rejects(make(refusing).dial(address), ProxyError);
  assert.deepEqual([silent.closed(), refusing.closed()], [2, 1]);
});

Deno.test("a proxy's URL names an IP address and a port", () => {
  assert.deepEqual(parseProxy("socks5://127.0.0.1:9050"), { host: "127.0.0.1", port: 9_050 });
  assert.deepEqual(parseProxy("SOCKS5H://localhost:1/"), { host: "127.0.0.1", port: 1 });
  const { host, port, credentials } = parseProxy("socks5://a%3ab:c:d@[::1]:2");
  assert.deepEqual([host, port], ["::1", 2]);
  assert.deepEqual(credentials?.reveal(), {
    ...{ user: utf8.encode("a:b"), password: utf8.encode("c:d") },
  });
  const long = "x".repeat(256);
  const wrong = [
    "",
    "127.0.0.1:1",
    "http://127.0.0.1:1",
    "socks5://127.0.0.1",
    "socks5://proxy.org:1",
  ];
  const names = [`socks5://${ONION}:1`, "socks5://1.2.3.4:0", "socks5://secret@1.2.3.4:1"];
  const logins = [
    `socks5://a:${long}@1.2.3.4:1`,
    "socks5://a:@1.2.3.4:1",
    "socks5://a:%ff@1.2.3.4:1",
  ];
  for (const url of [...wrong, ...names, ...logins]) {
    assert.throws(() => parseProxy(url), (error) => {
      assert.ok(error instanceof UserError && error.code === "usage", url);
      assert.ok(!error.message.includes("secret"));
      return true;
    });
  }
  assert.equal(
    parseProxy(`socks5://a:${long.slice(1)}@1.2.3.4:1`).credentials?.reveal().password.length,
    255,
  );
});

Deno.test("an address stands in for a name, which nobody may be told", () => {
  const names = new HostNames();
  const address = addressOf(names.standIn("example.org"), 14_677)!;
  assert.equal(names.nameOf(address), "example.org");
  assert.equal(names.shown(address), "example.org:14677");
  for (const heardFrom of [address, "203.0.114.1:1" as NodeAddress]) {
    assert.equal(mayDial({ address, heardFrom }), false);
  }
  assert.equal(names.standIn("example.org"), names.standIn("example.org"));
  for (let i = 1; i < MAX_HOST_NAMES; i++) names.standIn(`host${i}`);
  assert.throws(() => names.standIn("one-more"), UserError);
  names.standIn("example.org");
});

Deno.test("with a proxy nothing is told of this machine, and nothing goes beside it", async () => {
  const plain = {
    ...{ dataDir: "/nowhere", network: "main", bind: [], join: [], lan: true, mdns: true },
    ...{ portMapping: true, eager: false, textOnly: false, machineWarnings: [] },
    logLevel: "warn" as const,
  };
  const ways = waysOut({
    ...plain,
    proxy: "socks5://u:p@127.0.0.1:9050",
    addresses: [`${ONION}:80`],
  });
  assert.deepEqual([ways.proxy, ways.lan, ways.bind], ["127.0.0.1:9050", false, ["127.0.0.1"]]);
  assert.deepEqual(ways.own(["0.0.0.0"], 1), [{ address: `${ONION}:80`, source: "given" }]);
  assert.equal(ways.helloPort(14_677), 0);
  const [standIn = ""] = await ways.lookUp("example.org");
  assert.match(standIn, /^2001:db8:/);
  assert.equal(ways.canDial(`${ONION}:80` as NodeAddress), true);

  const direct = waysOut(plain);
  assert.equal(direct.canDial(`${ONION}:80` as NodeAddress), false);
  assert.deepEqual([direct.proxy, direct.lan, direct.helloPort(5)], [null, true, 5]);
  for (const address of ["example.org:1", "224.0.0.1:1", "x.onion:1", ""]) {
    assert.throws(() => waysOut({ ...plain, addresses: [address] }), UserError);
  }
});

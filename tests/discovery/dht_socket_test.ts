/** The DHT library behind its socket, in a hostile world. */
import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { MAX_PEERS_A_TELLER, openDht } from "../../src/discovery/dht_bittorrent.ts";
import { type Bencoded, decodeBencode, encodeBencode } from "../../src/discovery/bencode.ts";
import type { DhtDatagram, DhtPort } from "../../src/discovery/dht_port.ts";
import {
  DhtSocket,
  MAX_OPEN,
  MAX_SENT_A_MINUTE,
  MAX_SENT_TO_HOST,
  OPEN_MS,
} from "../../src/discovery/dht_socket.ts";
import { addressOf, type NodeAddress, parseAddress } from "../../src/wire/address.ts";
import { mayDial } from "../../src/wire/address_rules.ts";
import { MemoryDatagrams, type World } from "./memory_datagrams.ts";
import { settle, VirtualTime } from "./virtual_time.ts";

const ENTRY = parseAddress("8.8.4.4:6881")!;
const KEY = new Uint8Array(20).fill(9);

type Message = ReadonlyMap<string, Bencoded>;

function bytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function random(length: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(length));
}

function transactionOf(sent: DhtDatagram): Uint8Array {
  return (decodeBencode(sent.bytes) as Message).get("t") as Uint8Array;
}

function answerTo(sent: DhtDatagram, body: Readonly<Record<string, Bencoded>>): DhtDatagram {
  const r = new Map<string, Bencoded>(Object.entries({ id: idOf(sent), ...body }));
  const message = new Map<string, Bencoded>([["t", transactionOf(sent)], ["y", bytes("r")], [
    "r",
    r,
  ]]);
  return { host: sent.host, port: sent.port, bytes: encodeBencode(message) };
}

/** A node's id, always the same for the same place. */
function idOf({ host, port }: { readonly host: string; readonly port: number }): Uint8Array {
  const seed = [...bytes(`${host}:${port}`)];
  return Uint8Array.from({ length: 20 }, (_, n) => (seed[n % seed.length]! * 31 * (n + 3)) & 0xff);
}

interface Opened {
  readonly port: DhtPort;
  readonly datagrams: MemoryDatagrams;
  readonly time: VirtualTime;
  readonly troubles: unknown[];
}

function open(world: World): Opened {
  const datagrams = new MemoryDatagrams(world);
  const time = new VirtualTime();
  const troubles: unknown[] = [];
  const mayAsk = (address: NodeAddress): boolean => mayDial({ address, heardFrom: ENTRY });
  const onTrouble = (error: unknown): void => void troubles.push(error);
  return {
    port: openDht({ datagrams, time, random, mayAsk, onTrouble }),
    datagrams,
    time,
    troubles,
  };
}

/** Lets an answer of the world come through, and gives up what never comes. */
async function finish<T>(work: Promise<T>, time: VirtualTime): Promise<T> {
  for (let n = 0; n < 20; n++) await settle();
  await time.advance(60_000);
  return await work;
}

function allowed({ host, port }: DhtDatagram): boolean {
  const address = addressOf(host, port);
  return address !== undefined && mayDial({ address, heardFrom: ENTRY });
}

/** The six bytes of a place, made without the program's own code, which refuses some of them. */
function place([a, b, c, d]: readonly number[], port: number): Uint8Array {
  return Uint8Array.of(a!, b!, c!, d!, port >> 8, port & 0xff);
}

Deno.test("nothing that answers name makes the node ask outside of section 6's rules", async () => {
  const forbidden = [
    ...[place([10, 0, 0, 1], 6_881), place([127, 0, 0, 1], 6_881), place([192, 168, 0, 1], 6_881)],
    ...[place([1, 2, 3, 4], 0), place([1, 2, 3, 4], 22), place([224, 0, 0, 1], 6_881)],
    ...[place([255, 255, 255, 255], 6_881), place([0, 0, 0, 0], 6_881)],
  ];
  const ids = Array.from({ length: 20 }, () => random(20));
  const right = place([1, 2, 3, 4], 6_881);
  const nodes = Uint8Array.from(
    [...forbidden, right].flatMap((one, n) => [...ids[n]!, ...one]),
  );
  const { port, datagrams, time, troubles } = open((sent) => [
    answerTo(sent, { nodes, token: bytes("tok"), values: [...forbidden, right] }),
  ]);
  await finish(port.enter([ENTRY]), time);
  const peers = await finish(port.lookUp(KEY), time);
  deepEqual([...new Set(peers.map(({ address }) => address))], ["1.2.3.4:6881"]);
  ok(datagrams.sent.some(({ host }) => host === "1.2.3.4"));
  ok(datagrams.sent.every(allowed));
  port.stop();
  deepEqual(troubles, []);
});

Deno.test("however answers are mangled, nothing is thrown and nothing forbidden is asked", async () => {
  const value: fc.Arbitrary<Bencoded> = fc.letrec<{ value: Bencoded }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.integer(),
      fc.uint8Array({ maxLength: 60 }),
      fc.uint8Array({ minLength: 26, maxLength: 260 }),
      fc.uint8Array({ minLength: 6, maxLength: 6 }),
      fc.array(tie("value"), { maxLength: 6 }),
      fc.dictionary(
        fc.constantFrom("id", "t", "nodes", "values", "token", "__proto__"),
        tie("value"),
      )
        .map((entries) => new Map(Object.entries(entries))),
    ),
  })).value;
  const world = fc.record({
    body: fc.dictionary(
      fc.constantFrom("id", "nodes", "values", "token", "y", "r", "constructor"),
      value,
    ),
    kind: fc.constantFrom("r", "e", "q", "x", ""),
    transaction: fc.constantFrom("right", "none", "wrong", "list"),
    junk: fc.uint8Array({ maxLength: 100 }),
    flip: fc.option(fc.nat(400)),
  });
  await fc.assert(
    fc.asyncProperty(world, async ({ body, kind, transaction, junk, flip }) => {
      const { port, datagrams, time, troubles } = open((sent) => {
        const t = transaction === "right"
          ? transactionOf(sent)
          : transaction === "wrong"
          ? random(4)
          : [];
        const inner = new Map<string, Bencoded>(Object.entries(body));
        if (!inner.has("id")) inner.set("id", idOf(sent));
        const message = new Map<string, Bencoded>([
          ["y", bytes(kind)],
          ["r", inner],
          ["e", [201, junk]],
          ["q", bytes("get_peers")],
          ["a", inner],
        ]);
        if (transaction !== "none") message.set("t", t);
        const mangled = encodeBencode(message);
        if (flip !== null) mangled[flip % mangled.length]! ^= 0x15;
        return [
          { ...sent, bytes: junk },
          { ...sent, bytes: mangled },
          { ...sent, bytes: bytes("l-3:") },
          { ...sent, bytes: bytes("d-3:") },
        ];
      });
      await finish(port.enter([ENTRY]), time);
      await finish(port.lookUp(KEY), time);
      port.stop();
      deepEqual(troubles, []);
      ok(datagrams.sent.every(allowed));
    }),
    { numRuns: 60 },
  );
});

Deno.test("an answer counts from whom was asked, once, and nobody else is heard", async () => {
  const values = [place([1, 2, 3, 4], 5_000)];
  const others: ((sent: DhtDatagram) => readonly DhtDatagram[])[] = [
    // Somebody else's address, with the right transaction; another port; a question.
    (sent) => [{ ...answerTo(sent, { values }), host: "9.9.9.9" }],
    (sent) => [{ ...answerTo(sent, { values }), port: sent.port + 1 }],
    (sent) => [{
      ...sent,
      bytes: bytes("d1:ad2:id20:aaaaaaaaaaaaaaaaaaaae1:q4:ping1:t4:abcd1:y1:qe"),
    }],
  ];
  for (const other of others) {
    const { port, datagrams, time } = open(other);
    await finish(port.enter([ENTRY]), time);
    equal(port.nodes, 0);
    // Nobody gets an answer, whatever they ask.
    equal(datagrams.sent.length, 1);
    port.stop();
  }
  const { port, time } = open((sent) => [answerTo(sent, { values }), answerTo(sent, { values })]);
  await finish(port.enter([ENTRY]), time);
  equal(port.nodes, 1);
  equal((await finish(port.lookUp(KEY), time)).length, 1);
  port.stop();
});

Deno.test("an answer without end of ever nearer nodes ends at the bounds", async () => {
  let named = 0;
  const { port, datagrams, time } = open((sent) => {
    const nodes = Uint8Array.from(
      Array.from({ length: 20 }, () => {
        named++;
        // Ever nearer to the key, each in a network of its own.
        const id = KEY.slice();
        id[19]! ^= named & 0xff;
        id[18]! ^= (named >> 8) & 0xff;
        id[17]! = KEY[17]! ^ (0xff >> (named % 8));
        return [...id, ...place([1 + named % 200, (named >> 8) & 0xff, named & 0xff, 1], 6_881)];
      }).flat(),
    );
    return [answerTo(sent, { nodes, token: bytes("t") })];
  });
  await finish(port.enter([ENTRY]), time);
  const lookup = port.lookUp(KEY);
  for (let n = 0; n < 200; n++) await settle();
  ok(datagrams.sent.length <= MAX_SENT_A_MINUTE, `${datagrams.sent.length}`);
  port.stop();
  await time.advance(60_000);
  await lookup;
});

Deno.test("machines of one network that answer first can't fill a lookup alone", async () => {
  let named = 0;
  const liars = Uint8Array.from(
    Array.from({ length: 20 }, (_, n) => [
      ...idOf({ host: `9.9.${n}.1`, port: 6_881 }),
      ...place([9, 9, n, 1], 6_881),
    ]).flat(),
  );
  const { port, time } = open((sent) => {
    const values = Array.from({ length: 100 }, () => {
      named++;
      return place([5, named >> 8, named & 0xff, 1], 5_000);
    });
    return [answerTo(sent, { nodes: liars, values, token: bytes("t") })];
  });
  await finish(port.enter([ENTRY]), time);
  const peers = await finish(port.lookUp(KEY), time);
  ok(named > 2 * MAX_PEERS_A_TELLER);
  equal(peers.filter(({ from }) => from.startsWith("9.9.")).length, MAX_PEERS_A_TELLER);
  port.stop();
});

Deno.test("a stop ends what is under way at once", async () => {
  const { port, time } = open(() => []);
  const work = [port.enter([ENTRY]), port.lookUp(KEY)];
  port.stop();
  await Promise.all(work);
  equal(time.pending, 0);
});

Deno.test("so many datagrams are sent in a minute, so many to one host, so many at a time", async () => {
  const query = bytes("d1:ad2:id20:aaaaaaaaaaaaaaaaaaaae1:q4:ping1:t2:xy1:y1:qe");
  const make = (): { socket: DhtSocket; datagrams: MemoryDatagrams; time: VirtualTime } => {
    const [datagrams, time] = [new MemoryDatagrams(() => []), new VirtualTime()];
    const mayAsk = (): boolean => true;
    return {
      socket: new DhtSocket({ datagrams, time, random, mayAsk, onTrouble: () => {} }),
      datagrams,
      time,
    };
  };
  const one = make();
  for (let n = 0; n < 100; n++) one.socket.send(query, 0, query.length, 2_000 + n, "8.8.4.4");
  equal(one.datagrams.sent.length, MAX_SENT_TO_HOST);
  await one.time.advance(60_000);
  one.socket.send(query, 0, query.length, 2_000, "8.8.4.4");
  equal(one.datagrams.sent.length, MAX_SENT_TO_HOST + 1);

  const many = make();
  for (let n = 0; n < MAX_OPEN + 9; n++) {
    many.socket.send(query, 0, query.length, 6_881, `8.8.${n >> 8}.${n & 0xff}`);
  }
  equal(many.datagrams.sent.length, MAX_OPEN);
  for (let round = 1; round < 4; round++) {
    await many.time.advance(OPEN_MS);
    for (let n = 0; n < MAX_OPEN; n++) {
      many.socket.send(query, 0, query.length, 6_881, `9.${round}.0.${n}`);
    }
  }
  // What is refilled in 15 s, and no more.
  const most = MAX_SENT_A_MINUTE + Math.ceil(MAX_SENT_A_MINUTE * 3 * OPEN_MS / 60_000);
  ok(many.datagrams.sent.length <= most && many.datagrams.sent.length >= MAX_SENT_A_MINUTE);

  const loopback = make();
  for (let n = 0; n < 100; n++) {
    loopback.socket.send(query, 0, query.length, 2_000 + n, "127.0.0.1");
  }
  equal(loopback.datagrams.sent.length, 100);
  loopback.socket.close();
  loopback.socket.send(query, 0, query.length, 2_000, "127.0.0.1");
  equal(loopback.datagrams.sent.length, 100);
});

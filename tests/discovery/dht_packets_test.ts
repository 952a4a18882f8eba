import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import {
  type Bencoded,
  decodeBencode,
  encodeBencode,
  MAX_DEPTH,
  MAX_VALUES,
} from "../../src/discovery/bencode.ts";
import {
  MAX_DATAGRAM_BYTES,
  MAX_NODES_AN_ANSWER,
  MAX_PEERS_AN_ANSWER,
  questionOf,
  readAnswer,
} from "../../src/discovery/dht_packets.ts";
import type { NodeAddress } from "../../src/wire/address.ts";
import { hostBytes, hostPort, parseAddress } from "../../src/wire/address.ts";

const FROM = parseAddress("8.8.4.4:6881")!;
const TRANSACTION = Uint8Array.of(1, 2, 3, 4);
const ID = new Uint8Array(20).fill(7);

function bytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function text(value: Uint8Array): string {
  return String.fromCharCode(...value);
}

function place(address: string): Uint8Array {
  const parsed = parseAddress(address)!;
  const { port } = hostPort(parsed);
  return Uint8Array.from([...hostBytes(parsed), port >> 8, port & 0xff]);
}

function answer(
  body: Readonly<Record<string, Bencoded>>,
  id: Uint8Array = TRANSACTION,
): Uint8Array {
  const r = new Map(Object.entries(body));
  return encodeBencode(new Map<string, Bencoded>([["t", id], ["y", bytes("r")], ["r", r]]));
}

function read(
  body: Readonly<Record<string, Bencoded>>,
  from = FROM,
): ReadonlyMap<string, Bencoded> {
  const read = readAnswer(answer(body), from)?.forLibrary(Uint8Array.of(0, 9));
  const message = decodeBencode(read ?? new Uint8Array()) as ReadonlyMap<string, Bencoded>;
  deepEqual(message.get("t"), Uint8Array.of(0, 9));
  return message.get("r") as ReadonlyMap<string, Bencoded>;
}

Deno.test("bencode that is right is read, and written as before", () => {
  for (
    const right of ["i0e", "i-5e", "0:", "4:spam", "le", "de", "l4:spami7ee", "d1:ai1e1:bl0:ee"]
  ) {
    equal(text(encodeBencode(decodeBencode(bytes(right))!)), right);
  }
  equal(text(encodeBencode(new Map([["b", 1], ["a", 2]]))), "d1:ai2e1:bi1ee");
});

Deno.test("bencode that isn't right is refused and ends", () => {
  const wrong = [
    ...[
      "",
      "i",
      "ie",
      "i-e",
      "i-0e",
      "i01e",
      "i1",
      "i1.5e",
      "i+1e",
      "i9999999999999999e",
      "-3:",
      "l-3:",
    ],
    ...["d-3:", "d1:a", "d1:ai1e", "di1ei2ee", "d1:ai1e1:ai2ee", "l", "li1e", "4:spa", "01:a", ":"],
    ...["le0:", "i1ei1e", "x", "e", "1", "99999999999999999999:a", "d-2:xx", "lllllle", "5:abcd"],
  ];
  for (const one of wrong) equal(decodeBencode(bytes(one)), undefined, one);
  equal(decodeBencode(bytes("l".repeat(MAX_DATAGRAM_BYTES))), undefined);
});

Deno.test("bencode at its bounds passes, and one more doesn't", () => {
  const nested = (depth: number): Uint8Array => bytes("l".repeat(depth) + "e".repeat(depth));
  ok(decodeBencode(nested(MAX_DEPTH)) !== undefined);
  equal(decodeBencode(nested(MAX_DEPTH + 1)), undefined);
  ok(decodeBencode(bytes(`l${"0:".repeat(MAX_VALUES - 1)}e`)) !== undefined);
  equal(decodeBencode(bytes(`l${"0:".repeat(MAX_VALUES)}e`)), undefined);
});

Deno.test("whatever comes is read or refused, and what is read is written the same", () => {
  const soup = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.array(fc.constantFrom(..."dlie0123456789:-ra"), { maxLength: 80 })
      .map((all) => bytes(all.join(""))),
  );
  fc.assert(
    fc.property(soup, (input) => {
      readAnswer(input, FROM);
      questionOf(input, TRANSACTION);
      const value = decodeBencode(input);
      if (value !== undefined) deepEqual(decodeBencode(encodeBencode(value)), value);
    }),
    { numRuns: 5_000 },
  );
});

Deno.test("of an answer only nodes and peers are kept that its sender may name", () => {
  const good = ["1.2.3.4:6881", "8.8.8.8:443"];
  const bad = [
    ...[
      "10.0.0.1:6881",
      "127.0.0.1:6881",
      "192.168.1.1:6881",
      "169.254.1.1:6881",
      "100.64.0.1:6881",
    ],
    ...["224.0.0.251:5353", "255.255.255.255:6881", "0.0.0.0:6881", "192.0.2.1:6881", "1.2.3.4:53"],
    ...["1.2.3.4:1023"],
  ];
  const all = [...bad, ...good];
  const nodes = Uint8Array.from([
    ...all.flatMap((one) => [...ID, ...place(one)]),
    ...ID,
    ...[1, 2, 3, 4, 0, 0],
  ]);
  const values = [...all.map(place), Uint8Array.of(1, 2, 3, 4, 0, 0), Uint8Array.of(1), 5, []];
  const kept = read({ id: ID, nodes, values });
  deepEqual(kept.get("values"), good.map(place));
  deepEqual(
    kept.get("nodes"),
    Uint8Array.from(good.flatMap((one) => [...ID, ...place(one)])),
  );
  const near = read({ id: ID, values }, "10.9.9.9:6881" as NodeAddress);
  deepEqual(
    near.get("values"),
    ["10.0.0.1:6881", ...["192.168.1.1:6881", "100.64.0.1:6881"], ...good].map(place),
  );
});

Deno.test("of an answer so much is kept, and no more", () => {
  const node = [...ID, ...place("1.2.3.4:6881")];
  const many = (count: number): Uint8Array =>
    Uint8Array.from(Array.from({ length: count }, () => node).flat());
  for (const count of [MAX_NODES_AN_ANSWER, MAX_NODES_AN_ANSWER + 1]) {
    equal((read({ id: ID, nodes: many(count) }).get("nodes") as Uint8Array).length, 20 * 26);
  }
  // A node that is cut off is none.
  equal((read({ id: ID, nodes: many(2).slice(0, 51) }).get("nodes") as Uint8Array).length, 26);
  for (const count of [MAX_PEERS_AN_ANSWER, MAX_PEERS_AN_ANSWER + 1]) {
    const values = Array.from({ length: count }, () => place("1.2.3.4:6881"));
    equal((read({ id: ID, values }).get("values") as unknown[]).length, MAX_PEERS_AN_ANSWER);
  }
  const size = (token: number): boolean =>
    read({ id: ID, token: new Uint8Array(token) }).has("token");
  deepEqual([0, 1, 64, 65].map(size), [false, true, true, false]);
  const junk = { id: ID, v: bytes("BEP 44"), k: ID, sig: ID, seq: 1, samples: ID };
  deepEqual([...read(junk).keys()], ["id"]);
});

Deno.test("what isn't an answer is ignored", () => {
  const length = answer({ id: ID, token: new Uint8Array(1) }).length;
  ok(readAnswer(answer({ id: ID }), FROM) !== undefined);
  const long = (more: number): Uint8Array =>
    answer({ id: ID, v: new Uint8Array(MAX_DATAGRAM_BYTES - length - 6 + more) });
  const fits = Array.from({ length: 20 }, (_, n) => n).filter((n) =>
    readAnswer(long(n), FROM) !== undefined
  );
  ok(fits.every((n) => long(n).length <= MAX_DATAGRAM_BYTES) && fits.length < 20);
  for (const id of [new Uint8Array(), new Uint8Array(3), new Uint8Array(5)]) {
    equal(readAnswer(answer({ id: ID }, id), FROM), undefined);
  }
  for (const id of [new Uint8Array(19), new Uint8Array(21), 20, []]) {
    equal(readAnswer(answer({ id }), FROM), undefined);
  }
  for (
    const other of ["d1:t4:abcd1:y1:re", "d1:rd2:id0:e1:t4:abcd1:y1:re", "d1:rle1:t4:abcd1:y1:re"]
  ) {
    equal(readAnswer(bytes(other), FROM), undefined);
  }
  const query = "d1:ad2:id20:aaaaaaaaaaaaaaaaaaaae1:q4:ping1:t4:abcd1:y1:qe";
  equal(readAnswer(bytes(query), FROM), undefined);
});

Deno.test("of an error its number is kept", () => {
  const error = readAnswer(bytes("d1:eli201e5:wordsi7ee1:t4:abcd1:y1:ee"), FROM);
  equal(text(error!.forLibrary(bytes("xy"))), "d1:eli201ee1:t2:xy1:y1:ee");
  for (const wrong of ["d1:e5:words1:t4:abcd1:y1:ee", "d1:ele1:t4:abcd1:y1:ee"]) {
    equal(readAnswer(bytes(wrong), FROM), undefined);
  }
});

Deno.test("only questions of BEP 5 leave, under another transaction id, as from one that only asks", () => {
  const question = (name: string): string =>
    `d1:ad2:id20:aaaaaaaaaaaaaaaaaaaae1:q${name.length}:${name}1:t2:xy1:y1:qe`;
  for (const name of ["ping", "find_node", "get_peers", "announce_peer"]) {
    const { bytes: out, id } = questionOf(bytes(question(name)), bytes("1234"))!;
    equal(
      text(out),
      `d1:ad2:id20:aaaaaaaaaaaaaaaaaaaae1:q${name.length}:${name}2:roi1e1:t4:12341:y1:qe`,
    );
    equal(text(id), "xy");
  }
  for (const name of ["get", "put", "vote", ""]) {
    equal(questionOf(bytes(question(name)), TRANSACTION), undefined);
  }
  equal(questionOf(answer({ id: ID }), TRANSACTION), undefined);
});

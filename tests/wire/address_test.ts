import assert from "node:assert/strict";
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import fc from "fast-check";
import {
  addressOf,
  decodeAddress,
  encodeAddress,
  hostPort,
  type NodeAddress,
  parseAddress,
} from "../../src/wire/address.ts";
import { groupOf, mayDial, prefixOf, type Scope, scopeOf } from "../../src/wire/address_rules.ts";
import { WireError } from "../../src/wire/errors.ts";
import { formatIp, parseIp } from "../../src/wire/ip.ts";
import { MIN_PORT } from "../../src/wire/limits.ts";
import { decode, encode } from "../../src/wire/msgpack.ts";
import vectors from "../vectors/address.json" with { type: "json" };

function address(text: string): NodeAddress {
  const parsed = parseAddress(text);
  assert(parsed !== undefined, text);
  return parsed;
}

for (const vector of vectors.good) {
  Deno.test(`address, ${vector.name}: read, encoded, judged`, () => {
    for (const text of [...vector.texts, vector.canonical]) {
      assert.equal(parseAddress(text), vector.canonical, text);
    }
    const parsed = address(vector.canonical);
    assert.equal(bytesToHex(encode(encodeAddress(parsed))), vector.hex);
    assert.equal(decodeAddress(decode(hexToBytes(vector.hex))), vector.canonical);
    assert.deepEqual(
      { scope: scopeOf(parsed), prefix: prefixOf(parsed), group: groupOf(parsed) },
      { scope: vector.scope, prefix: vector.prefix, group: vector.group },
    );
    const { host, port } = hostPort(parsed);
    assert(!host.startsWith("["));
    assert.equal(addressOf(host, port), parsed);
  });
}

Deno.test("parseAddress takes nothing that is no address", () => {
  for (const text of vectors.badTexts) assert.equal(parseAddress(text), undefined, text);
});

Deno.test("addressOf takes no port but 1 to 65535", () => {
  for (const port of [0, -1, 65_536, 1.5, NaN, Infinity]) {
    assert.equal(addressOf("1.2.3.4", port), undefined, `${port}`);
  }
});

for (const { name, hex } of vectors.badValues) {
  Deno.test(`decodeAddress refuses: ${name}`, () => {
    assert.throws(
      () => decodeAddress(decode(hexToBytes(hex))),
      (error) => error instanceof WireError && error.code === "malformed",
    );
  });
}

Deno.test("IPv6 is written as the WHATWG URL standard writes it, and read back", () => {
  const zeros = fc.array(fc.oneof(fc.constant(0), fc.nat(0xffff)), { minLength: 8, maxLength: 8 });
  fc.assert(fc.property(zeros, (groups) => {
    const bytes = Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff]));
    const text = formatIp(bytes);
    const full = groups.map((group) => group.toString(16)).join(":");
    assert.equal(`[${text}]`, new URL(`http://[${full}]/`).hostname);
    assert.deepEqual(parseIp(text), parseIp(full));
  }));
});

Deno.test("what is read as IPv6, the WHATWG URL standard reads alike", () => {
  const piece = fc.constantFrom("", "0", "1", "ffff", "ABCD", "10000", "g", "1.2.3.4", "01.2.3.4");
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 9 }), (pieces) => {
      const text = pieces.join(":");
      if (!text.includes(":")) return;
      const url = URL.canParse(`http://[${text}]/`) ? new URL(`http://[${text}]/`) : undefined;
      const expected = url && parseIp(url.hostname.slice(1, -1));
      assert.deepEqual(parseIp(text), expected, text);
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("any address survives text and bytes", () => {
  const host = fc.oneof(
    fc.uint8Array({ minLength: 4, maxLength: 4 }),
    fc.uint8Array({ minLength: 16, maxLength: 16 }),
  );
  fc.assert(fc.property(host, fc.integer({ min: 1, max: 65_535 }), (bytes, port) => {
    const one = addressOf(formatIp(bytes), port);
    assert(one !== undefined);
    assert.equal(parseAddress(one), one);
    assert.equal(decodeAddress(decode(encode(encodeAddress(one)))), one);
  }));
});

const EDGES: readonly [scope: Scope, ...hosts: string[]][] = [
  ["refused", "0.0.0.0", "0.255.255.255", "192.0.0.1", "192.0.2.0", "192.0.2.255", "192.88.99.1"],
  ["refused", "198.18.0.0", "198.19.255.255", "198.51.100.9", "203.0.113.9"],
  ["refused", "224.0.0.0", "224.0.0.251", "240.0.0.1", "255.255.255.255"],
  ["global", "1.0.0.0", "9.255.255.255", "11.0.0.0", "126.255.255.255", "128.0.0.0", "192.0.1.0"],
  ["global", "100.63.255.255", "100.128.0.0", "169.253.255.255", "169.255.0.0", "192.0.3.0"],
  ["global", "172.15.255.255", "172.32.0.0", "192.167.255.255", "192.169.0.0", "198.17.255.255"],
  ["global", "198.20.0.0", "223.255.255.255"],
  ["private", "10.0.0.0", "10.255.255.255", "172.16.0.0", "172.31.255.255", "192.168.0.0"],
  ["private", "192.168.255.255", "100.64.0.0", "100.127.255.255", "fc00::1", "fdff::1"],
  ["loopback", "127.0.0.0", "127.255.255.255", "::1"],
  ["link-local", "169.254.0.0", "169.254.255.255", "fe80::", "febf:ffff::"],
  ["refused", "::", "::2", "64:ff9b::a00:1", "100::1", "1fff:ffff::", "4000::", "fbff::", "fe00::"],
  ["refused", "fec0::1", "ff02::1", "2001::1", "2001:1ff::", "2001:db8::", "2001:db8:ffff::"],
  ["refused", "2002:a00:1::", "2002::", "3fff::", "3fff:fff::"],
  ["global", "2000::", "2001:200::", "2001:db7:ffff::", "2001:db9::", "2003::", "3fff:1000::"],
];

Deno.test("scopeOf knows both ends of each range", () => {
  for (const [scope, ...hosts] of EDGES) {
    for (const host of hosts) assert.equal(scopeOf(addressOf(host, 1)!), scope, host);
  }
});

Deno.test("nobody outside a range talks a node into it, and nobody at all into refused ones", () => {
  const onion = vectors.good.at(-1)!.canonical;
  const of: Readonly<Record<string, string>> = {
    loopback: "127.0.0.2",
    private: "10.0.0.1",
    unique: "fd00::1",
    "link-local": "169.254.1.1",
    global: "93.184.216.34",
    onion,
    documentation: "203.0.113.7",
  };
  const told = Object.fromEntries(
    Object.entries(of).map(([name, text]) => [
      name,
      Object.keys(of).filter((other) =>
        mayDial({ address: address(of[other]!), heardFrom: address(text) })
      ),
    ]),
  );
  assert.deepEqual(told, {
    loopback: ["loopback", "global", "onion"],
    private: ["private", "unique", "global", "onion"],
    unique: ["private", "unique", "global", "onion"],
    "link-local": ["link-local", "global", "onion"],
    global: ["global", "onion"],
    onion: ["global", "onion"],
    documentation: ["global", "onion"],
  });
});

Deno.test("of the low ports only 443 may be dialled", () => {
  const heardFrom = address("9.9.9.9");
  const may = [1, 80, 442, 443, 444, MIN_PORT - 1, MIN_PORT, 65_535].filter((port) =>
    mayDial({ address: addressOf("8.8.8.8", port)!, heardFrom })
  );
  assert.deepEqual(may, [443, 1_024, 65_535]);
});

Deno.test("the user may try any address", () => {
  for (const text of ["127.0.0.1:22", "203.0.113.7:80", "10.0.0.1", "[2001:db8::1]:9"]) {
    assert(mayDial({ address: address(text), heardFrom: "user" }), text);
  }
});

Deno.test("prefix and group don't depend on the port", () => {
  for (const host of ["8.8.8.8", "127.0.0.1", "10.1.1.1", "2600::1"]) {
    const [a, b] = [addressOf(host, 1)!, addressOf(host, 2)!];
    assert.deepEqual([prefixOf(a), groupOf(a)], [prefixOf(b), groupOf(b)]);
  }
});

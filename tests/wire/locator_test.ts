import assert from "node:assert/strict";
import { bytesToHex } from "@noble/hashes/utils.js";
import fc from "fast-check";
import { parseAddress } from "../../src/wire/address.ts";
import { identityKey } from "../../src/wire/ids.ts";
import { MAIN_NETWORK, parseNetworkName } from "../../src/wire/labels.ts";
import { MAX_LOCATOR_CHARS } from "../../src/wire/limits.ts";
import { formatLocator, type Locator, parseLocator } from "../../src/wire/locator.ts";
import vectors from "../vectors/locator.json" with { type: "json" };

/** A locator as the vectors write it. */
function toJson(locator: Locator): unknown {
  return {
    addresses: locator.addresses.map((entry) =>
      entry.kind === "address" ? entry.address : `name:${entry.host}:${entry.port}`
    ),
    identities: locator.identities.map(({ key, heirPrefix }) => ({
      key,
      ...(heirPrefix && { heir: bytesToHex(heirPrefix) }),
    })),
    starters: locator.starters,
    network: locator.network,
  };
}

function read(text: string): Locator {
  const result = parseLocator(text);
  assert(result.kind === "locator", `${text}: ${result.kind === "bad" && result.reason}`);
  return result.locator;
}

for (const { name, texts, canonical, locator } of vectors.good) {
  Deno.test(`locator, ${name}: read in every form and written in one`, () => {
    for (const text of [...texts, canonical]) assert.deepEqual(toJson(read(text)), locator, text);
    assert.equal(formatLocator(read(canonical)), canonical);
  });
}

for (const { text, reason } of vectors.bad) {
  Deno.test(`parseLocator says of ${JSON.stringify(text.slice(0, 60))}: ${reason}`, () => {
    assert.deepEqual(parseLocator(text), { kind: "bad", reason });
  });
}

Deno.test("a locator has 2,048 characters at most, white space not counted", () => {
  const start = "g:?a=1.2.3.4&x=";
  const full = start + "x".repeat(MAX_LOCATOR_CHARS - start.length);
  assert.deepEqual(read(full), read("g:?a=1.2.3.4"));
  assert.deepEqual(read(full.replaceAll("xx", "x x\n")), read("g:?a=1.2.3.4"));
  assert.deepEqual(parseLocator(full + "x"), {
    kind: "bad",
    reason: "A locator has at most 2048 characters, this has 2049",
  });
});

Deno.test("formatLocator writes nothing that can't be read again", () => {
  const empty = { addresses: [], identities: [], starters: [], network: MAIN_NETWORK };
  const named = (length: number): Locator => ({
    ...empty,
    addresses: [{ kind: "name", host: "x".repeat(length), port: 1 }],
  });
  const around = "g:?a=:1&n=main".length;
  assert.equal(formatLocator(named(MAX_LOCATOR_CHARS - around)).length, MAX_LOCATOR_CHARS);
  assert.throws(() => formatLocator(named(MAX_LOCATOR_CHARS - around + 1)), RangeError);
  const key = identityKey(new Uint8Array(32));
  for (const length of [0, 9, 11]) {
    const identities = [{ key, heirPrefix: new Uint8Array(length) }];
    assert.throws(() => formatLocator({ ...empty, identities }), RangeError);
  }
});

Deno.test("any locator survives being written, shouted, wrapped and encoded", () => {
  const key = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(identityKey);
  const address = fc.oneof(
    fc.tuple(
      fc.oneof(fc.ipV4(), fc.ipV6().map((ip) => `[${ip}]`)),
      fc.integer({ min: 1, max: 65_535 }),
    )
      .map(([host, port]) => parseAddress(`${host}:${port}`))
      .filter((parsed) => parsed !== undefined)
      .map((parsed) => ({ kind: "address" as const, address: parsed })),
    fc.tuple(fc.domain(), fc.integer({ min: 1, max: 65_535 }))
      .map(([host, port]) => ({ kind: "name" as const, host: host.toLowerCase(), port })),
  );
  const locators = fc.record({
    addresses: fc.uniqueArray(address, {
      maxLength: 3,
      selector: (entry) => JSON.stringify(entry),
    }),
    identities: fc.uniqueArray(
      fc.record(
        { key, heirPrefix: fc.uint8Array({ minLength: 10, maxLength: 10 }) },
        { requiredKeys: ["key"] },
      ),
      { minLength: 1, maxLength: 3, selector: (identity) => identity.key },
    ),
    starters: fc.uniqueArray(key, { maxLength: 3 }),
    network: fc.constantFrom("main", "a", "test-1").map((name) => parseNetworkName(name)!),
  }).map((locator): Locator => ({
    ...locator,
    identities: locator.identities.map((identity) => ({ ...identity })),
  }));
  fc.assert(
    fc.property(locators, fc.nat(200), (locator, at) => {
      const text = formatLocator(locator);
      const forms = [text, text.toUpperCase(), `${text.slice(0, at)}\r\n${text.slice(at)}`];
      for (const form of [...forms, encodeURIComponent(text).toUpperCase()]) {
        assert.deepEqual(read(form), locator);
      }
    }),
    { numRuns: 50 },
  );
});

Deno.test("parseLocator never throws", () => {
  const piece = fc.constantFrom("g:?", "a=", "i=", "n=", "s=", "&", "%", "%41", ".", ":", "[", "]");
  const text = fc.array(fc.oneof(piece, fc.string())).map((parts) => `g:?${parts.join("")}`);
  fc.assert(
    fc.property(text, (input) => {
      const result = parseLocator(input);
      if (result.kind === "locator") read(formatLocator(result.locator));
      else assert.match(result.reason, /^[\x20-\x7e]+$/);
    }),
    { numRuns: 500 },
  );
});

/** Which own addresses others are given, and what is said of it. */
import assert from "node:assert/strict";
import {
  chooseAddresses,
  type Grounds,
  reachability,
  type Sourced,
} from "../../src/node/choose_addresses.ts";
import { type NodeAddress, parseAddress } from "../../src/wire/address.ts";

const GLOBAL = "62.5.5.5:14677";
const OTHER = "[2a00:5::1]:14677";
const HOME = "192.168.1.2:14677";
const LOOP = "127.0.0.1:14677";
const ONION = "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion:14677";

type Known = readonly (readonly [Sourced["source"], string])[];

function grounds(known: Known, reached: Readonly<Record<string, boolean>> = {}): Grounds {
  return {
    known: known.map(([source, text]) => ({ source, address: read(text) })),
    reachable: (address) => reached[address] ?? null,
  };
}

function read(text: string): NodeAddress {
  const address = parseAddress(text);
  if (address === undefined) throw new TypeError(text);
  return address;
}

function used(known: Known, reached?: Readonly<Record<string, boolean>>): readonly string[] {
  return chooseAddresses(grounds(known, reached)).filter((one) => one.used).map((one) =>
    one.address
  );
}

Deno.test("what an owner gives is used alone; the rest is named with why not", () => {
  const known: Known = [["given", ONION], ["interface", HOME], ["observed", GLOBAL]];
  assert.deepEqual(used(known, { [GLOBAL]: true }), [ONION]);
  for (const { used, why } of chooseAddresses(grounds(known)).slice(1)) {
    assert.deepEqual([used, /^left out: --address/.test(why)], [false, true]);
  }
});

Deno.test("an address on the internet is used until an hour's silence speaks against it", () => {
  for (const source of ["interface", "mapping"] as const) {
    const known: Known = [[source, GLOBAL], ["interface", HOME]];
    assert.deepEqual(used(known), [GLOBAL, HOME]);
    assert.deepEqual(used(known, { [GLOBAL]: true }), [GLOBAL, HOME]);
    assert.deepEqual(used(known, { [GLOBAL]: false }), [HOME]);
  }
});

Deno.test("an address that only others see is used when somebody came in by it", () => {
  const known: Known = [["interface", HOME], ["observed", GLOBAL]];
  assert.deepEqual(used(known), [HOME]);
  assert.deepEqual(used(known, { [GLOBAL]: false }), [HOME]);
  assert.deepEqual(used(known, { [GLOBAL]: true }), [GLOBAL, HOME]);
});

Deno.test("private addresses say that they work in one network only; loopback stands alone", () => {
  const [home, loop] = chooseAddresses(grounds([["interface", LOOP], ["interface", HOME]]));
  assert.deepEqual([home?.address, home?.used, loop?.used], [HOME, true, false]);
  assert.match(home?.why ?? "", /your own network only/);
  assert.deepEqual(used([["interface", LOOP]]), [LOOP]);
  assert.match(chooseAddresses(grounds([["given", HOME]]))[0]?.why ?? "", /own network only/);
});

Deno.test("a router that has no public address itself is no way in", () => {
  const known: Known = [["mapping", "100.64.3.4:14677"], ["interface", HOME]];
  assert.deepEqual(used(known), [HOME]);
  assert.match(chooseAddresses(grounds(known))[1]?.why ?? "", /no address of its own/);
});

Deno.test("an address counts once, by who says it first; link-local never", () => {
  const known: Known = [
    ["mapping", GLOBAL],
    ["interface", "[fe80::1]:14677"],
    ["interface", "169.254.1.1:14677"],
    ["observed", GLOBAL],
  ];
  const chosen = chooseAddresses(grounds(known));
  assert.deepEqual(chosen.map(({ source }) => source), ["mapping"]);
});

Deno.test("reachable from the internet is yes, no or not known, and says by what", () => {
  const cases: readonly [Known, Record<string, boolean>, boolean | null, RegExp][] = [
    [[["interface", HOME]], { [HOME]: true }, null, /no address of this node on the internet/],
    [[["interface", HOME], ["observed", GLOBAL]], {}, null, /nobody .* by 62\.5\.5\.5:14677 yet/],
    [[["observed", GLOBAL]], { [GLOBAL]: false }, false, /takes part all the same/],
    [[["observed", GLOBAL]], { [GLOBAL]: true }, true, /by 62\.5\.5\.5:14677/],
    [
      [["interface", OTHER], ["observed", GLOBAL]],
      { [OTHER]: true, [GLOBAL]: false },
      true,
      /2a00/,
    ],
    [[["interface", OTHER], ["observed", GLOBAL]], { [GLOBAL]: false }, null, /2a00/],
  ];
  for (const [known, reached, answer, why] of cases) {
    const view = reachability(chooseAddresses(grounds(known, reached)), { proxied: false });
    assert.equal(view.reachable, answer, JSON.stringify([known, reached]));
    assert.match(view.why, why);
  }
  const hidden = reachability([], { proxied: true });
  assert.deepEqual([hidden.reachable, /proxy/.test(hidden.why)], [null, true]);
});

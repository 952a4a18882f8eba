/** Peers of other rules are counted, each prefix once. */
import assert from "node:assert/strict";
import { RuleWatch } from "../../src/gossip/mod.ts";
import { ruleDigest } from "../../src/wire/rules.ts";
import { address } from "./fixture.ts";

const OWN = ruleDigest();
const ELSE = new Uint8Array(8).fill(7);

Deno.test("RuleWatch counts those of the last 64 prefixes whose digest differs", () => {
  const watch = new RuleWatch(OWN);
  assert.deepEqual(watch.view(), { peers: 0, differing: 0 });
  for (let i = 0; i < 5; i++) watch.observe(address(`45.1.2.${i}:14677`), ELSE);
  assert.deepEqual(watch.view(), { peers: 1, differing: 1 });
  watch.observe(address("45.1.2.9:14677"), OWN);
  assert.deepEqual(watch.view(), { peers: 1, differing: 0 }, "the last word counts");
  watch.observe(address("45.1.2.9:14677"), ELSE);
  for (let i = 0; i < 63; i++) watch.observe(address(`45.2.${i}.3:14677`), OWN);
  assert.deepEqual(watch.view(), { peers: 64, differing: 1 });
  watch.observe(address("45.3.1.3:14677"), OWN);
  assert.deepEqual(watch.view(), { peers: 64, differing: 0 }, "the longest unheard is forgotten");
});

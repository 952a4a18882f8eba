import assert from "node:assert/strict";
import { BundleOffers, sealBundle } from "../../src/node/bundle_envelope.ts";

const BUNDLE = Uint8Array.from({ length: 100 }, (_, i) => i);

function opened(offers: BundleOffers, envelope: Uint8Array): number[] | undefined {
  using bundle = offers.open(envelope);
  return bundle?.use((bytes) => [...bytes]);
}

Deno.test("an envelope opens once, for who offered, and holds nothing readable", () => {
  const [offers, others] = [new BundleOffers(), new BundleOffers()];
  const envelope = sealBundle(BUNDLE, offers.offer());
  others.offer();
  assert.equal(envelope.length, 64 + BUNDLE.length + 16);
  assert.equal(envelope.toHex().includes(BUNDLE.subarray(0, 16).toHex()), false);
  assert.equal(opened(others, envelope), undefined);
  assert.deepEqual(opened(offers, envelope), [...BUNDLE]);
  assert.equal(opened(offers, envelope), undefined);
  assert.notDeepEqual(sealBundle(BUNDLE, others.offer()), sealBundle(BUNDLE, others.offer()));
});

Deno.test("no flipped or missing byte of an envelope opens", () => {
  for (const at of [0, 31, 32, 63, 64, 120, 163, 179]) {
    const offers = new BundleOffers();
    const envelope = sealBundle(BUNDLE, offers.offer());
    envelope[at] = (envelope[at] ?? 0) ^ 1;
    assert.equal(opened(offers, envelope), undefined, `byte ${at}`);
  }
  for (const length of [0, 31, 64, 79, 80, 179]) {
    const offers = new BundleOffers();
    const envelope = sealBundle(BUNDLE, offers.offer()).subarray(0, length);
    assert.equal(opened(offers, envelope), undefined, `${length} bytes`);
  }
});

Deno.test("eight offers stand, a ninth takes the first back, and wiping takes all", () => {
  const offers = new BundleOffers();
  const keys = Array.from({ length: 9 }, () => offers.offer());
  const [first, second, ...rest] = keys.map((key) => sealBundle(BUNDLE, key));
  assert.ok(first !== undefined && second !== undefined);
  assert.equal(opened(offers, first), undefined);
  assert.deepEqual(opened(offers, second), [...BUNDLE]);
  offers.wipe();
  for (const envelope of rest) assert.equal(opened(offers, envelope), undefined);
});

Deno.test("what is no offer is refused by the sender", () => {
  assert.throws(() => sealBundle(BUNDLE, new Uint8Array(31)));
  assert.throws(() => sealBundle(BUNDLE, new Uint8Array(32)));
});

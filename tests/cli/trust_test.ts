import { deepEqual, equal, match } from "node:assert/strict";
import type { TrustView } from "../../src/node/api.ts";
import { runIn } from "./fakes.ts";

const me = { id: "g1me", name: "me", suspicious: false, distance: 0 };
const ann = { id: "g1ann", name: "An\u001b[2Jn (own)", suspicious: false, distance: 1 };
const BOB: TrustView = {
  ...{ id: "g1bob", name: "Bob", suspicious: false, distance: 2, verified: true },
  because: [
    {
      ...{ id: "g1bob", name: "Bob", suspicious: false, distance: 2 },
      because: "three verifiers",
      by: [ann, ann, ann],
    },
    { ...ann, because: "own verification", by: [me] },
    { ...me, because: "own key", by: [] },
  ],
  verifiedBy: ["g1ann", "g1cyd", "g1dan", "g1eve"],
  trusted: 3,
  revoked: null,
  maxDistance: 4,
};
const answers = {
  trust: () => BOB,
  "trust-limit": ({ maxDistance }: { readonly maxDistance: number }) => ({
    maxDistance: maxDistance === 0 ? null : maxDistance,
  }),
};

Deno.test("trust explains down to one's own keys, and no name gets out of its brackets", async () => {
  const { code, stdout, calls } = await runIn({ answers }, "trust", "g1bob");
  equal(code, 0);
  deepEqual(calls[0], ["trust", { id: "g1bob" }]);
  match(stdout, /^✓ .*Bob/);
  match(stdout, /verified, at distance 2 \(you let it count up to 4\)/);
  match(stdout, /It: verified by g1ann/);
  match(stdout, /you verified it, as g1me/);
  match(stdout, /your own key, distance 0/);
  match(stdout, /4 identities verify it, of which 3 are verified; three would do/);
  equal(stdout.includes("\u001b"), false);
  equal(stdout.includes("(own)"), false);
});

Deno.test("trust in JSON is what the node said", async () => {
  const { stdout } = await runIn({ answers }, "trust", "g1bob", "--json");
  deepEqual(JSON.parse(stdout), BOB);
});

Deno.test("trust says who isn't verified, who revoked, and who borrows a name", async () => {
  const none = { ...BOB, verified: false, distance: null, because: [], maxDistance: null };
  const lone = await runIn(
    { answers: { trust: () => ({ ...none, verifiedBy: [], trusted: 0 }) } },
    ...["trust", "g1bob"],
  );
  match(lone.stdout, /^· .*Bob[^]*not verified\n[^]*Nobody's verification of it is known here/);
  const revoked = { issued: 1, successor: "g1heir", fits: false };
  const gone = await runIn(
    { answers: { trust: () => ({ ...none, suspicious: true, revoked }) } },
    ...["trust", "g1bob"],
  );
  const words = gone.stdout.replace(/\s+/g, " ");
  match(words, /^! .*Bob.*Revoked .*a thief could, too: g1heir.*of a revoked key are void/);
});

Deno.test("trust --max-distance takes 1 to 1000 or none; without that or an id it says so", async () => {
  const set = await runIn({ answers }, "trust", "--max-distance", "3");
  deepEqual(set.calls[0], ["trust-limit", { maxDistance: 3 }]);
  match(set.stdout, /up to distance 3/);
  match((await runIn({ answers }, "trust", "--max-distance", "none")).stdout, /any distance/);
  for (const args of [[], ["--max-distance", "0"], ["--max-distance", "1001"]]) {
    const wrong = await runIn({ answers }, "trust", ...args);
    deepEqual([wrong.code, wrong.calls.length], [2, 0]);
  }
});

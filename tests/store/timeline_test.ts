import assert from "node:assert/strict";
import fc from "fast-check";
import { openMemoryStores, page } from "../../src/store/mod.ts";
import { pageIds } from "../../src/store/timeline.ts";
import { MAIN_NETWORK } from "../../src/wire/labels.ts";
import type { AdmittedMessage } from "../../src/wire/message.ts";
import { unixSeconds } from "../../src/wire/time.ts";
import { fresh, keyOf, NOW, profileOf, statusBody, stored } from "./support.ts";

const message = fc.record({
  author: fc.nat(3),
  n: fc.nat(1_000),
  created: fc.nat(5),
  isProfile: fc.boolean(),
}).map(({ author, n, created, isProfile }): AdmittedMessage =>
  isProfile
    ? stored(keyOf(author), {
      kind: "profile",
      created: unixSeconds(NOW + created),
      profile: profileOf(`${n}`),
    })
    : stored(keyOf(author), statusBody(n, { created: NOW + created }))
);

Deno.test("page: what filtering, sorting and cutting an array gives", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(message, { maxLength: 30, selector: ({ id }) => id }),
      fc.option(fc.uniqueArray(fc.nat(4)), { nil: undefined }),
      fc.integer({ min: 1, max: 8 }),
      fc.nat(30),
      async (messages, people, limit, at) => {
        const stores = await openMemoryStores(MAIN_NETWORK);
        await stores.public.putMessages(fresh(messages));
        const authors = people && new Set(people.map(keyOf));
        const before = messages[at];
        const expected = messages
          .filter(({ body, key }) => body.kind === "status" && (authors?.has(key) ?? true))
          .filter((m) => before === undefined || compare(m, before) < 0)
          .sort(compare)
          .slice(-limit);
        const query = { limit, ...(authors && { authors }), ...(before && { before: before.id }) };
        assert.deepEqual(await page(stores.public, query), expected);
        assert.deepEqual(pageIds(stores.public, query), expected.map(({ id }) => id));
        await stores.close();
      },
    ),
  );
});

Deno.test("page: pages one before the other give all there is", async () => {
  const stores = await openMemoryStores(MAIN_NETWORK);
  const messages = Array.from(
    { length: 23 },
    (_, n) => stored(keyOf(n % 2), statusBody(n, { created: NOW + n % 4 })),
  );
  await stores.public.putMessages(fresh(messages));
  const seen: AdmittedMessage[] = [];
  for (let before = undefined;;) {
    const part: AdmittedMessage[] = await page(stores.public, {
      limit: 5,
      ...(before && { before }),
    });
    seen.unshift(...part);
    before = part[0]?.id;
    if (before === undefined) break;
  }
  assert.deepEqual(seen, messages.sort(compare));
  await stores.close();
});

Deno.test("page: an unknown message to start from and a limit that is none are mistakes", async () => {
  const { public: publicStore } = await openMemoryStores(MAIN_NETWORK);
  const unknown = stored(keyOf(1), statusBody(1)).id;
  await assert.rejects(page(publicStore, { limit: 1, before: unknown }), RangeError);
  for (const limit of [0, -1, 1.5, NaN]) {
    await assert.rejects(page(publicStore, { limit }), RangeError);
  }
});

function compare(a: AdmittedMessage, b: AdmittedMessage): number {
  return a.body.created - b.body.created || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

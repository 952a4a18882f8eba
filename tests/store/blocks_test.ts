/** Whom the owner blocks survives, whole or not at all, up to a cap. */
import assert from "node:assert/strict";
import { type Block, BLOCKS, Blocks, MAX_BLOCKS } from "../../src/store/blocks.ts";
import { openMemoryKv } from "../../src/store/kv_memory.ts";
import { PrivateFile } from "../../src/store/private.ts";
import type { Sealed } from "../../src/store/record_codec.ts";
import { Private } from "../../src/wire/privacy.ts";
import { unixSeconds } from "../../src/wire/time.ts";
import { openRecords } from "./letter_support.ts";
import { keyOf, LABELS, NOW, storeErrorOf } from "./support.ts";

function block(n: number, blockedAt: number = NOW): Block {
  return { key: keyOf(n), blockedAt: unixSeconds(blockedAt) };
}

Deno.test("Blocks: kept in order, each since it was blocked first, and over a restart", async () => {
  const kv = openMemoryKv<Sealed>();
  const key = new Uint8Array(32).fill(7);
  const { blocks } = await new PrivateFile(kv, LABELS).unlock(key.slice());
  assert.deepEqual((await blocks.all()).reveal(), []);
  assert.ok(await blocks.add(new Private([block(1), block(2)])));
  assert.ok(await blocks.add(new Private([block(2, NOW + 60), block(3, NOW + 60)])));
  assert.ok(await blocks.remove(new Private(keyOf(1))));
  assert.ok(!await blocks.remove(new Private(keyOf(1))));
  const again = await new PrivateFile(kv, LABELS).unlock(key.slice());
  assert.deepEqual((await again.blocks.all()).reveal(), [block(2), block(3, NOW + 60)]);
});

Deno.test("Blocks: changes at one time are all kept", async () => {
  const { records } = await openRecords();
  const blocks = new Blocks(records);
  await Promise.all([1, 2, 3, 4].map((n) => blocks.add(new Private([block(n)]))));
  await Promise.all([
    blocks.remove(new Private(keyOf(2))),
    blocks.add(new Private([block(5)])),
  ]);
  assert.deepEqual((await blocks.all()).reveal(), [1, 3, 4, 5].map((n) => block(n)));
});

Deno.test("Blocks: as many as fit, and of more than that none", async () => {
  const { records } = await openRecords();
  const blocks = new Blocks(records);
  const most = Array.from({ length: MAX_BLOCKS }, (_, n) => block(n));
  assert.ok(await blocks.add(new Private(most)));
  assert.ok(await blocks.add(new Private([block(0)])), "nobody new needs no room");
  assert.ok(!await blocks.add(new Private([block(1), block(MAX_BLOCKS)])));
  assert.equal((await blocks.all()).reveal().length, MAX_BLOCKS);
  await blocks.remove(new Private(keyOf(5)));
  assert.ok(!await blocks.add(new Private([block(5), block(MAX_BLOCKS)])), "all or none");
  assert.equal((await blocks.all()).reveal().length, MAX_BLOCKS - 1);
});

Deno.test("Blocks: what isn't a list of them is damage", async () => {
  const { records } = await openRecords();
  await records.put(BLOCKS, Uint8Array.of(0x91, 0x90));
  await assert.rejects(new Blocks(records).all(), storeErrorOf("damaged"));
});

/** Ranks and sums of blocks, where the arrays that hold them are full and grow. */
import assert from "node:assert/strict";
import { BlockOrder } from "../../src/gossip/block_order.ts";
import { SlotBlocks } from "../../src/gossip/slot_blocks.ts";
import { addSum, sumBytes, sumOf } from "../../src/gossip/sync_sum.ts";

Deno.test("ranks and sums are right behind the last block, however many there are", () => {
  const blocks = new SlotBlocks();
  const order = new BlockOrder(blocks);
  const one = sumOf(new Uint8Array(32).fill(1));
  const all = sumOf(new Uint8Array(32));
  for (let count = 1; count <= 260; count++) {
    const block = blocks.acquire();
    blocks.append(block, Uint32Array.of(count, count));
    addSum(blocks.sum(block), one);
    addSum(all, one);
    // In turn in front and behind.
    order.insert(count % 2 === 0 ? 0 : order.length, block);
    assert.equal(order.rank(count), 2 * count);
    assert.deepEqual(sumBytes(order.sum(count)), sumBytes(all));
    assert.equal(order.find(2 * count - 1), count - 1);
  }
});

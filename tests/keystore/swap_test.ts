import assert from "node:assert/strict";
import { openSwap, swapWarning } from "../../src/keystore/swap.ts";

const HEADER = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n";

function read(files: Readonly<Record<string, string>>): (path: string) => string | undefined {
  return (path) => files[path];
}

Deno.test("no swap is nothing to warn of", () => {
  assert.deepEqual(openSwap(read({})), []);
  assert.deepEqual(openSwap(read({ "/proc/swaps": HEADER })), []);
  assert.equal(swapWarning([]), undefined);
});

Deno.test("a partition, a file and LVM on a bare disk are named", () => {
  const swaps = `${HEADER}/dev/sda2                               partition\t8388604\t\t0\t\t-2\n` +
    "/swap\\040file                          file\t\t2097148\t\t0\t\t-3\n" +
    "/dev/dm-1                               partition\t8388604\t\t0\t\t-4\n";
  const found = openSwap(read({
    "/proc/swaps": swaps,
    "/sys/block/dm-1/dm/uuid": "LVM-abc\n",
    "/sys/block/dm-1/slaves/dm-2/dev": "253:2\n",
    "/sys/block/dm-2/dm/uuid": "LVM-def\n",
  }));
  assert.deepEqual(found, ["/dev/sda2", "/swap\\040file", "/dev/dm-1"]);
  assert.match(swapWarning(found) ?? "", /\/dev\/sda2, \/swap\\040file, \/dev\/dm-1/);
});

Deno.test("dm-crypt, LVM on dm-crypt and zram are closed; zram that writes to a disk isn't", () => {
  const swaps = HEADER +
    ["dm-0", "dm-1", "zram0", "zram1", "zram2"].map((name) =>
      `/dev/${name}                               partition\t8388604\t\t0\t\t-2\n`
    ).join("");
  const found = openSwap(read({
    "/proc/swaps": swaps,
    "/sys/block/dm-0/dm/uuid": "CRYPT-PLAIN-cryptswap\n",
    "/sys/block/dm-1/dm/uuid": "LVM-abc\n",
    "/sys/block/dm-1/slaves/dm-5/dev": "253:5\n",
    "/sys/block/dm-5/dm/uuid": "CRYPT-LUKS2-0123-luks\n",
    "/sys/block/zram1/backing_dev": "none\n",
    "/sys/block/zram2/backing_dev": "/dev/sdb1\n",
  }));
  assert.deepEqual(found, ["/dev/zram2"]);
});

import assert from "node:assert/strict";
import { needNetwork, readNetworkKey } from "../../src/node/network_name.ts";
import { UserError } from "../../src/node/user_error.ts";

const KEY = Array.from({ length: 32 }, (_, i) => (i * 37 + 5) % 256);
const HEX = KEY.map((byte) => byte.toString(16).padStart(2, "0")).join("");

async function read(text: string): Promise<Uint8Array> {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(path, text);
    return await readNetworkKey(path);
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("a network key is 64 hex digits in either case, whatever white space is around", async () => {
  for (
    const text of [HEX, `${HEX}\n`, `\r\n ${HEX.toUpperCase()}\t`, HEX.replace(/.{8}/g, "$& ")]
  ) {
    assert.deepEqual([...await read(text)], KEY);
  }
});

Deno.test("anything else is refused without showing any of it", async () => {
  const bad = ["", HEX.slice(1), `${HEX}0`, HEX.replace(/.$/, "g"), `0x${HEX.slice(2)}`];
  for (const text of [...bad, "é".repeat(32), HEX.replace(/.$/, "@")]) {
    await assert.rejects(read(text), (error) => {
      assert.ok(error instanceof UserError);
      assert.equal(error.code, "usage");
      assert.ok(!error.message.includes(HEX.slice(0, 8)));
      return true;
    });
  }
  await assert.rejects(
    readNetworkKey("/nowhere/at/all"),
    (error) => error instanceof UserError && error.code === "failed",
  );
});

Deno.test("a network's name of another form is wrong usage", () => {
  assert.equal(needNetwork("a-1"), "a-1");
  for (const name of ["", "A", "a b", "x".repeat(33)]) {
    assert.throws(
      () => needNetwork(name),
      (error) => error instanceof UserError && error.code === "usage",
    );
  }
});

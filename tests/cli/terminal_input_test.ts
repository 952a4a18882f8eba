import { deepEqual, equal } from "node:assert/strict";
import {
  type KeyInput,
  MAX_SECRET_BYTES,
  readSecret,
  readYes,
} from "../../src/cli/terminal_input.ts";

/** Types bytes; notes how the terminal was switched. */
function keyboard(typed: string): KeyInput & { raw: boolean[]; rest(): string } {
  const bytes = new TextEncoder().encode(typed);
  let at = 0;
  const raw: boolean[] = [];
  return {
    raw,
    rest: () => new TextDecoder().decode(bytes.subarray(at)),
    read: (buffer: Uint8Array): Promise<number | null> => {
      if (at >= bytes.length) return Promise.resolve(null);
      const n = Math.min(buffer.length, bytes.length - at);
      buffer.set(bytes.subarray(at, at + n));
      at += n;
      return Promise.resolve(n);
    },
    setRaw: (on: boolean): void => void raw.push(on),
  };
}

Deno.test("readSecret reads to Enter, with editing, and leaves what was typed ahead", async () => {
  const cases: [string, string | undefined][] = [
    ["secret\r", "secret"],
    ["secret\n", "secret"],
    ["\r", ""],
    ["secr\x7f\x7fs\r", "ses"],
    ["x\x08\x08\x08y\r", "y"],
    ["schlüß\x7f\x7f!\r", "schl!"],
    ["😀\x7fa\r", "a"],
    ["wrong\x15right\r", "right"],
    ["a\x1b[Db\x1bOAc\x1b[3~d\x1b[1;5Ce\r", "abcde"],
    ["a\x00\x01\tb\r", "ab"],
    ["abc\x03", undefined],
    ["\x04", undefined],
    ["abc", undefined],
  ];
  for (const [typed, expected] of cases) {
    const input = keyboard(typed);
    const secret = await readSecret(input);
    equal(secret && new TextDecoder().decode(secret), expected, JSON.stringify(typed));
    deepEqual(input.raw, [true, false]);
  }
  const two = keyboard("first\rsecond\r");
  await readSecret(two);
  equal(two.rest(), "second\r");
});

Deno.test("readSecret keeps 1,024 bytes and drops the rest", async () => {
  const secret = await readSecret(keyboard("x".repeat(MAX_SECRET_BYTES + 1) + "\r"));
  equal(secret?.length, MAX_SECRET_BYTES);
});

Deno.test("readSecret restores the terminal when reading fails", async () => {
  const raw: boolean[] = [];
  const input = {
    read: () => Promise.reject(new Error("gone")),
    setRaw: (on: boolean): void => void raw.push(on),
  };
  equal(await readSecret(input).catch((error) => error.message), "gone");
  deepEqual(raw, [true, false]);
});

Deno.test("readYes takes y or yes for yes, and anything else for no", async () => {
  for (const typed of ["y\n", "Y\r\n", " yes \n", "YES"]) {
    equal(await readYes(keyboard(typed)), true, JSON.stringify(typed));
  }
  for (const typed of ["", "\n", "n\n", "yep\n", "y y\n", "yes, but no\n"]) {
    equal(await readYes(keyboard(typed)), false, JSON.stringify(typed));
  }
  const two = keyboard("y\nsecret\r");
  await readYes(two);
  equal(two.rest(), "secret\r");
});

/** The self-test passes here, and finds each way of being otherwise. */
import assert from "node:assert/strict";
import { UserError } from "../../src/node/user_error.ts";
import { checkPlatform } from "../../src/node/platform.ts";
import { decode, encode, type Value } from "../../src/wire/msgpack.ts";
import { ruleDigest } from "../../src/wire/rules.ts";
import { wireSelfTest } from "../../src/wire/self_test.ts";

const HERE = { encode, decode, ruleDigest };

Deno.test("wireSelfTest passes here and names what is otherwise", () => {
  assert.equal(wireSelfTest(), undefined);
  const longInts = (value: Value): Uint8Array =>
    typeof value === "number" ? new Uint8Array(9) : encode(value);
  assert.equal(
    wireSelfTest({ ...HERE, encode: longInts }),
    "it encodes cf001fffffffffffff otherwise",
  );
  const lenient = (): Value => null;
  assert.equal(
    wireSelfTest({ ...HERE, decode: lenient }),
    "it reads cc7f, which isn't canonical",
  );
  const strict = (bytes: Uint8Array): Value => {
    if (bytes[0] === 0xad) throw new Error("no such text");
    return decode(bytes);
  };
  assert.equal(
    wireSelfTest({ ...HERE, decode: strict }),
    "it doesn't read ad4772c3bcc39f6520f09f8cbb0a",
  );
  assert.equal(
    wireSelfTest({ ...HERE, ruleDigest: () => new Uint8Array(8) }),
    "its rules have the digest 0000000000000000",
  );
});

Deno.test("a platform that is otherwise refuses to start, in clear words", async () => {
  await checkPlatform();
  const fits = (): undefined => undefined;
  const signs = (): Promise<undefined> => Promise.resolve(undefined);
  const signsNot = (): Promise<string> => Promise.resolve("it signs no more");
  const cases = [
    [{ signatures: signsNot, wire: fits }, /judges signatures .* it signs no more/],
    [{ signatures: signs, wire: () => "it can't count" }, /speaks otherwise .* it can't count/],
  ] as const;
  for (const [tests, says] of cases) {
    await assert.rejects(checkPlatform(tests), (error) => {
      assert.ok(error instanceof UserError);
      assert.equal(error.code, "failed");
      return says.test(error.message);
    });
  }
});

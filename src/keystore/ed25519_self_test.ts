/**
 * Checks at start-up that this platform's Ed25519 is the one of docs/PROTOCOL.md section 2: a node
 * that judged signatures differently would fall out of the network without noticing.
 */
import { hexToBytes } from "@noble/hashes/utils.js";
import type { IdentityKey } from "../wire/ids.ts";
import type { Verify, VerifyLater } from "../wire/verify.ts";
import { createParallelVerifier } from "./ed25519_parallel.ts";
import { createVerifier, publicKeyOf, sign } from "./ed25519.ts";

/** A published case with the verdict that every node must come to; all bytes in hex. */
export interface EdgeCase {
  /** Where it is from and what it is about. */
  readonly name: string;
  /** The secret key, where signing is checked too. */
  readonly seed?: string;
  /** The public key, 32 bytes. */
  readonly key: string;
  /** What is signed. */
  readonly message: string;
  /** The signature, 64 bytes. */
  readonly signature: string;
  /** The verdict. */
  readonly valid: boolean;
}

/**
 * Two of RFC 8032 section 7.1, and the twelve edge cases of Chalkias, Garillot and Nikolaenko,
 * "Taming the many EdDSAs" (2020), on which implementations are known to differ. They stand here
 * and not in a file because the compiled program has to have them.
 */
export const EDGE_CASES: readonly EdgeCase[] = [
  {
    name: "RFC 8032 TEST 2",
    seed: "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
    key: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    message: "72",
    signature:
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    valid: true,
  },
  {
    name: "RFC 8032 TEST 3",
    seed: "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
    key: "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
    message: "af82",
    signature:
      "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    valid: true,
  },
  {
    name: "speccheck 0: S = 0, small A and R",
    key: "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    message: "8c93255d71dcab10e8f379c26200f3c7bd5f09d9bc3068d3ef4edeb4853022b6",
    signature:
      "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a0000000000000000000000000000000000000000000000000000000000000000",
    valid: false,
  },
  {
    name: "speccheck 1: small A, mixed R",
    key: "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    message: "9bd9f44f4dcc75bd531b56b2cd280b0bb38fc1cd6d1230e14861d861de092e79",
    signature:
      "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43a5bb704786be79fc476f91d3f3f89b03984d8068dcf1bb7dfc6637b45450ac04",
    valid: false,
  },
  {
    name: "speccheck 2: mixed A, small R",
    key: "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43",
    message: "aebf3f2601a0c8c5d39cc7d8911642f740b78168218da8471772b35f9d35b9ab",
    signature:
      "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa8c4bd45aecaca5b24fb97bc10ac27ac8751a7dfe1baff8b953ec9f5833ca260e",
    valid: true,
  },
  {
    name: "speccheck 3: mixed A and R, cofactorless holds",
    key: "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d",
    message: "9bd9f44f4dcc75bd531b56b2cd280b0bb38fc1cd6d1230e14861d861de092e79",
    signature:
      "9046a64750444938de19f227bb80485e92b83fdb4b6506c160484c016cc1852f87909e14428a7a1d62e9f22f3d3ad7802db02eb2e688b6c52fcd6648a98bd009",
    valid: true,
  },
  {
    name: "speccheck 4: mixed A and R, only cofactored holds",
    key: "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d",
    message: "e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec4011eaccd55b53f56c",
    signature:
      "160a1cb0dc9c0258cd0a7d23e94d8fa878bcb1925f2c64246b2dee1796bed5125ec6bc982a269b723e0668e540911a9a6a58921d6925e434ab10aa7940551a09",
    valid: false,
  },
  {
    name: "speccheck 5: only cofactored without reduction holds",
    key: "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d",
    message: "e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec4011eaccd55b53f56c",
    signature:
      "21122a84e0b5fca4052f5b1235c80a537878b38f3142356b2c2384ebad4668b7e40bc836dac0f71076f9abe3a53f9c03c1ceeeddb658d0030494ace586687405",
    valid: false,
  },
  {
    name: "speccheck 6: S > L",
    key: "442aad9f089ad9e14647b1ef9099a1ff4798d78589e66f28eca69c11f582a623",
    message: "85e241a07d148b41e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec40",
    signature:
      "e96f66be976d82e60150baecff9906684aebb1ef181f67a7189ac78ea23b6c0e547f7690a0e2ddcd04d87dbc3490dc19b3b3052f7ff0538cb68afb369ba3a514",
    valid: false,
  },
  {
    name: "speccheck 7: S >> L",
    key: "442aad9f089ad9e14647b1ef9099a1ff4798d78589e66f28eca69c11f582a623",
    message: "85e241a07d148b41e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec40",
    signature:
      "8ce5b96c8f26d0ab6c47958c9e68b937104cd36e13c33566acd2fe8d38aa19427e71f98a473474f2f13f06f97c20d58cc3f54b8bd0d272f42b695dd7e89a8c22",
    valid: false,
  },
  {
    name: "speccheck 8: non-canonical R, reduced for hashing",
    key: "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43",
    message: "9bedc267423725d473888631ebf45988bad3db83851ee85c85e241a07d148b41",
    signature:
      "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff03be9678ac102edcd92b0210bb34d7428d12ffc5df5f37e359941266a4e35f0f",
    valid: false,
  },
  {
    name: "speccheck 9: non-canonical R, hashed as sent",
    key: "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43",
    message: "9bedc267423725d473888631ebf45988bad3db83851ee85c85e241a07d148b41",
    signature:
      "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffca8c5b64cd208982aa38d4936621a4775aa233aa0505711d8fdcfdaa943d4908",
    valid: false,
  },
  {
    name: "speccheck 10: non-canonical A, reduced for hashing",
    key: "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    message: "e96b7021eb39c1a163b6da4e3093dcd3f21387da4cc4572be588fafae23c155b",
    signature:
      "a9d55260f765261eb9b84e106f665e00b867287a761990d7135963ee0a7d59dca5bb704786be79fc476f91d3f3f89b03984d8068dcf1bb7dfc6637b45450ac04",
    valid: false,
  },
  {
    name: "speccheck 11: non-canonical A, hashed as sent",
    key: "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    message: "39a591f5321bbe07fd5a23dc2f39d025d74526615746727ceefd6e82ae65c06f",
    signature:
      "a9d55260f765261eb9b84e106f665e00b867287a761990d7135963ee0a7d59dca5bb704786be79fc476f91d3f3f89b03984d8068dcf1bb7dfc6637b45450ac04",
    valid: false,
  },
];

/**
 * Runs every edge case, about a millisecond; answers what is wrong in one line, or `undefined` when
 * all is well. The node refuses to start on an answer.
 */
export function selfTest(verify: Verify = createVerifier()): string | undefined {
  for (const { name, seed, key, message, signature, valid } of EDGE_CASES) {
    const data = hexToBytes(message);
    const expected = hexToBytes(signature);
    if (verify(key as IdentityKey, expected, data) !== valid) {
      return `Ed25519 on this platform ${valid ? "refuses" : "accepts"} "${name}"`;
    }
    if (seed !== undefined && !signsAs(hexToBytes(seed), { key, data, expected })) {
      return `Ed25519 on this platform signs otherwise than "${name}"`;
    }
  }
  return undefined;
}

/**
 * The same for a verifier that answers later, and on its verdicts alone; about three milliseconds.
 * It is another piece of native code, and the rule is one.
 */
export async function parallelSelfTest(
  verify: VerifyLater = createParallelVerifier(),
): Promise<string | undefined> {
  const verdicts = await Promise.all(
    EDGE_CASES.map(({ key, message, signature }) =>
      verify(key as IdentityKey, hexToBytes(signature), hexToBytes(message))
    ),
  );
  const wrong = EDGE_CASES.find(({ valid }, i) => verdicts[i] !== valid);
  if (wrong === undefined) return undefined;
  return `Ed25519 of WebCrypto ${wrong.valid ? "refuses" : "accepts"} "${wrong.name}"`;
}

function signsAs(
  seed: Uint8Array,
  { key, data, expected }: { key: string; data: Uint8Array; expected: Uint8Array },
): boolean {
  const signature = sign(seed, data);
  return publicKeyOf(seed) === key && signature.every((byte, i) => byte === expected[i]);
}

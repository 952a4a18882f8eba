/** A key derivation for tests of everything around it: right in form, no protection whatever. */
import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes } from "@noble/hashes/utils.js";
import type { Kdf } from "../../src/keystore/kdf.ts";
import { Secret } from "../../src/keystore/secret.ts";

/** SHA-256 of passphrase and salt. */
export const neitherSlowNorSecure: Kdf = (passphrase, { salt, params }) =>
  Promise.resolve(passphrase.use((bytes) => {
    const { memoryKiB, passes } = params;
    return Secret.take(sha256(concatBytes(bytes, salt, Uint8Array.of(memoryKiB >> 10, passes))));
  }));

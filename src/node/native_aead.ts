/**
 * ChaCha20-Poly1305 by native code, two and a half to six times as fast as portable code: encrypting is
 * what a node that serves others does most. tests/wire/noise_test.ts holds it to the official vectors.
 */
import { createCipheriv, createDecipheriv } from "node:crypto";
import type { Aead } from "../wire/noise_symmetric.ts";

const ALGORITHM = "chacha20-poly1305";
const TAG = { authTagLength: 16 };

/** For the links of real connections. */
export const NATIVE_AEAD: Aead = {
  seal({ key, nonce, ad }, buffer): void {
    const length = buffer.length - TAG.authTagLength;
    const cipher = createCipheriv(ALGORITHM, key, nonce, TAG);
    if (ad.length > 0) cipher.setAAD(ad, { plaintextLength: length });
    buffer.set(cipher.update(buffer.subarray(0, length)));
    cipher.final();
    buffer.set(cipher.getAuthTag(), length);
  },

  open({ key, nonce, ad }, ciphertext): Uint8Array {
    const length = ciphertext.length - TAG.authTagLength;
    const decipher = createDecipheriv(ALGORITHM, key, nonce, TAG);
    if (ad.length > 0) decipher.setAAD(ad, { plaintextLength: length });
    decipher.setAuthTag(ciphertext.subarray(length));
    const plaintext = decipher.update(ciphertext.subarray(0, length));
    // Throws when the tag is wrong; until then nothing of it may be used.
    decipher.final();
    // Not as a Buffer, whose `slice` would share bytes where that of other arrays copies them.
    return new Uint8Array(plaintext.buffer, plaintext.byteOffset, plaintext.length);
  },
};

/**
 * Seals what is typed into a field to a key that the page brought, so that on its way to the node it lies
 * in nobody's buffers as it is (src/web/sealed_fields.ts opens it). Throws where the browser can't.
 */

const KEY_BYTES = 32;
const INFO = "gossamer page field";

/** Key of the page ‖ own key ‖ AES-256-GCM of the text, in hex. `offer` is the page's key in hex. */
export async function seal(text: string, offer: string): Promise<string> {
  const theirs = bytesOf(offer);
  const pair = await crypto.subtle.generateKey("X25519", false, ["deriveBits"]);
  if (!("privateKey" in pair)) throw new TypeError("No pair of keys");
  const own = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const other = await crypto.subtle.importKey("raw", theirs, "X25519", false, []);
  const agreed = { name: "X25519", public: other };
  const shared = await crypto.subtle.deriveBits(agreed, pair.privateKey, KEY_BYTES * 8);
  const key = await crypto.subtle.deriveKey(
    {
      name: "HKDF",
      hash: "SHA-256",
      salt: join(theirs, own),
      info: new TextEncoder().encode(INFO),
    },
    await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]),
    { name: "AES-GCM", length: KEY_BYTES * 8 },
    false,
    ["encrypt"],
  );
  // Every key seals one text.
  const algorithm = { name: "AES-GCM", iv: new Uint8Array(12) };
  const sealed = await crypto.subtle.encrypt(algorithm, key, new TextEncoder().encode(text));
  return [...join(theirs, own, new Uint8Array(sealed))]
    .map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function bytesOf(hex: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array((hex.match(/../g) ?? []).map((digits) => Number.parseInt(digits, 16)));
}

function join(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(parts.flatMap((part) => [...part]));
}

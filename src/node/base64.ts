/** Base64 for files on the control socket. */
import { base64 } from "@scure/base";

/** Bytes as base64. */
export function encodeBase64(bytes: Uint8Array): string {
  return base64.encode(bytes);
}

/** Reads base64, or answers `undefined`. */
export function decodeBase64(text: string): Uint8Array | undefined {
  try {
    return base64.decode(text);
  } catch {
    return undefined;
  }
}

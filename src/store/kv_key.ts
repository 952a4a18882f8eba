/** Keys as Deno KV writes them into SQLite. */
import { utf8ToBytes } from "@noble/hashes/utils.js";
import { StoreError } from "./errors.ts";
import type { KvKey, KvPart } from "./kv_port.ts";

/** How Deno KV tags the parts of a key. */
const BYTES = 1;
const TEXT = 2;
const NUMBER = 0x21;
const NUMBER_BYTES = 9;
/** A key as Deno KV writes it: each part tagged, text and bytes with zeros escaped and one at the end. */
export function encodeKey(key: KvKey): Uint8Array {
  const bytes: number[] = [];
  for (const part of key) {
    if (typeof part === "number") {
      const number = new DataView(new ArrayBuffer(8));
      number.setFloat64(0, part);
      // Numbers from 0 on sort as they should once the sign is set.
      number.setUint8(0, number.getUint8(0) | 0x80);
      bytes.push(NUMBER, ...new Uint8Array(number.buffer));
      continue;
    }
    bytes.push(typeof part === "string" ? TEXT : BYTES);
    for (const byte of typeof part === "string" ? utf8ToBytes(part) : part) {
      bytes.push(byte);
      if (byte === 0) bytes.push(0xff);
    }
    bytes.push(0);
  }
  return Uint8Array.from(bytes);
}

/** The same the other way round. Throws a `StoreError` "damaged" for what this program never writes. */
export function decodeKey(bytes: Uint8Array): KvKey {
  const parts: KvPart[] = [];
  for (let at = 0; at < bytes.length;) {
    const tag = bytes[at];
    if (tag === NUMBER) {
      const number = new DataView(bytes.slice(at + 1, at + NUMBER_BYTES).buffer);
      if (number.byteLength < 8) throw oddKey();
      number.setUint8(0, number.getUint8(0) & 0x7f);
      parts.push(number.getFloat64(0));
      at += NUMBER_BYTES;
      continue;
    }
    if (tag !== BYTES && tag !== TEXT) throw oddKey();
    const { content, next } = unescape(bytes, at + 1);
    parts.push(tag === TEXT ? new TextDecoder().decode(content) : content);
    at = next;
  }
  return parts;
}

function unescape(bytes: Uint8Array, from: number): { content: Uint8Array; next: number } {
  const content: number[] = [];
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === 0 && bytes[at + 1] !== 0xff) {
      return { content: Uint8Array.from(content), next: at + 1 };
    }
    content.push(byte);
    if (byte === 0) at++;
  }
  throw oddKey();
}

/** What is said of a row that no version wrote. */
export function oddKey(): StoreError {
  return new StoreError("damaged", "The database holds a row that was not written there");
}

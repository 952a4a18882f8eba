/** The bytes of NAT-PMP (RFC 6886): pure. */
import { formatIp } from "../wire/ip.ts";

/** Asks for the address outside. */
export const ADDRESS_REQUEST = new Uint8Array([0, 0]);

const MAP_TCP = 2;
const ANSWER = 128;
const ADDRESS_ANSWER_BYTES = 12;
const MAP_ANSWER_BYTES = 16;

/** What a router answered to a request for a mapping. */
export interface MapAnswer {
  /** 0 for success. */
  readonly result: number;
  /** Port inside. */
  readonly internal: number;
  /** Port outside. */
  readonly external: number;
  /** Seconds granted. */
  readonly leaseSeconds: number;
}

/** Asks for a mapping of a TCP port to the same one outside; a lease of 0 ends it. */
export function mapRequest(port: number, leaseSeconds: number): Uint8Array {
  const bytes = new Uint8Array(12);
  const view = new DataView(bytes.buffer);
  view.setUint8(1, MAP_TCP);
  view.setUint16(4, port);
  view.setUint16(6, leaseSeconds === 0 ? 0 : port);
  view.setUint32(8, leaseSeconds);
  return bytes;
}

/** The address in an answer, or `undefined` for whatever isn't a good one. Never throws. */
export function addressAnswer(bytes: Uint8Array): string | undefined {
  const view = answer(bytes, { op: 0, length: ADDRESS_ANSWER_BYTES });
  return view?.getUint16(2) === 0 ? formatIp(bytes.slice(8, 12)) : undefined;
}

/** The answer to a request for a mapping, or `undefined` for whatever isn't one. Never throws. */
export function mapAnswer(bytes: Uint8Array): MapAnswer | undefined {
  const view = answer(bytes, { op: MAP_TCP, length: MAP_ANSWER_BYTES });
  return view && {
    result: view.getUint16(2),
    internal: view.getUint16(8),
    external: view.getUint16(10),
    leaseSeconds: view.getUint32(12),
  };
}

/** A refusal may be as short as its first eight bytes; it reads as zeros behind. */
function answer(
  bytes: Uint8Array,
  { op, length }: { readonly op: number; readonly length: number },
): DataView | undefined {
  if (bytes.length < 8 || bytes[0] !== 0 || bytes[1] !== ANSWER + op) return undefined;
  const refused = bytes[2] !== 0 || bytes[3] !== 0;
  if (bytes.length < length && !refused) return undefined;
  const whole = new Uint8Array(length);
  whole.set(bytes.subarray(0, length));
  return new DataView(whole.buffer);
}

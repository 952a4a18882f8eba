/** What is used of the package `dns-packet`, which has no types of its own. */
import type { Buffer } from "node:buffer";

/** What is asked. */
export interface Question {
  /** About which name. */
  readonly name: string;
  /** For records of which type. */
  readonly type: string;
}

/** A resource record; of other types than these `data` may be anything. */
export type Answer =
  & { readonly name: string; readonly ttl?: number }
  & (
    | { readonly type: "A" | "AAAA" | "PTR"; readonly data: string }
    | { readonly type: "SRV"; readonly data: { readonly port: number; readonly target: string } }
    | { readonly type: "TXT"; readonly data: readonly (string | Uint8Array)[] }
  );

/** A packet. */
export interface Packet {
  /** Which way it goes. */
  readonly type?: "query" | "response";
  /** Flags of the header. */
  readonly flags?: number;
  /** First section. */
  readonly questions?: readonly Question[];
  /** Second section; of a query what is known already. */
  readonly answers?: readonly Answer[];
  /** Third section. */
  readonly authorities?: readonly Answer[];
  /** Fourth section. */
  readonly additionals?: readonly Answer[];
}

/** Reads a packet. Throws for whatever isn't one. */
export function decode(bytes: Buffer): Packet;

/** Writes a packet. */
export function encode(packet: Packet): Buffer;

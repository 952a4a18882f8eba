/**
 * Capsules to files and from files (docs/PROTOCOL.md section 7), in the command line's process: a
 * running node can open none. Messages pass in batches, so that a capsule may be larger than memory.
 */
import { concatBytes } from "@noble/hashes/utils.js";
import { writeCarried } from "../keystore/mod.ts";
import {
  capsuleEnd,
  capsuleHeader,
  CapsuleReader,
  capsuleRecord,
  MAX_CAPSULE_HEADER_BYTES,
  readCapsuleHeader,
} from "../wire/capsule.ts";
import type { Backend, CapsuleTaken } from "./api.ts";
import { decodeBase64, encodeBase64 } from "./base64.ts";
import { exists } from "./exists.ts";
import { needNetwork } from "./network_name.ts";
import { onFile, thereAlready } from "./shown_once.ts";
import { UserError } from "./user_error.ts";

/** What both directions need. */
export interface CapsuleRequest {
  /** The capsule. */
  readonly file: string;
  /** Name of the network. */
  readonly network: string;
  /** Holds the messages. */
  readonly backend: Pick<Backend, "call">;
  /** Called now and then: messages so far and, reading, the share of the file. */
  readonly progress?: (so: { readonly messages: number; readonly share?: number }) => void;
}

/** What was written. */
export interface CapsuleWritten {
  /** Messages in the file. */
  readonly messages: number;
  /** Pending ones of the owner's: in it if they were wanted, else left out; 0 while the keys are locked. */
  readonly pending: number;
  /** Stored ones that could not be read and are not in it. */
  readonly damaged: number;
  /** Bytes of the file. */
  readonly bytes: number;
}

/** What was read. */
export interface CapsuleRead extends CapsuleTaken {
  /** Messages found in the file. */
  readonly messages: number;
  /** Places in the file where bytes made no sense. */
  readonly damaged: number;
  /** Whether the file is whole. */
  readonly complete: boolean;
}

/** Bytes read from the file, or written to it, at a time. */
const CHUNK_BYTES = 65_536;
/** Messages handed over at a time: what a request may hold, in base64, and a queue takes at once. */
const BATCH_BYTES = 180_000;
const BATCH_MESSAGES = 256;
const COUNTS = ["novel", "known", "outside", "unkept", "refused"] as const;

/** What is to be written. */
export interface CapsuleContents extends CapsuleRequest {
  /** Seconds since 1970: nothing that was created before. */
  readonly since: number;
  /** Whether also the owner's messages that nobody else has yet; needs the keys. */
  readonly withPending: boolean;
}

/**
 * Writes a capsule of all stored messages that were created at a time or later. Throws a `UserError`
 * when something has that name, for what the disk says, and for keys that are needed and locked; then
 * there is no file.
 */
export async function capsuleWrite(
  { file, network, backend, since, withPending, progress }: CapsuleContents,
): Promise<CapsuleWritten> {
  const name = needNetwork(network);
  if (await onFile(`write ${file}`, () => exists(file))) throw thereAlready(file);
  const made = { messages: 0, pending: 0, damaged: 0, bytes: 0 };
  async function* chunks(): AsyncIterable<Uint8Array> {
    yield capsuleHeader(name);
    for (let after: string | undefined, more = true; more;) {
      const page = await backend.call("capsule-page", {
        since,
        pending: withPending,
        ...(after === undefined ? {} : { after }),
      });
      made.damaged += page.damaged;
      made.pending += page.pending;
      for (const text of page.messages) {
        yield capsuleRecord(decodeBase64(text) ?? new Uint8Array());
        made.messages++;
      }
      progress?.({ messages: made.messages });
      after = page.next ?? undefined;
      more = page.next !== null;
    }
    yield capsuleEnd(made.messages);
  }
  const pieces = inPieces(chunks(), (bytes) => made.bytes += bytes);
  const written = await onFile(`write ${file}`, () => writeCarried(file, pieces));
  if (!written) throw thereAlready(file);
  return made;
}

/**
 * Takes in what a capsule holds, as far as it is whole. Throws a `UserError` for a file that is none,
 * or of another network; what was taken in before a failure stays.
 */
export async function capsuleRead(
  { file, network, backend, progress }: CapsuleRequest,
): Promise<CapsuleRead> {
  const sum = { novel: 0, known: 0, outside: 0, unkept: 0, refused: 0 };
  const reader = new CapsuleReader();
  let batch: string[] = [];
  let size = 0;
  const handOver = async (): Promise<void> => {
    if (batch.length === 0) return;
    const taken = await backend.call("capsule-take", { messages: batch });
    for (const key of COUNTS) sum[key] += taken[key];
    batch = [];
    size = 0;
  };
  const take = async (messages: readonly Uint8Array[]): Promise<void> => {
    for (const bytes of messages) {
      if (size + bytes.length > BATCH_BYTES || batch.length === BATCH_MESSAGES) await handOver();
      batch.push(encodeBase64(bytes));
      size += bytes.length;
    }
  };
  await onFile(`read ${file}`, async () => {
    using open = await Deno.open(file);
    const { size: whole } = await open.stat();
    const head = await readHead(open);
    const begun = needHeader(head, { file, network });
    await take(reader.push(head.subarray(begun)));
    const chunk = new Uint8Array(CHUNK_BYTES);
    let done = head.length;
    for (let n = await open.read(chunk); n !== null; n = await open.read(chunk)) {
      await take(reader.push(chunk.slice(0, n)));
      done += n;
      // A pipe has no size.
      progress?.({ messages: reader.messages, ...(whole > 0 ? { share: done / whole } : {}) });
    }
    await take(reader.finish());
    await handOver();
  });
  const { messages, damaged, complete } = reader;
  return { messages, ...sum, damaged, complete };
}

/** Puts small chunks together, so that the disk is asked once for many. */
async function* inPieces(
  chunks: AsyncIterable<Uint8Array>,
  count: (bytes: number) => void,
): AsyncIterable<Uint8Array> {
  let waiting: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    count(chunk.length);
    waiting.push(chunk);
    size += chunk.length;
    if (size < CHUNK_BYTES) continue;
    yield concatBytes(...waiting);
    waiting = [];
    size = 0;
  }
  yield concatBytes(...waiting);
}

async function readHead(open: Deno.FsFile): Promise<Uint8Array> {
  const head = new Uint8Array(MAX_CAPSULE_HEADER_BYTES);
  let length = 0;
  while (length < head.length) {
    const n = await open.read(head.subarray(length));
    if (n === null) break;
    length += n;
  }
  return head.subarray(0, length);
}

/** Bytes of the header. Throws a `UserError` for a file that isn't one of this network's. */
function needHeader(
  head: Uint8Array,
  { file, network }: { readonly file: string; readonly network: string },
): number {
  const header = readCapsuleHeader(head);
  switch (header.kind) {
    case "capsule":
      if (header.network === network) return header.bytes;
      throw new UserError(
        "usage",
        `That capsule is of the network ${header.network}, and this folder belongs to ${network}. ` +
          `Nothing was changed; try --network ${header.network}.`,
      );
    case "newer":
      throw new UserError(
        "failed",
        `${file} was written by a newer version of Gossamer. Nothing was changed; update this one.`,
      );
    case "none":
      throw new UserError("failed", `${file} is no capsule. Nothing was changed.`);
    default:
      return header satisfies never;
  }
}

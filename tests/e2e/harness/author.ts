/** Makes posts as an author's node would, and the same posts spoiled in one way or another. */
import { concatBytes } from "@noble/hashes/utils.js";
import { publicKeyOf, SEED_BYTES, sign } from "../../../src/keystore/ed25519.ts";
import type { Attachment } from "../../../src/wire/body.ts";
import { encodeBody } from "../../../src/wire/body_encode.ts";
import { idBytes, type IdentityKey, type MessageId, messageId } from "../../../src/wire/ids.ts";
import { type Labels, labelsOf, MAIN_NETWORK } from "../../../src/wire/labels.ts";
import {
  LIFETIME_S,
  MAX_BODY_BYTES,
  MAX_MESSAGE_BYTES,
  SIGNATURE_BYTES,
  STAMP_BYTES,
} from "../../../src/wire/limits.ts";
import { encodeEnvelope, messageIdOf, signedBytes } from "../../../src/wire/message.ts";
import { encode } from "../../../src/wire/msgpack.ts";
import { requiredStampBits, searchStamp, stampBits } from "../../../src/wire/stamp.ts";
import { authorTime, type UnixMs, type UnixSeconds } from "../../../src/wire/time.ts";

/** A message ready to be handed to a node. */
export interface Made {
  readonly id: MessageId;
  readonly bytes: Uint8Array;
}

/** What may be asked of a post. */
export interface PostOptions {
  /** Seconds since 1970; now, floored to 10 s, unless given. */
  readonly created?: number;
  /** Whether the base work is done, as it must be. */
  readonly stamped?: boolean;
  /** Name in the profile. */
  readonly name?: string;
  /** Files with it. */
  readonly attachments?: readonly Attachment[];
  /** When the profile was last changed, in seconds since 1970: with this post, unless given. */
  readonly updated?: number;
}

/** An identity without a node. */
export class Author {
  readonly key: IdentityKey;
  readonly #seed: Uint8Array;
  readonly #labels: Labels;

  /** Takes a secret of its own unless given 32 bytes. */
  constructor(
    options: { seed?: Uint8Array; labels?: Labels } = {},
  ) {
    this.#seed = options.seed ?? crypto.getRandomValues(new Uint8Array(SEED_BYTES));
    this.#labels = options.labels ?? labelsOf(MAIN_NETWORK);
    this.key = publicKeyOf(this.#seed);
  }

  /** A status with a valid signature and, unless told otherwise, a stamp of just the base bits. */
  post(text: string, options: PostOptions = {}): Made {
    const created = (options.created ?? authorTime(Date.now() as UnixMs)) as UnixSeconds;
    const profile = {
      updated: (options.updated ?? created) as UnixSeconds,
      name: options.name ?? "",
      bio: "",
      link: "",
      heir: new Uint8Array(32),
    };
    const body = encodeBody({
      kind: "status",
      created,
      text,
      markup: [],
      attachments: options.attachments ?? [],
      profile,
    });
    const labels = this.#labels;
    const id = messageIdOf(labels, { key: this.key, body });
    const bits = requiredStampBits(0, body.length);
    const stamp = options.stamped === false
      ? tooLittle(labels, { id, bits })
      : searchStamp({ labels, id, bits, start: 0, tries: Number.MAX_SAFE_INTEGER });
    if (stamp === undefined) throw new Error("No stamp found");
    const signature = sign(this.#seed, signedBytes(labels, body));
    const bytes = encodeEnvelope({ body, key: this.key, signature, stamp, statements: [] });
    return { id, bytes };
  }
}

/** What {@linkcode spoiledMessages} calls the message that is too large for any frame. */
export const OVER_LARGE = "over-large";

/** A way to spoil a message, and how nodes must take it. */
export interface Spoiled extends Made {
  readonly what: string;
  /** Name of the result, as in `status`. */
  readonly result: "malformed" | "tooLarge" | "outsideLifetime" | "unstamped" | "forged";
}

/** One message of each kind that nobody may admit. Their ids are those under which they are offered. */
export function spoiledMessages(author: Author): readonly Spoiled[] {
  const { id, bytes } = author.post("What a peer spoiled on the way");
  const now = Math.floor(Date.now() / 10_000) * 10;
  return [
    { what: "forged", id, bytes: flipped(bytes, signatureAt(bytes)), result: "forged" },
    { what: "truncated", id, bytes: bytes.slice(0, -1), result: "malformed" },
    { what: "padded", id, bytes: concatBytes(bytes, new Uint8Array(1)), result: "malformed" },
    { what: "empty array", id, bytes: Uint8Array.of(0x90), result: "malformed" },
    {
      what: "non-canonical",
      id,
      // The version as two bytes where one will do.
      bytes: concatBytes(bytes.slice(0, 1), Uint8Array.of(0xcc), bytes.slice(1)),
      result: "malformed",
    },
    {
      what: "a body over its cap",
      id,
      bytes: encode([
        1,
        new Uint8Array(MAX_BODY_BYTES + 1),
        idBytes(author.key),
        new Uint8Array(SIGNATURE_BYTES),
        new Uint8Array(STAMP_BYTES),
        [],
      ]),
      result: "tooLarge",
    },
    {
      what: OVER_LARGE,
      id,
      bytes: concatBytes(bytes, new Uint8Array(MAX_MESSAGE_BYTES + 1 - bytes.length)),
      result: "tooLarge",
    },
    {
      what: "another than offered",
      id: messageId(crypto.getRandomValues(new Uint8Array(32))),
      bytes,
      result: "malformed",
    },
    {
      what: "unstamped",
      ...author.post("Made without work", { stamped: false }),
      result: "unstamped",
    },
    {
      what: "expired",
      ...author.post("Of long ago", { created: now - LIFETIME_S - 60 }),
      result: "outsideLifetime",
    },
    {
      what: "of the future",
      ...author.post("Of next year", { created: now + LIFETIME_S }),
      result: "outsideLifetime",
    },
  ];
}

/** A stamp that falls short of the base. */
function tooLittle(labels: Labels, wanted: { id: MessageId; bits: number }): Uint8Array {
  const stamp = new Uint8Array(8);
  while (stampBits(labels, { id: wanted.id, stamp }) >= wanted.bits) stamp[7] = (stamp[7] ?? 0) + 1;
  return stamp;
}

/** Where the signature's bytes begin: behind the body's header and bytes, and the key's. */
function signatureAt(bytes: Uint8Array): number {
  const header = bytes[2] === 0xc4 ? 2 : 3;
  const length = header === 2
    ? bytes[3] ?? 0
    : new DataView(bytes.buffer, bytes.byteOffset).getUint16(3);
  return 2 + header + length + 2 + 32 + 2;
}

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const copy = bytes.slice();
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}

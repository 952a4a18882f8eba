/** Fills a data folder with messages that look like posts, as if a node had stored them. */
import { openStores } from "../src/store/mod.ts";
import { readStored } from "../src/wire/admit.ts";
import { MARKUP_TYPES } from "../src/wire/body.ts";
import { encodeBody } from "../src/wire/body_encode.ts";
import { type IdentityKey, identityKey } from "../src/wire/ids.ts";
import { labelsOf, MAIN_NETWORK } from "../src/wire/labels.ts";
import type { AdmittedMessage } from "../src/wire/message.ts";
import { encodeEnvelope } from "../src/wire/message.ts";
import { type UnixSeconds, unixSeconds } from "../src/wire/time.ts";

/** What to put there. */
export interface FillOptions {
  /** The data folder. */
  readonly dir: string;
  /** How many messages, spread evenly over the last days. */
  readonly messages: number;
  /** By how many authors. */
  readonly authors: number;
  /** Whom each hundredth post mentions; nobody without it. */
  readonly mentioned?: string;
}

/** Days over which they are spread; less than the lifetime. */
const DAYS = 6;
const BATCH = 1_000;
const TEXT = "about as many words as people write when they have a hundred and forty characters. ";

/**
 * Fills a folder. Nobody would admit these messages: they are neither signed nor stamped, which takes
 * hours for a million; but a store doesn't look at that again, and so nor does a node that starts.
 */
export async function fill({ dir, messages, authors, mentioned }: FillOptions): Promise<void> {
  const stores = await openStores({ dir, network: MAIN_NETWORK });
  const now = Math.floor(Date.now() / 10_000) * 10;
  const step = DAYS * 86_400 / messages;
  for (let at = 0; at < messages; at += BATCH) {
    const count = Math.min(BATCH, messages - at);
    const batch = Array.from({ length: count }, (_, i) => {
      const created = unixSeconds(Math.floor(now - 600 - (messages - at - i) * step));
      return {
        message: post(at + i, {
          authors,
          created,
          mentioned: (at + i) % 100 === 0 ? mentioned : undefined,
        }),
        freshness: 0,
        storedAt: created,
      };
    });
    await stores.public.putMessages(batch);
  }
  await stores.close();
}

const labels = labelsOf(MAIN_NETWORK);

/** The key of the n-th author, which signs nothing. */
export function authorKey(n: number): IdentityKey {
  const author = new Uint8Array(32).fill(1);
  new DataView(author.buffer).setUint32(0, n);
  return identityKey(author);
}

function post(
  n: number,
  { authors, created, mentioned }: {
    readonly authors: number;
    readonly created: UnixSeconds;
    readonly mentioned: string | undefined;
  },
): AdmittedMessage {
  const author = authorKey(n % authors);
  const body = encodeBody({
    kind: "status",
    created,
    text: `Post ${n}: ${TEXT}`,
    markup: mentioned === undefined
      ? []
      : [{ start: 0, end: 4, type: MARKUP_TYPES.mention, value: mentioned }],
    attachments: [],
    profile: {
      updated: unixSeconds(1_700_000_000),
      name: `Author ${n % authors}`,
      bio: "",
      link: "",
      heir: new Uint8Array(32),
    },
  });
  const bytes = encodeEnvelope({
    body,
    key: author,
    signature: new Uint8Array(64),
    stamp: new Uint8Array(8),
    statements: [],
  });
  return readStored(labels, bytes);
}

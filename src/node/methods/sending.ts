/** `send`: a private message, from the words to the outbox. */
import { oneTimeSigner } from "../../keystore/mod.ts";
import { formatIdentity, type IdentityKey, type MessageId } from "../../wire/ids.ts";
import {
  MAX_ATTACHMENTS,
  MAX_FUTURE_S,
  MAX_PRIVATE_TEXT_POINTS,
  PRIVATE_GRAIN_S,
} from "../../wire/limits.ts";
import { Private } from "../../wire/privacy.ts";
import {
  encodePrivateMessage,
  MAX_PRIVATE_BYTES,
  type PrivateMessage,
} from "../../wire/private_message.ts";
import { floorTo, toSeconds, type UnixSeconds } from "../../wire/time.ts";
import type { Api } from "../api.ts";
import { needTime } from "../clock_words.ts";
import { compose, nextCreated } from "../compose.ts";
import { UserError } from "../user_error.ts";
import type { OwnerContext } from "./context.ts";
import { findLetter } from "./letter_views.ts";
import { Names } from "./names.ts";
import { findIdentity, findPerson, findReference } from "./resolve.ts";
import { needUnrevoked } from "./revoked.ts";
import { checked, toAttachment } from "./status_parts.ts";

/** Seals a message to somebody and puts it into the outbox, a copy into the sent folder. */
export async function send(
  context: OwnerContext,
  params: Api["send"]["params"],
): Promise<Api["send"]["result"]> {
  const { labels, keys, own, mail, pause } = context;
  const author = keys.speaker(params.as, findIdentity).key;
  await needUnrevoked(context, author);
  const to = await findPerson(context, params.to);
  const message = await messageOf(context, { params, author, to });
  checkRoom(message);
  using signer = oneTimeSigner((length) => crypto.getRandomValues(new Uint8Array(length)));
  const sealed = await seal(context, { message, author, to, oneTimeKey: signer.key });
  const created = floorTo(message.created, PRIVATE_GRAIN_S);
  const bytes = await compose({ kind: "private", created, sealed }, { labels, signer, pause });
  const { id } = await own.add(bytes, author);
  const secret = signer.useSecret((seed) => seed.slice());
  const head = { id, key: signer.key, from: author, to, sent: true };
  const waiting = context.live === undefined;
  try {
    await mail.keep(new Private({ ...head, ...message, secret }));
  } catch (error) {
    // Hardly can it have left: better not sent than sent twice, by who sees it fail and tries again.
    if (!await own.withdraw(id) && waiting) await own.drop(id);
    throw error;
  }
  return { id, to: formatIdentity(to), created: message.created, waiting };
}

/** What should be known of a recipient first. */
export async function recipient(
  context: OwnerContext,
  params: Api["recipient"]["params"],
): Promise<Api["recipient"]["result"]> {
  context.keys.need();
  const key = await findPerson(context, params.to);
  return {
    id: formatIdentity(key),
    name: (await (await Names.of(context)).call(key)).name,
    revoked: (await context.social.look(key)).revoked !== null,
    first: !(await context.mail.heads()).reveal().some(({ sent }) => sent),
  };
}

/** What is to be sent. Throws a `UserError` for what nobody could read. */
async function messageOf(
  context: OwnerContext,
  { params, author, to }: {
    readonly params: Api["send"]["params"];
    readonly author: IdentityKey;
    readonly to: IdentityKey;
  },
): Promise<PrivateMessage> {
  const given = params.text.replace(/\r\n?/g, "\n");
  const text = checked(given, { what: "A private message", points: MAX_PRIVATE_TEXT_POINTS });
  if (text.trim() === "" && params.attachments.length === 0) {
    throw new UserError("refused", "There is nothing to send.");
  }
  if (params.attachments.length > MAX_ATTACHMENTS) {
    throw new UserError(
      "refused",
      `A private message has at most ${MAX_ATTACHMENTS} attachments. Nothing was sent.`,
    );
  }
  const attachments = params.attachments.map(toAttachment);
  const replyTo = params.replyTo === undefined
    ? undefined
    : await findAnswered(context, { text: params.replyTo, author, to });
  const created = nextCreated(needTime(context.clock), await lastSaid(context, { author, to }));
  return { created, text, attachments, replyTo };
}

/** What a message answers. Throws a `UserError` for a private one that was said between others. */
async function findAnswered(
  context: OwnerContext,
  { text, author, to }: {
    readonly text: string;
    readonly author: IdentityKey;
    readonly to: IdentityKey;
  },
): Promise<MessageId> {
  const letter = await findLetter(context, text);
  if (letter === undefined) return findReference(context, text);
  const both = new Set([author, to]);
  if (both.has(letter.from) && both.has(letter.to)) return letter.id;
  throw new UserError(
    "refused",
    "That private message was said between others, and whoever reads its id in yours would know that " +
      "you, or another identity of yours, have to do with it. Nothing was sent.",
  );
}

/**
 * When the last word between two identities was written: the next one stands below it. What lies far
 * ahead of this clock doesn't count: its author's clock is none of ours.
 */
async function lastSaid(
  { mail, clock }: OwnerContext,
  { author, to }: { readonly author: IdentityKey; readonly to: IdentityKey },
): Promise<UnixSeconds | undefined> {
  const latest = toSeconds(clock.now()) + MAX_FUTURE_S / 2;
  const times = (await mail.heads()).reveal()
    .filter(({ created }) => created <= latest)
    .filter((head) =>
      (head.from === author && head.to === to) || (head.from === to && head.to === author)
    )
    .map(({ created }) => created);
  return times.length === 0 ? undefined : times.reduce((a, b) => a > b ? a : b);
}

async function seal(
  { labels, keys }: OwnerContext,
  { message, author, to, oneTimeKey }: {
    readonly message: PrivateMessage;
    readonly author: IdentityKey;
    readonly to: IdentityKey;
    readonly oneTimeKey: IdentityKey;
  },
): Promise<Uint8Array> {
  const box = keys.need().keyring.privateBox(author);
  try {
    return await box.seal(message, { labels, oneTimeKey, recipient: to });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UserError(
      "usage",
      "That g1… names no key that could open anything. Nothing was sent.",
    );
  }
}

/** Throws a `UserError` that says what would fit. */
function checkRoom(message: PrivateMessage): void {
  const bytes = encodePrivateMessage(message).length;
  if (bytes <= MAX_PRIVATE_BYTES) return;
  const attached = message.attachments.reduce((sum, one) => sum + one.bytes.length, 0);
  const free = Math.max(0, attached - (bytes - MAX_PRIVATE_BYTES));
  throw new UserError(
    "refused",
    `No room for what is attached: beside this text a private message takes ${free} bytes of files, ` +
      `and these have ${attached}. Make them smaller. Nothing was sent.`,
  );
}

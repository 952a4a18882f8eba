/** `post` and `profile-set`: what the owner says in public. */
import type { Signer } from "../../keystore/mod.ts";
import { type Attachment, type Markup, MARKUP_TYPES } from "../../wire/body.ts";
import {
  MAX_ALT_POINTS,
  MAX_ATTACHMENT_NAME_POINTS,
  MAX_ATTACHMENTS,
  MAX_BIO_POINTS,
  MAX_FUTURE_S,
  MAX_LINK_BYTES,
  MAX_MARKUP_VALUE_BYTES,
  MAX_MEDIA_TYPE_BYTES,
  MAX_NAME_POINTS,
  MAX_TEXT_POINTS,
} from "../../wire/limits.ts";
import { authorText, countPoints, isCleanText, utf8Length } from "../../wire/text.ts";
import { toSeconds, type UnixSeconds } from "../../wire/time.ts";
import type { Api, AttachmentInput } from "../api.ts";
import { decodeBase64 } from "../base64.ts";
import { needTime } from "../clock_words.ts";
import { compose, nextCreated, type OwnBody } from "../compose.ts";
import { UserError } from "../user_error.ts";
import type { OwnerContext } from "./context.ts";
import { findIdentity, findMessage } from "./resolve.ts";
import { newestProfile, viewProfile } from "./views.ts";

/** Signs a status and puts it into the network. */
export async function post(
  context: OwnerContext,
  params: Api["post"]["params"],
): Promise<Api["post"]["result"]> {
  const signer = context.keys.speaker(params.as, findIdentity);
  const text = statusText(params.text);
  const markup = statusMarkup(context, params);
  if (params.attachments.length > MAX_ATTACHMENTS) {
    throw new UserError("refused", `A post has at most ${MAX_ATTACHMENTS} attachments.`);
  }
  if (params.attachments.length > 0 && context.live?.textOnly === true) {
    throw new UserError(
      "refused",
      "This node runs with --relay text: it passes on nobody's attachments, so everybody could tell " +
        "that one is yours. Nothing was sent.",
    );
  }
  const attachments = params.attachments.map(toAttachment);
  const before = later(lastCreated(context, signer), parentCreated(context, params));
  const created = nextCreated(needTime(context.clock), before);
  const newest = await newestProfile(signer.key, context);
  // Later than its post only if it was set by a clock that ran ahead.
  const updated = newest.updated < created ? newest.updated : created;
  const profile = { ...newest, updated, heir: heirOf(context, signer) };
  const body: OwnBody = { kind: "status", created, text, markup, attachments, profile };
  const id = await publish(context, { signer, body });
  return { id, created, waiting: context.live === undefined };
}

/** Changes the fields of the profile that are given, and tells the network. */
export async function profileSet(
  context: OwnerContext,
  params: Api["profile-set"]["params"],
): Promise<Api["profile-set"]["result"]> {
  const signer = context.keys.speaker(params.as, findIdentity);
  const created = nextCreated(needTime(context.clock), lastCreated(context, signer));
  const old = await newestProfile(signer.key, context);
  if (old.updated > created) {
    const day = new Date(old.updated * 1_000).toISOString().slice(0, 10);
    throw new UserError(
      "refused",
      `This identity's profile was set by a clock that showed ${day}, and until then nothing newer ` +
        "can take its place. Nothing was sent.",
    );
  }
  const profile = {
    updated: created,
    name: checked(params.name ?? old.name, { what: "A name", points: MAX_NAME_POINTS }),
    bio: checked(params.bio ?? old.bio, { what: "A bio", points: MAX_BIO_POINTS }),
    link: checked(params.link ?? old.link, { what: "A link", bytes: MAX_LINK_BYTES }),
    heir: heirOf(context, signer),
  };
  await publish(context, { signer, body: { kind: "profile", created, profile } });
  return await viewProfile(signer.key, context);
}

/** Composes and checks an own message and puts it into the outbox; resolves when it is on disk there. */
export async function publish(
  { labels, pause, own }: OwnerContext,
  { signer, body }: { readonly signer: Signer; readonly body: OwnBody },
): Promise<string> {
  const bytes = await compose(body, { labels, signer, pause });
  return (await own.add(bytes, signer.key)).id;
}

function statusText(given: string): string {
  const text = checked(given.replace(/\r\n?/g, "\n"), { what: "A post", points: MAX_TEXT_POINTS });
  if (text.trim() === "") throw new UserError("refused", "There is nothing to post.");
  return text;
}

/** A text as it is sent, in NFC. Throws a `UserError` when it is too long or holds controls. */
function checked(
  given: string,
  most: { readonly what: string } & ({ readonly points: number } | { readonly bytes: number }),
): string {
  const { what } = most;
  const text = authorText(given);
  if (!isCleanText(text)) {
    throw new UserError(
      "refused",
      `${what} holds a control character, which could play tricks on a reader's terminal. ` +
        "Nothing was sent.",
    );
  }
  const [length, limit, unit] = "points" in most
    ? [countPoints(text), most.points, "characters"]
    : [utf8Length(text), most.bytes, "bytes"];
  if (length > limit) {
    throw new UserError(
      "refused",
      `${what} has at most ${limit} ${unit}; this has ${length}. Nothing was sent.`,
    );
  }
  return text;
}

function statusMarkup(context: OwnerContext, params: Api["post"]["params"]): Markup[] {
  const whole = (type: number, value: string): Markup => ({ start: 0, end: 0, type, value });
  const { replyTo, quote, warning } = params;
  return [
    ...(replyTo === undefined ? [] : [whole(MARKUP_TYPES.replyTo, findMessage(context, replyTo))]),
    ...(quote === undefined ? [] : [whole(MARKUP_TYPES.quote, findMessage(context, quote))]),
    ...(warning === undefined ? [] : [
      whole(
        MARKUP_TYPES.warning,
        checked(warning, { what: "A warning", bytes: MAX_MARKUP_VALUE_BYTES }),
      ),
    ]),
  ];
}

function toAttachment(input: AttachmentInput): Attachment {
  const bytes = decodeBase64(input.base64);
  if (bytes === undefined) throw new UserError("usage", `${input.name}: its bytes are not base64`);
  if (!/^[^\s/]+\/[^\s/]+$/.test(input.mediaType)) {
    throw new UserError("usage", `${input.name}: ${input.mediaType} is not a media type`);
  }
  const name = checked(input.name, {
    what: "An attachment's name",
    points: MAX_ATTACHMENT_NAME_POINTS,
  });
  if (/[/\\]/.test(name) || name.startsWith(".")) {
    throw new UserError("refused", "An attachment's name has no path and no dot in front.");
  }
  const mediaType = checked(input.mediaType, { what: "A media type", bytes: MAX_MEDIA_TYPE_BYTES });
  const alt = checked(input.alt, { what: "An alt text", points: MAX_ALT_POINTS });
  return { mediaType, name, bytes, alt };
}

/** The heir that an own identity was made with: each profile it sends says the same. */
function heirOf({ keys }: OwnerContext, { key }: Signer): Uint8Array {
  return keys.need().keyring.heir(key);
}

/**
 * When what is answered was written, so that the answer stands below it. A parent far ahead of this
 * clock doesn't count: its author's clock is none of ours.
 */
function parentCreated(
  context: OwnerContext,
  { replyTo }: Api["post"]["params"],
): UnixSeconds | undefined {
  if (replyTo === undefined) return undefined;
  const parent = findMessage(context, replyTo);
  const created = context.store.index.get(parent)?.created ??
    context.own.get(parent)?.body.created;
  const latest = toSeconds(context.clock.now()) + MAX_FUTURE_S / 2;
  return created !== undefined && created <= latest ? created : undefined;
}

function later(a: UnixSeconds | undefined, b: UnixSeconds | undefined): UnixSeconds | undefined {
  return a === undefined || (b !== undefined && b > a) ? b : a;
}

/**
 * When this identity last spoke, as far as this node knows. What was written by a clock that ran
 * ahead doesn't count: nobody else took it, and it would silence the identity until then.
 */
export function lastCreated(
  { store, clock, own }: OwnerContext,
  { key }: Signer,
): UnixSeconds | undefined {
  const authors = new Set([key]);
  const latest = toSeconds(clock.now()) + MAX_FUTURE_S;
  let last = own.pending().filter((message) => message.key === key)
    .map(({ body }) => body.created)
    .filter((created) => created <= latest)
    .reduce<UnixSeconds | undefined>(later, undefined);
  for (const { created } of store.index.newestFirst({ authors, withRetracted: true })) {
    if (created > latest) continue;
    last = later(last, created);
    break;
  }
  return last;
}

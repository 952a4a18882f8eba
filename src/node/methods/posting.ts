/** `post` and `profile-set`: what the owner says in public. */
import type { Signer } from "../../keystore/mod.ts";
import type { StatusBody } from "../../wire/body.ts";
import {
  MAX_BIO_POINTS,
  MAX_FUTURE_S,
  MAX_LINK_BYTES,
  MAX_NAME_POINTS,
} from "../../wire/limits.ts";
import { toSeconds, type UnixSeconds } from "../../wire/time.ts";
import type { Api } from "../api.ts";
import { needTime } from "../clock_words.ts";
import { compose, nextCreated, type OwnBody } from "../compose.ts";
import { UserError } from "../user_error.ts";
import type { OwnerContext } from "./context.ts";
import { newestProfile } from "./names.ts";
import { findIdentity, findReference } from "./resolve.ts";
import { needUnrevoked } from "./revoked.ts";
import { checked, checkRoom, statusAttachments, statusMarkup, statusText } from "./status_parts.ts";
import { viewProfile } from "./views.ts";

/** Signs a status and puts it into the network. */
export async function post(
  context: OwnerContext,
  params: Api["post"]["params"],
): Promise<Api["post"]["result"]> {
  const signer = context.keys.speaker(params.as, findIdentity);
  const text = statusText(params.text);
  const { markup, notes } = await statusMarkup(context, { ...params, text });
  const attachments = statusAttachments(context, params.attachments);
  const before = later(lastCreated(context, signer), parentCreated(context, params));
  const created = nextCreated(needTime(context.clock), before);
  const newest = await newestProfile(signer.key, context);
  // Later than its post only if it was set by a clock that ran ahead.
  const updated = newest.updated < created ? newest.updated : created;
  const profile = { ...newest, updated, heir: heirOf(context, signer) };
  const body: StatusBody = { kind: "status", created, text, markup, attachments, profile };
  checkRoom(body);
  const id = await publish(context, { signer, body });
  return { id, created, waiting: context.live === undefined, notes };
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
  context: OwnerContext,
  { signer, body }: { readonly signer: Signer; readonly body: OwnBody },
): Promise<string> {
  const { labels, pause, own } = context;
  await needUnrevoked(context, signer.key);
  const bytes = await compose(body, { labels, signer, pause });
  return (await own.add(bytes, signer.key)).id;
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
  const parent = findReference(context, replyTo);
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

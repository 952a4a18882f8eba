/** `retract`: takes back what the owner said, as far as that can be done (docs/PROTOCOL.md section 3). */
import type { Letter } from "../../store/mod.ts";
import { type Body, BODY_TYPES } from "../../wire/body.ts";
import type { IdentityKey, MessageId } from "../../wire/ids.ts";
import { Private } from "../../wire/privacy.ts";
import type { Api } from "../api.ts";
import { needTime } from "../clock_words.ts";
import { nextCreated } from "../compose.ts";
import { UserError } from "../user_error.ts";
import { findLetter } from "./letter_views.ts";
import { archiveOf, findAny, readArchived } from "./archived.ts";
import type { OwnerContext } from "./context.ts";
import { lastCreated, publish } from "./posting.ts";

/**
 * Takes a message that never left this node out of the outbox, and sends a retraction after any
 * other. From then on the owner's own views and archive are without it.
 */
export async function retract(
  context: OwnerContext,
  params: Api["retract"]["params"],
): Promise<Api["retract"]["result"]> {
  const { keys, own } = context;
  const { keyring } = keys.need();
  const letter = await findLetter(context, params.id);
  if (letter !== undefined) return await retractLetter(context, letter);
  const target = await findAny(context, params.id);
  const key = await ownerOf(context, target);
  if (await own.withdraw(target)) return { id: null, retracted: target, waiting: false };
  const signer = keyring.signer(key);
  const created = nextCreated(needTime(context.clock), lastCreated(context, signer));
  const body = { kind: "retraction", created, id: target } as const;
  const id = await publish(context, { signer, body });
  await own.drop(target);
  await (await archiveOf(context))?.remove([target]);
  return { id, retracted: target, waiting: context.live === undefined };
}

/** A private message is taken back by the key that signed it, some time within a day. */
async function retractLetter(
  { own, mail, takeBacks, live }: OwnerContext,
  { id, sent, from, secret }: Letter,
): Promise<Api["retract"]["result"]> {
  if (!sent || secret === undefined) {
    throw new UserError(
      "refused",
      "That message is not yours: only who wrote a message can take it back. Nothing was sent.",
    );
  }
  const never = await own.withdraw(id);
  if (never) {
    await mail.remove(id);
    return { id: null, retracted: id, waiting: false };
  }
  const due = await takeBacks.plan(new Private({ id, secret, origin: from }));
  await own.drop(id);
  await mail.remove(id);
  return { id: null, retracted: id, waiting: live === undefined, due };
}

/** The key that said it and may take it back. Throws a `UserError` when there is nothing to take back. */
async function ownerOf(context: OwnerContext, id: MessageId): Promise<IdentityKey> {
  const { own, store, keys } = context;
  const meta = store.index.get(id);
  const message = own.get(id) ?? (meta === undefined ? await readArchived(context, id) : undefined);
  const key = message?.key ?? meta?.key;
  const type = message === undefined ? meta?.type : typeOf(message.body);
  if (key === undefined || meta?.retracted === true || own.retracts(id, key)) {
    throw new UserError("failed", "That message was taken back already. Nothing was sent.");
  }
  if (!keys.own().includes(key)) {
    throw new UserError(
      "refused",
      "That message is not yours: only who wrote a message can take it back. Nothing was sent.",
    );
  }
  if (type !== BODY_TYPES.status && type !== BODY_TYPES.profile) {
    throw new UserError(
      "refused",
      "Only posts and profiles can be taken back, and a retraction can't. Nothing was sent.",
    );
  }
  return key;
}

function typeOf(body: Body): number {
  return body.kind === "unknown" ? body.type : BODY_TYPES[body.kind];
}

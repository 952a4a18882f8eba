/** `trust`: why somebody counts as verified; `trust-limit`: how far that may reach. */
import type { AtDistance } from "../../trust/mod.ts";
import { formatIdentity } from "../../wire/ids.ts";
import { Private } from "../../wire/privacy.ts";
import type { Api, DistantView, TrustView } from "../api.ts";
import { UserError } from "../user_error.ts";
import type { OwnerContext } from "./context.ts";
import { Names } from "./names.ts";
import { findPerson } from "./resolve.ts";
import { viewOf } from "./succession.ts";

/** Largest limit that can be set; more makes no difference to people. */
const MAX_LIMIT = 1_000;

/** Explains what an identity is to the owner. */
export async function trust(
  context: OwnerContext,
  { id }: Api["trust"]["params"],
): Promise<TrustView> {
  const { social } = context;
  const { store } = context.keys.need();
  const key = await findPerson(context, id);
  const names = await Names.of(context);
  const { verified, distance, revoked } = await social.look(key);
  const verifiedBy = social.verifiedBy(key);
  const view = async (one: AtDistance): Promise<DistantView> => ({
    id: formatIdentity(one.key),
    ...await names.call(one.key),
    distance: one.distance,
  });
  return {
    id: formatIdentity(key),
    ...await names.call(key),
    verified,
    distance,
    because: await Promise.all(
      social.because(key).map(async (reason) => ({
        ...await view(reason),
        because: reason.because,
        by: await Promise.all(reason.by.map(view)),
      })),
    ),
    verifiedBy: verifiedBy.map(formatIdentity),
    trusted: verifiedBy.filter((by) => social.isVerified(by)).length,
    revoked: revoked && viewOf(revoked),
    maxDistance: (await store.trust.maxDistance()).reveal() ?? null,
  };
}

/** Sets how far away somebody may be and still count as verified; `null` takes the limit away. */
export async function trustLimit(
  { keys, social }: OwnerContext,
  { maxDistance }: Api["trust-limit"]["params"],
): Promise<Api["trust-limit"]["result"]> {
  const { store } = keys.need();
  const isLimit = Number.isInteger(maxDistance) && maxDistance >= 0 && maxDistance <= MAX_LIMIT;
  if (!isLimit) {
    throw new UserError("usage", `A distance is a whole number from 1 to ${MAX_LIMIT}`);
  }
  await store.trust.setMaxDistance(new Private(maxDistance === 0 ? undefined : maxDistance));
  social.changed();
  return { maxDistance: maxDistance === 0 ? null : maxDistance };
}

/** `privacy`: what anybody may know of this node's owner, from the real state. */
import { formatIdentity, type IdentityKey } from "../../wire/ids.ts";
import { DATA } from "../../wire/data_classes.ts";
import type { Api, OwnPublicView } from "../api.ts";
import type { OwnerContext } from "./context.ts";
import { newestProfile } from "./names.ts";

/** What is public of the owner, and what there is that isn't. While locked only the node's part. */
export async function privacy(context: OwnerContext): Promise<Api["privacy"]["result"]> {
  const { keys, live, store, labels } = context;
  const unlocked = keys.unlocked;
  const identities: OwnPublicView[] = [];
  for (const { key, name } of unlocked?.keyring.identities() ?? []) {
    identities.push({
      id: formatIdentity(key),
      name: name.reveal(),
      messages: countMessages(context, key),
      profile: await publishedFields(context, key),
    });
  }
  const addresses = store.addresses.all();
  return {
    running: live !== undefined,
    network: labels.network,
    unlocked: unlocked !== undefined,
    identities,
    following: unlocked === undefined ? null : (await unlocked.store.follows()).reveal().length,
    announced: live?.announced() ?? [],
    beacon: live?.beacon() ?? false,
    mdns: live?.mdns() ?? false,
    portMapping: live?.portMapping() ?? false,
    dht: live?.dht() ?? false,
    proxy: live?.proxy ?? null,
    messages: store.index.size,
    nodes: addresses.length,
    locatorNodes: addresses.filter(({ locator }) => locator).length,
    data: DATA.map(({ what, dataClass, places, seenBy, until }) => ({
      what,
      class: dataClass,
      places,
      seenBy,
      until,
    })),
  };
}

/** Messages that an identity wrote in public, stored here or on their way, taken back ones too. */
function countMessages({ store, own }: OwnerContext, key: IdentityKey): number {
  let count = own.pending().filter((message) => message.key === key).length;
  const authors = new Set([key]);
  for (const _meta of store.index.newestFirst({ authors, withRetracted: true })) count++;
  return count;
}

/** Which fields of the profile others have seen filled. */
async function publishedFields(
  context: OwnerContext,
  key: IdentityKey,
): Promise<OwnPublicView["profile"]> {
  const { name, bio, link } = await newestProfile(key, context);
  return Object.entries({ name, bio, link }).filter(([, value]) => value !== "")
    .map(([field]) => field);
}

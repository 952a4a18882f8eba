/**
 * The newest profile of each identity (docs/PROTOCOL.md section 3): of two the one with the higher
 * `updated`, on a tie the one with the greater bytes, so that all nodes end with the same.
 */
import type { Profile } from "../wire/body.ts";
import type { IdentityKey, MessageId } from "../wire/ids.ts";
import type { AdmittedMessage } from "../wire/message.ts";
import { profileKey } from "./keys.ts";
import { compareBytes, type Kv } from "./kv_port.ts";
import { decodeProfile, encodeProfile, type PublicBytes } from "./public_rows.ts";

/** Profiles kept in memory, those asked for last: identities are free, so not all of them. */
const CACHED = 4_096;

/** Reads profiles and finds those that a batch of messages makes newer; `public.ts` writes them. */
export class Profiles {
  readonly #kv: Kv<PublicBytes>;
  readonly #cache = new Map<IdentityKey, Profile | undefined>();

  /** Over `public.kv`. */
  constructor(kv: Kv<PublicBytes>) {
    this.#kv = kv;
  }

  /** The newest profile seen of an identity. A damaged one counts as none: posts bring it again. */
  async get(key: IdentityKey): Promise<Profile | undefined> {
    if (this.#cache.has(key)) return this.#cache.get(key);
    const bytes = await this.#kv.get(profileKey(key));
    const profile = bytes && readProfile(bytes);
    // What was written while it was read is newer.
    if (this.#cache.has(key)) return this.#cache.get(key);
    this.remember(key, profile);
    return profile;
  }

  /** Profiles that are newer than what is stored, by the message that brings the newest. */
  async newestIn(messages: Iterable<AdmittedMessage>): Promise<Map<MessageId, Profile>> {
    const brought: { id: MessageId; key: IdentityKey; profile: Profile }[] = [];
    for (const { id, key, body } of messages) {
      if (body.kind === "status" || body.kind === "profile") {
        brought.push({ id, key, profile: body.profile });
      }
    }
    const newest = new Map<IdentityKey, Profile | undefined>();
    await Promise.all(
      Array.from(new Set(brought.map(({ key }) => key)), async (key) => {
        newest.set(key, await this.get(key));
      }),
    );
    const from = new Map<IdentityKey, MessageId>();
    for (const { id, key, profile } of brought) {
      const known = newest.get(key);
      if (known !== undefined && compareProfiles(profile, known) <= 0) continue;
      newest.set(key, profile);
      from.set(key, id);
    }
    const found = new Map<MessageId, Profile>();
    for (const [key, id] of from) {
      const profile = newest.get(key);
      if (profile !== undefined) found.set(id, profile);
    }
    return found;
  }

  /** Notes what is stored now. */
  remember(key: IdentityKey, profile: Profile | undefined): void {
    this.#cache.delete(key);
    this.#cache.set(key, profile);
    if (this.#cache.size <= CACHED) return;
    for (const oldest of this.#cache.keys()) {
      this.#cache.delete(oldest);
      return;
    }
  }
}

function readProfile(bytes: PublicBytes): Profile | undefined {
  try {
    return decodeProfile(bytes);
  } catch {
    return undefined;
  }
}

/** Positive when `a` is the one that counts. */
export function compareProfiles(a: Profile, b: Profile): number {
  if (a.updated !== b.updated) return a.updated - b.updated;
  // Every status repeats its author's profile, so most are the same: no need to encode those.
  const same = a.name === b.name && a.bio === b.bio && a.link === b.link &&
    compareBytes(a.heir, b.heir) === 0;
  return same ? 0 : compareBytes(encodeProfile(a), encodeProfile(b));
}

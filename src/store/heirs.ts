/**
 * The heir that each identity was first seen with (docs/PROTOCOL.md section 4). As long as all of its
 * profiles say the same, that is the one in its newest profile; a row of its own says that two differed.
 */
import type { IdentityKey, MessageId } from "../wire/ids.ts";
import type { Labels } from "../wire/labels.ts";
import type { AdmittedMessage } from "../wire/message.ts";
import { heirOf } from "../wire/statement.ts";
import { heirKey } from "./keys.ts";
import { compareBytes, type Kv } from "./kv_port.ts";
import type { Profiles } from "./profiles.ts";
import { encodeHeir, type PublicBytes } from "./public_rows.ts";

/** Identities whose differing heirs are remembered as written down. */
const REMEMBERED = 4_096;

/** What was seen of an identity's heir. */
export interface SeenHeir {
  /** The first one: 32 bytes, zeros for none. */
  readonly first: Uint8Array;
  /** Whether another one was seen, too, so that no successor is sure. */
  readonly disputed: boolean;
}

/** Reads heirs, and finds those that a batch of messages disputes; `public.ts` writes them. */
export class Heirs {
  readonly #kv: Kv<PublicBytes>;
  readonly #labels: Labels;
  readonly #profiles: Profiles;
  readonly #disputed = new Set<IdentityKey>();

  /** Over `public.kv` and the profiles in it. */
  constructor(parts: { kv: Kv<PublicBytes>; labels: Labels; profiles: Profiles }) {
    this.#kv = parts.kv;
    this.#labels = parts.labels;
    this.#profiles = parts.profiles;
  }

  /** What was seen of an identity's heir; `undefined` when no profile was. Throws a `StoreError`. */
  async of(key: IdentityKey): Promise<SeenHeir | undefined> {
    const first = await this.#kv.get(heirKey(key));
    if (first !== undefined) return { first, disputed: true };
    const profile = await this.#profiles.get(key);
    return profile && { first: profile.heir, disputed: false };
  }

  /**
   * Whether a successor is the heir that was seen first; `undefined` for any while none was, and for
   * others once two were. So a thief who names a second heir can't keep the first one's revocation
   * from being stored and passed on: followers by locator need it. What is shown goes by `of`.
   */
  async fits(key: IdentityKey, successor: IdentityKey): Promise<boolean | undefined> {
    const seen = await this.of(key);
    if (seen === undefined) return undefined;
    const isFirst = compareBytes(seen.first, heirOf(this.#labels, successor)) === 0;
    return isFirst || !seen.disputed ? isFirst : undefined;
  }

  /** First heirs that are to be written down, since messages bring others; by the message that does. */
  async disputedBy(messages: Iterable<AdmittedMessage>): Promise<Map<MessageId, PublicBytes>> {
    const found = new Map<MessageId, PublicBytes>();
    const first = new Map<IdentityKey, Uint8Array>();
    for (const { id, key, body } of messages) {
      if (body.kind !== "status" && body.kind !== "profile") continue;
      const { heir } = body.profile;
      const before = first.get(key) ?? (await this.#profiles.get(key))?.heir ?? heir;
      first.set(key, before);
      // The same as ever costs no look at the disk.
      if (compareBytes(before, heir) === 0 || this.#disputed.has(key)) continue;
      if (await this.#kv.get(heirKey(key)) === undefined) found.set(id, encodeHeir(before));
      else this.#remember(key);
    }
    return found;
  }

  #remember(key: IdentityKey): void {
    if (this.#disputed.size === REMEMBERED) this.#disputed.clear();
    this.#disputed.add(key);
  }
}

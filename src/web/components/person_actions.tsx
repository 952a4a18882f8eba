/** What the owner can do about somebody. */
import type { IdentityView } from "../../node/api.ts";
import { safeLine } from "../../text/safe_text.ts";
import type { Acquaintance } from "../acquaintance.ts";
import { Form } from "../form.tsx";
import type { Html } from "../layout.tsx";
import { verifiers } from "../own.ts";
import type { Session } from "../sessions.ts";
import { Act } from "./act.tsx";

/** Characters that the field for a petname takes; the node counts as people do, 40 at most. */
export const NAME_FIELD = 80;

/** What the actions are about. */
interface About {
  /** Who they are to the owner. */
  readonly known: Acquaintance;
  /** Whose browser it is. */
  readonly session: Session;
}

/** Forms and links, those that apply. */
export function PersonActions({ known, session, identities, messages }: {
  /** Who they are to the owner. */
  readonly known: Acquaintance;
  /** Whose browser it is. */
  readonly session: Session;
  /** The owner's. */
  readonly identities: readonly IdentityView[];
  /** Where one writes to them privately. */
  readonly messages: string;
}): Html {
  const { id, own, blocked, follow } = known;
  if (own) {
    return (
      <p class="actions">
        <Act to="/profile/edit/whose" name="as" id={id} look="button">Edit this profile</Act>
      </p>
    );
  }
  return (
    <section class="actions" aria-label="What you can do">
      {blocked === null ? <Follow known={known} session={session} /> : null}
      {follow === undefined ? null : <Unfollow known={known} session={session} />}
      <p class="actions">
        <a class="button quiet" href={messages}>Write privately</a>
        <Verify known={known} identities={identities} />
        {blocked === "user" ? null : <Act to="/block" name="ids" id={id} look="quiet">Block</Act>}
      </p>
      {blocked === "user" ? <Unblock known={known} session={session} /> : null}
    </section>
  );
}

/** Each own identity verifies by itself: some may have, and others not. */
function Verify({ known: { id, trust }, identities }: {
  readonly known: Acquaintance;
  readonly identities: readonly IdentityView[];
}): Html {
  const have = verifiers(identities, { of: trust, already: true }).length > 0;
  // The node refuses to verify a key that ended.
  const could = trust.revoked === null &&
    verifiers(identities, { of: trust, already: false }).length > 0;
  return (
    <>
      {have
        ? <Act to="/verify" name="undo" id={id} look="quiet">Take your verification back</Act>
        : null}
      {could
        ? (
          <Act to="/verify" name="id" id={id} look="quiet">
            {have ? "Verify by another identity" : "Verify"}
          </Act>
        )
        : null}
    </>
  );
}

function Follow({ known: { id, follow }, session }: About): Html {
  return (
    <Form action="/follow" session={session} class="inline" label="Follow">
      <input type="hidden" name="target" value={id} />
      <input type="hidden" name="from" value="person" />
      {follow === undefined ? null : <input type="hidden" name="rename" value="1" />}
      <label>
        Your name for them
        <small>Yours alone, told to nobody; shown instead of what they call themselves.</small>
        <input
          name="name"
          value={safeLine(follow?.petname ?? "")}
          maxlength={NAME_FIELD}
          dir="auto"
        />
      </label>
      <button type="submit">{follow === undefined ? "Follow" : "Save name"}</button>
    </Form>
  );
}

function Unfollow({ known: { id }, session }: About): Html {
  return (
    <Form action="/unfollow" session={session} class="inline" label="Unfollow">
      <input type="hidden" name="id" value={id} />
      <input type="hidden" name="from" value="person" />
      <button type="submit" class="quiet">Unfollow</button>
    </Form>
  );
}

function Unblock({ known: { id }, session }: About): Html {
  return (
    <Form action="/unblock" session={session} class="inline" label="Unblock">
      <input type="hidden" name="id" value={id} />
      <button type="submit" class="quiet">Unblock</button>
    </Form>
  );
}

/** What a conversation's page consists of: who the other one is, and what was said. */
import { type Conversation, MAX_LETTERS, ownNames } from "../letters.ts";
import type { Html } from "../layout.tsx";
import { Letter } from "./letter.tsx";
import { Notice } from "./notice.tsx";
import { Person } from "./person.tsx";

/** With whom; the whole identity, since a name could be anybody's. */
export function Other({ found: { id, known, path }, hidden }: {
  /** The conversation. */
  readonly found: Conversation;
  /** Whether what blocks hide is shown. */
  readonly hidden: boolean;
}): Html {
  const { trust, blocked } = known;
  return (
    <div class="card">
      <Person {...trust} revoked={trust.revoked !== null} />
      <p>
        <code class="whole">{id}</code>
      </p>
      {blocked === null ? null : (
        <Notice kind="warning">
          Blocked: what they wrote is hidden{hidden ? ", and shown since you asked" : ""}.{" "}
          {hidden ? null : <a href={`${path}?hidden=1`}>Look at it</a>}
        </Notice>
      )}
    </div>
  );
}

/** What was said, oldest first; with `live`, new ones come by themselves where there is JavaScript. */
export function Letters({ found: { letters, more, identities, path, veil }, live }: {
  /** The conversation. */
  readonly found: Conversation;
  /** Whether new ones come. */
  readonly live: boolean;
}): Html {
  const own = ownNames(identities);
  const places = new Map(letters.map(({ id }, i) => [id, i]));
  return (
    <>
      {more && letters.length < MAX_LETTERS
        ? (
          <p>
            <a class="button quiet" href={`${path}?all=1`}>Older messages</a>
          </p>
        )
        : null}
      {more && letters.length >= MAX_LETTERS
        ? <p class="hint">{`Only the newest ${MAX_LETTERS} are shown.`}</p>
        : null}
      {live ? <p class="hidden" role="status" id="news" /> : null}
      <div
        class="letters"
        {...(live
          ? {
            "data-live": `${path}/events`,
            "data-live-at": "end",
          }
          : {})}
      >
        {letters.map((letter, i) => (
          <Letter
            {...{ letter, own, path, veil, place: i }}
            answers={places.get(letter.replyTo ?? "")}
          />
        ))}
      </div>
      {letters.length === 0 ? <p>Nothing was said between you yet.</p> : null}
      <p>
        <a href={`${path}#write`}>Look again</a> for what is new
      </p>
    </>
  );
}

/** What a conversation's page consists of: who the other one is, and what was said. */
import { type Conversation, ownNames } from "../letters.ts";
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
export function Letters({ found, live }: {
  /** The conversation. */
  readonly found: Conversation;
  /** Whether new ones come. */
  readonly live: boolean;
}): Html {
  const { letters, newest, older, identities, path, query } = found;
  const own = ownNames(identities);
  const places = new Map(letters.map(({ id }, i) => [id, i]));
  return (
    <>
      {older === undefined ? null : (
        <p>
          <a class="button quiet" rel="next" href={older}>Older messages</a>
        </p>
      )}
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
            {...{ letter, own, path, query, place: i }}
            answers={places.get(letter.replyTo ?? "")}
          />
        ))}
      </div>
      {letters.length > 0
        ? null
        : <p>{newest ? "Nothing was said between you yet." : "Nothing older is here."}</p>}
      <p>
        {newest
          ? (
            <>
              <a href={`${path}#write`}>Look again</a> for what is new
            </>
          )
          : <a href={`${path}#write`}>To the newest, and to write</a>}
      </p>
    </>
  );
}

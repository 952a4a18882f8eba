/** A private message as it is shown in its conversation. */
import type { LetterView } from "../../node/api.ts";
import { safeText } from "../../text/safe_text.ts";
import { called } from "../called.ts";
import type { Html } from "../layout.tsx";
import { Act } from "./act.tsx";
import { Attachments } from "./attachments.tsx";
import { Person } from "./person.tsx";
import { Time } from "./time.tsx";

/** What a letter is shown with. */
export interface LetterOptions {
  /** The message. */
  readonly letter: LetterView;
  /** Local names of own identities, said where there are several. */
  readonly own: ReadonlyMap<string, string>;
  /** Path of its conversation. */
  readonly path: string;
  /** What the address of the page that it is on ends with; none for one that comes later. */
  readonly query?: string;
  /** Its number on the page; none for one that comes later. */
  readonly place?: number;
  /** Number of the one that it answers, if that is on the page. */
  readonly answers?: number | undefined;
}

/** Who wrote it, when, as whom or to which identity, and what. */
export function Letter(
  { letter, own, path, query = "", place, answers }: LetterOptions,
): Html {
  const { id, from, to, sent, created, pending, replyTo, blocked } = letter;
  const mine = sent ? from : to;
  return (
    <article
      class={`letter ${sent ? "sent" : "came"}`}
      id={`m-${id}`}
      aria-label={sent
        ? "Private message by you"
        : `Private message by ${called({ ...letter, id: from })}`}
    >
      <header {...(place === undefined ? {} : { id: `n${place}` })}>
        {sent ? <span class="name">You</span> : <Person {...letter} id={from} />}
        <span class="when">
          <Time at={created} />
        </span>
        {own.size > 1
          ? (
            <span class="mark">
              {sent ? "as " : "to "}
              <bdi>{called({ id: mine, name: own.get(mine) ?? "" })}</bdi>
            </span>
          )
          : null}
        {pending ? <span class="mark">pending: nobody else has it yet</span> : null}
        {blocked === null ? null : <span class="mark">blocked</span>}
      </header>
      {replyTo === null ? null : (
        <p class="hint">
          {answers === undefined
            ? "Answers another message"
            : <a href={`#n${answers}`}>Answers an earlier message</a>}
        </p>
      )}
      <p class="text" dir="auto">{safeText(letter.text)}</p>
      <Attachments id={id} attachments={letter.attachments} hidden={blocked !== null} />
      <footer>
        <Act to={`${path}/answer${query}`} name="replyTo" id={id}>Answer</Act>
        {sent ? <Act to="/retract" name="id" id={id}>Take back</Act> : null}
      </footer>
    </article>
  );
}

/** A status as it is shown everywhere. */
import type { GapView, MessageView, QuotedView } from "../../node/api.ts";
import { safeLine, safeText } from "../../text/safe_text.ts";
import type { Html } from "../layout.tsx";
import { Act } from "./act.tsx";
import { Attachments } from "./attachments.tsx";
import { Person } from "./person.tsx";
import { StatusText } from "./status_text.tsx";
import { Time } from "./time.tsx";
import { shortId, threadPath } from "../paths.ts";

const GAPS: Readonly<Record<GapView["why"], string>> = {
  notHere: "A message that isn't here yet",
  retracted: "Taken back by its author",
  more: "There is more",
  blocked: "Hidden: its author is blocked",
};

/** What a post is shown with. */
export interface PostOptions {
  /** The status. */
  readonly message: MessageView;
  /** Own identities, which may take it back; none while the keys are locked. */
  readonly own?: ReadonlySet<string>;
  /** How deep in a thread, 0 for not at all. */
  readonly depth?: number;
  /** Whether this is the one that the page is about. */
  readonly focus?: boolean;
  /** Whether it can be answered, quoted and taken back from here; not where that would cost what is being written. */
  readonly acts?: boolean;
}

/** Author, words, what it quotes and carries, and what can be done with it. */
export function Post({ message, own, depth = 0, focus = false, acts = true }: PostOptions): Html {
  const { id, warning, pending, blocked } = message;
  return (
    <article
      class={`post${depthClass(depth)}${focus ? " focus" : ""}`}
      id={`m-${shortId(id)}`}
      aria-label={`Post by ${safeLine(message.name) || "somebody without a name"}`}
    >
      <header>
        <Person {...message} id={message.author} />
        <a class="when" href={threadPath(id)}>
          <Time at={message.created} />
        </a>
        {pending ? <span class="mark">pending: nobody else has it yet</span> : null}
        {blocked === null ? null : <span class="mark">blocked</span>}
      </header>
      {warning === null ? <Words message={message} /> : (
        <details class="warned">
          <summary>{`Warning: ${safeLine(warning)}`}</summary>
          <Words message={message} />
        </details>
      )}
      <footer>
        {message.replyTo === null
          ? null
          : <a href={threadPath(message.replyTo)}>What it answers</a>}
        {acts ? <Acts id={shortId(id)} own={own?.has(message.author) === true} /> : null}
      </footer>
    </article>
  );
}

function Acts({ id, own }: { readonly id: string; readonly own: boolean }): Html {
  return (
    <>
      <Act to="/compose/about" name="reply" id={id}>Reply</Act>
      <Act to="/compose/about" name="quote" id={id}>Quote</Act>
      {own ? <Act to="/retract" name="id" id={id}>Take back</Act> : null}
    </>
  );
}

/** Deepest indentation of a thread; the style sheet has as many. */
const MAX_DEPTH = 6;

/** A message that isn't shown, in the place where it would be. */
export function Gap({ gap: { id, why }, depth = 0 }: {
  readonly gap: GapView;
  readonly depth?: number;
}): Html {
  return (
    <p class={`gap${depthClass(depth)}`} id={`m-${shortId(id)}`}>
      {GAPS[why]}
      {why === "blocked" || why === "more"
        ? (
          <>
            {" "}
            <a href={threadPath(id, { hidden: why === "blocked" })}>Look</a>
          </>
        )
        : null}
    </p>
  );
}

function depthClass(depth: number): string {
  return depth === 0 ? "" : ` depth-${Math.min(depth, MAX_DEPTH)}`;
}

function Words({ message }: { readonly message: MessageView }): Html {
  return (
    <>
      <StatusText message={message} />
      <Attachments
        id={message.id}
        attachments={message.attachments}
        hidden={message.blocked !== null}
      />
      {message.quoted === null ? null : <Quoted quoted={message.quoted} />}
    </>
  );
}

function Quoted({ quoted }: { readonly quoted: QuotedView | GapView }): Html {
  if ("missing" in quoted) {
    return (
      <blockquote class="quoted">
        <Gap gap={quoted} />
      </blockquote>
    );
  }
  return (
    <blockquote class="quoted">
      <header>
        <Person {...quoted} id={quoted.author} />
        <a class="when" href={threadPath(quoted.id)}>
          <Time at={quoted.created} />
        </a>
      </header>
      {quoted.warning === null
        ? <p class="text" dir="auto">{safeText(quoted.text)}</p>
        : (
          <details class="warned">
            <summary>{`Warning: ${safeLine(quoted.warning)}`}</summary>
            <p class="text" dir="auto">{safeText(quoted.text)}</p>
          </details>
        )}
    </blockquote>
  );
}

/** The form in which a post is written, and all that should be known before it is sent. */
import type { IdentityView, MessageView } from "../node/api.ts";
import { MAX_TEXT_POINTS } from "../wire/limits.ts";
import { called } from "./called.ts";
import { CountedText } from "./components/counted_text.tsx";
import { FileFields } from "./components/file_fields.tsx";
import { Notice } from "./components/notice.tsx";
import { Post } from "./components/post.tsx";
import { Speaker } from "./components/speaker.tsx";
import { Form, type FormValues } from "./form.tsx";
import type { Html } from "./layout.tsx";
import type { Session } from "./sessions.ts";
import { emptySlots, type FileSlot, fileSlots } from "./uploads.ts";

/** A post as far as it is written. */
export interface Draft {
  /** What it says. */
  readonly text: string;
  /** Who speaks, `g1…`; "" as long as nobody was chosen. */
  readonly as: string;
  /** Id of the message that it answers, or "". */
  readonly reply: string;
  /** Id of the message that it quotes, or "". */
  readonly quote: string;
  /** What to warn of, or "". */
  readonly warning: string;
  /** Its language, or "". */
  readonly language: string;
  /** Its author knows that it is the first of an identity. */
  readonly first: boolean;
  /** Files go with all that is in them. */
  readonly asTheyAre: boolean;
  /** Its files. */
  readonly slots: readonly FileSlot[];
  /** Tells this form from others, so that it isn't sent twice; "" for a new one. */
  readonly form: string;
}

/** A draft out of what a form sent. */
export function readDraft(values: FormValues): Draft {
  const text = (name: string): string => values.text(name);
  return {
    ...{ text: text("text"), as: text("as"), reply: text("reply"), quote: text("quote") },
    ...{ warning: text("warning"), language: text("language").trim(), form: text("form") },
    ...{ first: text("first") !== "", asTheyAre: text("as-they-are") !== "" },
    slots: fileSlots(values),
  };
}

/** A draft with nothing in it yet. */
export function newDraft(about: Pick<Draft, "reply" | "quote">): Draft {
  return {
    ...{ text: "", as: "", warning: "", language: "", form: "", first: false, asTheyAre: false },
    ...about,
    slots: emptySlots(),
  };
}

/** What the form needs to know. */
export interface ComposeFacts {
  /** Own identities; undefined while the keys are locked. */
  readonly identities: readonly IdentityView[] | undefined;
  /** Those of them that said nothing in public yet. */
  readonly silent: ReadonlySet<string>;
  /** The message that is answered. */
  readonly answered: MessageView | undefined;
  /** The message that is quoted. */
  readonly quoted: MessageView | undefined;
}

/** The form. */
export function ComposeForm({ draft, facts, session, error }: {
  readonly draft: Draft;
  readonly facts: ComposeFacts;
  readonly session: Session;
  /** What was wrong with it; "" for nothing. */
  readonly error: string;
}): Html {
  return (
    <>
      {error === "" ? null : <Notice kind="error">{error}</Notice>}
      <About facts={facts} />
      <Form action="/compose" session={session} files>
        <input type="hidden" name="form" value={draft.form} />
        <input type="hidden" name="reply" value={draft.reply} />
        <input type="hidden" name="quote" value={draft.quote} />
        <CountedText
          label="What do you want to say?"
          text={draft.text}
          most={MAX_TEXT_POINTS}
          required
        />
        {facts.identities === undefined
          ? <input type="hidden" name="as" value={draft.as} />
          : <Speaker identities={facts.identities} chosen={draft.as} />}
        <FileFields slots={draft.slots} asTheyAre={draft.asTheyAre} />
        <Extras draft={draft} />
        <FirstWord draft={draft} facts={facts} />
        <PublicWords />
        <button type="submit" aria-describedby="public">Post</button>
        <p class="help" role="status" data-sending={SENDING}></p>
      </Form>
    </>
  );
}

/** What is answered or quoted. */
function About({ facts: { answered, quoted, identities } }: {
  readonly facts: ComposeFacts;
}): Html {
  const several = (identities?.length ?? 0) > 1;
  const own = (message: MessageView | undefined): boolean =>
    several && identities?.some(({ id }) => id === message?.author) === true;
  return (
    <>
      {answered === undefined ? null : <Other title="You answer this" message={answered} />}
      {quoted === undefined ? null : <Other title="You quote this" message={quoted} />}
      {own(answered) || own(quoted)
        ? (
          <Notice kind="warning">
            One of your own identities wrote that. If another one of them speaks now, readers may
            guess that both are yours.
          </Notice>
        )
        : null}
    </>
  );
}

function Other(
  { title, message }: { readonly title: string; readonly message: MessageView },
): Html {
  return (
    <section class="about" aria-label={title}>
      <h2>{title}</h2>
      <Post message={message} acts={false} />
    </section>
  );
}

/** A stamp for a message of 50 kB takes a slow machine most of a minute. */
const SENDING = "Your node is at it. With large files it computes for up to a minute first.";

function Extras({ draft: { warning, language } }: { readonly draft: Draft }): Html {
  return (
    <details class="files" open={warning !== "" || language !== ""}>
      <summary>Warning and language</summary>
      <label for="warning">
        Content warning
        <small>Shown first, in place of what you say, which readers then open.</small>
      </label>
      <input id="warning" name="warning" value={warning} dir="auto" />
      <label for="language">
        Language
        <small>So that it is read aloud as it should be: de, en-GB, zh-Hant.</small>
      </label>
      <input id="language" name="language" value={language} size={12} />
    </details>
  );
}

/** Before the first public word of an identity its owner is asked. */
function FirstWord({ draft, facts: { identities = [], silent } }: {
  readonly draft: Draft;
  readonly facts: ComposeFacts;
}): Html | null {
  if (silent.size === 0) return null;
  const names = identities.filter(({ id }) => silent.has(id)).map(called);
  return (
    <fieldset class="first">
      <legend>A first word</legend>
      <p>
        <bdi>{names.join(", ")}</bdi>
        {` said nothing in public yet. From the first post on everybody can read it, with the ` +
          "identity's key and profile. There is something of it then that nothing calls back."}
      </p>
      <label class="check">
        <input
          type="checkbox"
          name="first"
          value="yes"
          checked={draft.first}
          required={silent.size === identities.length}
        />
        <span>I know</span>
      </label>
    </fieldset>
  );
}

function PublicWords(): Html {
  return (
    <p class="help" id="public">
      Everybody can read a post, for ever: its words and files, when you wrote it (to 10 s), what it
      answers or quotes, and the key and profile of the identity that speaks. Others keep copies, so
      nothing calls it back. Nodes that get it from yours first may guess that you wrote it. Which
      other identities are yours, whom you follow and what you read is not in it.{" "}
      <a href="/privacy">What is public</a>
    </p>
  );
}

/**
 * Writing a post: `/compose`, or `POST /compose/about` to answer or quote; what became of it is on
 * `/posted/FORM`. No address names a message: a browser keeps them, and these pages are its author's.
 */
import type { MessageView } from "../../node/api.ts";
import type { Owner } from "../../node/web_port.ts";
import { UserError } from "../../node/user_error.ts";
import {
  type ComposeFacts,
  ComposeForm,
  type Draft,
  newDraft,
  readDraft,
} from "../compose_form.tsx";
import { Notice } from "../components/notice.tsx";
import { Post } from "../components/post.tsx";
import { chosenSpeaker } from "../components/speaker.tsx";
import { pointsLeft } from "../count_words.ts";
import { type FormValues, readForm } from "../form.tsx";
import { type Html, Page, render } from "../layout.tsx";
import { ownIdentities } from "../own.ts";
import { type PostNotes, RecentPosts } from "../recent_posts.ts";
import { MAX_TEXT_POINTS } from "../../wire/limits.ts";
import type { Site, View, WebContext } from "../site.ts";
import { together } from "../together.ts";
import { chooseAgain, readUploads } from "../uploads.ts";

/** The routes of writing. */
export const compose: View = (app, site) => {
  const recent = new RecentPosts();
  app.get("/compose", (c) => begin(c, site, { reply: "", quote: "" }));
  app.post("/compose/about", async (c) => {
    const values = await readForm(c);
    return await begin(c, site, { reply: values.text("reply"), quote: values.text("quote") });
  });
  app.post("/compose", async (c) => {
    const values = await readForm(c);
    const read = readDraft(values);
    const draft = read.form === "" ? { ...read, form: crypto.randomUUID() } : read;
    try {
      await recent.once(draft.form, () => post(site, { values, draft, recent }));
      return c.redirect(`/posted/${encodeURIComponent(draft.form)}`, 303);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return await again(c, { site, draft, error });
    }
  });
  app.get("/posted/:form", async (c) => {
    const id = await recent.postedBy(c.req.param("form"));
    if (id === undefined) return c.redirect("/", 303);
    const message = await site.owner.call("show", { id });
    return render(
      c,
      <Page title="Posted" session={c.get("session")}>
        <Outcome
          message={message}
          own={await ownIdentities(site)}
          notes={recent.told(message.id)}
          alone={!(await site.owner.call("peers", {})).some(({ lastSeen }) => lastSeen !== null)}
        />
      </Page>,
    );
  });
};

async function begin(
  c: WebContext,
  { owner }: Site,
  about: { readonly reply: string; readonly quote: string },
): Promise<Response> {
  const draft = newDraft(about);
  return await show(c, { draft, facts: await factsOf(owner, draft), error: "" });
}

/** Says it. Rejects with a `UserError` for what can't be said, or not yet. */
async function post(
  { owner }: Site,
  { values, draft, recent }: {
    readonly values: FormValues;
    readonly draft: Draft;
    readonly recent: RecentPosts;
  },
): Promise<string> {
  const { text, reply, quote, warning, language } = draft;
  // All that is wrong at once: files have to be chosen again each time.
  const [as, files] = await together(
    () => speaking(owner, values),
    () => readUploads(values),
    () => checkLength(text),
  );
  const { id, notes: markup } = await owner.call("post", {
    ...{ text, as, attachments: files.attachments },
    ...(reply === "" ? {} : { replyTo: reply }),
    ...(quote === "" ? {} : { quote }),
    ...(warning === "" ? {} : { warning }),
    ...(language === "" ? {} : { language }),
  });
  recent.tell(id, { markup, files: files.notes });
  return id;
}

/** The identity that was chosen. Throws a `UserError` where none was, or before its first public word. */
async function speaking(owner: Owner, values: FormValues): Promise<string> {
  const as = chosenSpeaker(values, await owner.call("identities", {}));
  if (as === undefined) throw new UserError("usage", "Choose which of your identities speaks.");
  if (values.text("first") !== "" || !(await silentOnes(owner)).has(as)) return as;
  throw new UserError(
    "refused",
    "This is the first that this identity says in public: read what that means, below, and say that " +
      "you know.",
  );
}

/** Throws a `UserError` for a text that the node wouldn't take either. */
function checkLength(text: string): void {
  const left = pointsLeft(text, MAX_TEXT_POINTS);
  if (left >= 0) return;
  throw new UserError(
    "refused",
    `A post has at most ${MAX_TEXT_POINTS} characters: ${-left} too many.`,
  );
}

async function silentOnes(owner: Owner): Promise<ReadonlySet<string>> {
  const { identities } = await owner.call("privacy", {});
  return new Set(identities.filter(({ messages }) => messages === 0).map(({ id }) => id));
}

/** What the form needs. Throws a `UserError` where there is no such message, or the keys are locked. */
async function factsOf(owner: Owner, { reply, quote }: Draft): Promise<ComposeFacts> {
  const identities = await owner.call("identities", {});
  return {
    identities,
    silent: await silentOnes(owner),
    answered: await publicMessage(owner, reply),
    quoted: await publicMessage(owner, quote),
  };
}

/** A message that a post may name; undefined for none. */
async function publicMessage(owner: Owner, id: string): Promise<MessageView | undefined> {
  if (id === "") return undefined;
  const message = await owner.call("show", { id });
  if (message.kind !== "private") return message;
  throw new UserError(
    "refused",
    "That is a private message: a post that names it would tell everybody that it has to do with you.",
  );
}

/** The same form with all that was written, and what was wrong. */
async function again(
  c: WebContext,
  { site, draft, error }: { readonly site: Site; readonly draft: Draft; readonly error: UserError },
): Promise<Response> {
  let facts: ComposeFacts = {
    ...{ identities: undefined, silent: new Set<string>(), answered: undefined, quoted: undefined },
  };
  try {
    facts = await factsOf(site.owner, draft);
  } catch (failure) {
    // Locked meanwhile, or the message that it answers went away: what was written stays.
    if (!(failure instanceof UserError)) throw failure;
  }
  const status = error.code === "locked" ? 403 : 400;
  return show(c, { draft, facts, error: error.message + chooseAgain(draft.slots), status });
}

function show(
  c: WebContext,
  { draft, facts, error, status = 200 }: {
    readonly draft: Draft;
    readonly facts: ComposeFacts;
    readonly error: string;
    readonly status?: 200 | 400 | 403;
  },
): Promise<Response> {
  const form = draft.form === "" ? crypto.randomUUID() : draft.form;
  const session = c.get("session");
  const title = draft.reply !== "" ? "Answer" : draft.quote !== "" ? "Quote" : "Write";
  return render(
    c,
    <Page title={title} path="/compose" session={session}>
      {status === 403
        ? (
          <p>
            <a href="/keys" target="_blank">Unlock the keys</a>{" "}
            in another tab, then post: what you wrote is still here.
          </p>
        )
        : null}
      {facts.identities?.length === 0 ? <NoIdentity /> : (
        <ComposeForm
          {...{ facts, session, error }}
          draft={{ ...draft, form }}
        />
      )}
    </Page>,
    status,
  );
}

function NoIdentity(): Html {
  return (
    <Notice kind="warning">
      To say something you need an identity. It is made where its key is kept, on the command line:
      {" "}
      <code>gossamer identity create --name NAME</code>
    </Notice>
  );
}

/** What became of a post, and what to know of it. */
function Outcome({ message, own, notes, alone }: {
  readonly message: MessageView;
  readonly own: ReadonlySet<string>;
  readonly notes: PostNotes | undefined;
  /** Whether the node has met no other yet. */
  readonly alone: boolean;
}): Html {
  const more = [...notes?.markup ?? [], ...notes?.files ?? []];
  return (
    <>
      <Notice kind="done">
        {alone
          ? "It waits, sealed, until your node has met another."
          : "It goes out with your node's next exchange, within half a minute as a rule, and is " +
            "pending in your timeline until others have it."}
      </Notice>
      {alone
        ? (
          <p>
            <a href="/join">Join others</a>
          </p>
        )
        : null}
      {more.length === 0 ? null : (
        <ul class="notes">
          {more.map((note) => <li>{note}</li>)}
        </ul>
      )}
      <Post message={message} own={own} />
      <p>
        <a href="/">Timeline</a> · <a href="/compose">Write another</a>
      </p>
    </>
  );
}

/** One conversation: what was said privately with one person, in both directions. */
import type { LetterView } from "../../node/api.ts";
import { UserError } from "../../node/user_error.ts";
import { called } from "../called.ts";
import { Letters, Other } from "../components/conversation.tsx";
import { LetterForm } from "../components/letter_form.tsx";
import { Notice } from "../components/notice.tsx";
import { speakerOf } from "../components/speaker.tsx";
import { Trying } from "../components/trying.tsx";
import { type FormValues, readForm } from "../form.tsx";
import { type Html, Page, render } from "../layout.tsx";
import { type LetterDraft, newLetterDraft, readLetterDraft } from "../letter_draft.ts";
import { type Conversation, conversationWith, LETTERS_ON_PAGE, usualSpeaker } from "../letters.ts";
import { RecentPosts } from "../recent_posts.ts";
import type { Site, View, WebContext } from "../site.ts";
import { chooseAgain, readUploads } from "../uploads.ts";

const NOTHING = "Nothing was sent.";
const NOT_HERE =
  "The message to be answered isn't on this page any more: look for it in older ones.";

/** A message that couldn't be sent, and why. */
interface Tried {
  readonly draft: LetterDraft;
  readonly error: UserError;
}

const PATH = "/messages/:id{(?:g1|v-)[^/]+}";
const ANSWER = `${PATH}/answer` as const;

/**
 * `GET` and `POST /messages/ID`; `?hidden=1` shows what blocks hide, `?before=MSG` what is older. Which
 * message is answered, or was sent, is in no address.
 */
export const conversation: View = (app, site) => {
  const recent = new RecentPosts();
  app.get(PATH, async (c) => {
    const sent = await recent.postedBy(c.req.query("sent") ?? "");
    const notes = recent.told(sent ?? "")?.files ?? [];
    return show(c, { found: await read(c, site), notes });
  });
  app.post(PATH, async (c) => {
    const values = await readForm(c);
    const draft = readLetterDraft(values);
    try {
      const found = await conversationWith(site, c.req.param("id"), { limit: 1 });
      await recent.once(draft.form, () => send(site, { found, values, recent }));
      return c.redirect(`${found.path}?sent=${encodeURIComponent(draft.form)}#write`, 303);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      if (error.code === "locked") return locked(c, { draft, error });
      return show(c, { found: await read(c, site), tried: { draft, error } });
    }
  });
  app.post(ANSWER, async (c) => {
    const reply = (await readForm(c)).text("replyTo");
    return show(c, { found: await read(c, site), reply });
  });
  // A page that was got by a form is asked for so, too.
  app.get(ANSWER, (c) => {
    const id = encodeURIComponent(c.req.param("id"));
    return c.redirect(`/messages/${id}${new URL(c.req.url).search}`, 303);
  });
};

/** What was said, as much of it as is asked for. */
async function read(c: WebContext, site: Site): Promise<Conversation> {
  return await conversationWith(site, c.req.param("id") ?? "", {
    limit: LETTERS_ON_PAGE,
    before: c.req.query("before"),
    hidden: c.req.query("hidden") === "1",
  });
}

/** Sends it. Rejects with a `UserError` for what can't be sent, or not before something was agreed to. */
async function send({ owner }: Site, { found: { id: to, doubts, identities }, values, recent }: {
  readonly found: Conversation;
  readonly values: FormValues;
  readonly recent: RecentPosts;
}): Promise<string> {
  const { text, replyTo, agreed } = readLetterDraft(values);
  const as = speakerOf(values, identities);
  if (doubts.some((doubt) => !agreed.includes(doubt))) {
    throw new UserError("refused", `${NOTHING} Agree to what stands above the button, if you do.`);
  }
  const { attachments, notes } = await readUploads(values, { nothing: NOTHING, everybody: false });
  const { id } = await owner.call("send", {
    ...{ to, text, as, attachments },
    ...(replyTo === "" ? {} : { replyTo }),
  });
  recent.tell(id, { markup: [], files: notes });
  return id;
}

function show(c: WebContext, { found, tried, reply = "", notes = [] }: {
  readonly found: Conversation;
  readonly tried?: Tried;
  /** Message that is to be answered. */
  readonly reply?: string;
  /** What was taken out of files that were sent. */
  readonly notes?: readonly string[];
}): Promise<Response> {
  const session = c.get("session");
  const hidden = c.req.query("hidden") === "1";
  const { path, query, newest, known, letters, identities, doubts } = found;
  const toAnswer = answered(found, reply);
  const draft = tried?.draft ?? newLetterDraft({
    as: usualSpeaker(letters) ?? "",
    replyTo: toAnswer?.id ?? "",
  });
  return render(
    c,
    <Page
      title="Private conversation"
      heading={`Private: ${called(known)}`}
      session={session}
    >
      {tried === undefined ? null : <Failure tried={tried} />}
      {notes.map((note) => <Notice kind="done">{note}</Notice>)}
      {reply === "" || toAnswer !== undefined ? null : <Notice kind="error">{NOT_HERE}</Notice>}
      <Other found={found} hidden={hidden} />
      <Trying caughtUp={found.caughtUp} full={found.full} again={path + query} />
      <Letters found={found} live={!hidden && newest} />
      {newest || toAnswer !== undefined
        ? (
          <LetterForm
            {...{ path, identities, doubts, draft, session }}
            answered={answered(found, draft.replyTo)?.text ?? ""}
          />
        )
        : null}
    </Page>,
    tried === undefined ? 200 : 400,
  );
}

/** The keys were locked while it was written: nothing of that is lost. */
function locked(c: WebContext, tried: Tried): Promise<Response> {
  const session = c.get("session");
  return render(
    c,
    <Page title="Private conversation" session={session}>
      <Failure tried={tried} />
      <p>
        <a href="/keys" target="_blank">Unlock the keys</a>{" "}
        in another tab, then send: what you wrote is still here.
      </p>
      <LetterForm
        path={`/messages/${encodeURIComponent(c.req.param("id") ?? "")}`}
        identities={undefined}
        doubts={[]}
        draft={tried.draft}
        session={session}
      />
    </Page>,
    403,
  );
}

/** Only what belongs to the conversation is answered in it: its id would tell the other one of another. */
function answered({ letters }: Conversation, reply: string): LetterView | undefined {
  return letters.find(({ id }) => id === reply);
}

function Failure({ tried: { draft: { slots }, error } }: { readonly tried: Tried }): Html {
  return <Notice kind="error">{error.message + chooseAgain(slots)}</Notice>;
}

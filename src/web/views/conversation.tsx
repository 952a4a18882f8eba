/** One conversation: what was said privately with one person, in both directions. */
import { attempt } from "../attempt.ts";
import { called } from "../called.ts";
import { Letters, Other } from "../components/conversation.tsx";
import { type LetterDraft, LetterForm } from "../components/letter_form.tsx";
import { Notice } from "../components/notice.tsx";
import { speakerOf } from "../components/speaker.tsx";
import { type FormValues, readForm } from "../form.tsx";
import { type Html, Page, render } from "../layout.tsx";
import {
  type Conversation,
  conversationWith,
  LETTERS_AT_FIRST,
  MAX_LETTERS,
  usualSpeaker,
} from "../letters.ts";
import type { Site, View, WebContext } from "../site.ts";
import { Trying } from "./conversations.tsx";

/** A message that couldn't be sent. */
interface Tried {
  readonly draft: LetterDraft;
  /** Why; "" where only something has to be agreed to. */
  readonly message: string;
}

/** `GET` and `POST /messages/ID`; `?hidden=1` shows what blocks hide, `?all=1` more than the newest. */
export const conversation: View = (app, site) => {
  app.get("/messages/:id{g1[^/]+}", (c) => show(c, site));
  app.post("/messages/:id{g1[^/]+}", async (c) => {
    const form = await readForm(c);
    const to = c.req.param("id");
    const found = await conversationWith(site, { to, limit: 1 });
    const draft = draftOf(form);
    const open = found.doubts.filter((doubt) => !draft.agreed?.includes(doubt));
    if (open.length > 0) return show(c, site, { draft, message: "" });
    const sent = await attempt(() => send(site, { to, form, identities: found.identities }));
    if (!sent.done) return show(c, site, { draft, message: sent.message });
    return c.redirect(`/messages/${sent.value.to}#m-${sent.value.id}`, 303);
  });
};

async function send({ owner }: Site, { to, form, identities }: {
  readonly to: string;
  readonly form: FormValues;
  readonly identities: Conversation["identities"];
}): Promise<{ readonly id: string; readonly to: string }> {
  const replyTo = form.optional("replyTo");
  return await owner.call("send", {
    to,
    text: form.text("text"),
    as: speakerOf(form, identities),
    ...(replyTo === undefined ? {} : { replyTo }),
    attachments: [],
  });
}

async function show(c: WebContext, site: Site, tried?: Tried): Promise<Response> {
  const hidden = c.req.query("hidden") === "1";
  const found = await conversationWith(site, {
    to: c.req.param("id") ?? "",
    limit: c.req.query("all") === "1" ? MAX_LETTERS : LETTERS_AT_FIRST,
    hidden,
  });
  const session = c.get("session");
  const { id, known, letters, identities, doubts } = found;
  const draft = tried?.draft ?? {
    text: "",
    as: usualSpeaker(letters),
    replyTo: answered(found, c.req.query("reply")),
  };
  return render(
    c,
    <Page
      title="Private conversation"
      heading={`Private: ${called(known)}`}
      session={session}
    >
      <Failure tried={tried} />
      <Other found={found} hidden={hidden} />
      <Trying caughtUp={found.caughtUp} full={found.full} again={`/messages/${id}`} />
      <Letters found={found} live={!hidden} />
      <LetterForm
        to={id}
        identities={identities}
        doubts={doubts}
        draft={draft}
        session={session}
      />
    </Page>,
    tried === undefined ? 200 : 400,
  );
}

/** Only what belongs to the conversation is answered in it: its id would tell the other one of another. */
function answered({ letters }: Conversation, reply: string | undefined): string | undefined {
  return letters.some(({ id }) => id === reply) ? reply : undefined;
}

function draftOf(form: FormValues): LetterDraft {
  return {
    text: form.text("text"),
    as: form.optional("as"),
    replyTo: form.optional("replyTo"),
    agreed: form.all("agreed"),
  };
}

function Failure({ tried }: { readonly tried: Tried | undefined }): Html | null {
  if (tried === undefined) return null;
  return (
    <Notice kind="error">
      {tried.message === ""
        ? "Nothing was sent yet. Agree to what stands above the button, if you do."
        : tried.message}
    </Notice>
  );
}

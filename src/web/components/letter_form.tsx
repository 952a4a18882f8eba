/** Writing to one person alone, with what is private about that and what isn't. */
import type { IdentityView } from "../../node/api.ts";
import { MAX_PRIVATE_TEXT_POINTS } from "../../wire/limits.ts";
import { safeLine } from "../../text/safe_text.ts";
import { Form } from "../form.tsx";
import type { Html } from "../layout.tsx";
import type { Doubt, LetterDraft } from "../letter_draft.ts";
import type { Session } from "../sessions.ts";
import { CountedText } from "./counted_text.tsx";
import { FileFields } from "./file_fields.tsx";
import { Speaker } from "./speaker.tsx";

/** Characters that are shown of what is answered. */
const EXCERPT = 80;

const DOUBTS: Readonly<Record<Doubt, string>> = {
  revoked: "This identity was revoked: its key may be lost, or in somebody else's hands. Send it " +
    "all the same",
  first: "This is the first private message from here. I have read what is private about it and " +
    "what isn't",
  stranger:
    "You never wrote to this identity before. I have made sure that it is who I mean: a name " +
    "proves nothing, the whole g1… does",
};

/** The form, at `#write`. */
export function LetterForm({ path, identities, doubts, draft, answered = "", session }: {
  /** Path of the conversation. */
  readonly path: string;
  /** What is answered says. */
  readonly answered?: string;
  /** Own identities; `undefined` while the keys are locked. */
  readonly identities: readonly IdentityView[] | undefined;
  /** What is to be agreed to. */
  readonly doubts: readonly Doubt[];
  /** What stood in it. */
  readonly draft: LetterDraft;
  /** Whose browser it is. */
  readonly session: Session;
}): Html {
  const { text, as, replyTo, agreed, slots, asTheyAre, form } = draft;
  return (
    <section id="write" aria-label="Write">
      <h2>{replyTo === "" ? "Write" : "Answer"}</h2>
      <WhatIsPrivate open={doubts.includes("first")} />
      <Form action={path} session={session} files label="Private message">
        <input type="hidden" name="form" value={form === "" ? crypto.randomUUID() : form} />
        {identities === undefined
          ? <input type="hidden" name="as" value={as} />
          : <Speaker identities={identities} chosen={as} />}
        {replyTo === "" ? null : (
          <p class="hint">
            <input type="hidden" name="replyTo" value={replyTo} />
            It answers{" "}
            {answered === "" ? "an earlier message" : <q dir="auto">{excerpt(answered)}</q>}
          </p>
        )}
        <CountedText label="Message" text={text} most={MAX_PRIVATE_TEXT_POINTS} />
        <FileFields
          slots={slots}
          asTheyAre={asTheyAre}
          everybody={false}
        />
        {identities === undefined
          ? agreed.map((one) => <input type="hidden" name="agreed" value={one} />)
          : doubts.map((doubt) => <Agree doubt={doubt} agreed={agreed.includes(doubt)} />)}
        <button type="submit">Send privately</button>
      </Form>
    </section>
  );
}

function excerpt(text: string): string {
  const points = Array.from(safeLine(text));
  return points.length > EXCERPT ? `${points.slice(0, EXCERPT).join("")}…` : points.join("");
}

function Agree({ doubt, agreed }: { readonly doubt: Doubt; readonly agreed: boolean }): Html {
  return (
    <label class="check">
      <input type="checkbox" name="agreed" value={doubt} required checked={agreed} />
      {DOUBTS[doubt]}
    </label>
  );
}

/** What a private message is and isn't. */
function WhatIsPrivate({ open }: { readonly open: boolean }): Html {
  return (
    <details class="notice" open={open}>
      <summary>What is private about it, and what isn't</summary>
      <p>
        Everybody's node carries it, and only the two of you can read it: nobody else sees who
        wrote, to whom, or what, but for the hour and the size (of four).
      </p>
      <p>
        Whoever gets hold of the recipient's key later can read all that was kept of them (there is
        no forward secrecy yet), and whoever has yours can read what you get. The recipient is
        certain that it is from you, and can show it to others but not prove to them that you wrote
        it.
      </p>
      <p>
        Taking it back asks every node to drop it. That request leaves at a random moment within a
        day, so that nobody can tell by the times that both are yours; the recipient may have read
        it.
      </p>
    </details>
  );
}

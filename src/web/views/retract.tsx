/**
 * `/retract`: takes back an own message, as far as that can be done, after saying how far. Which one is
 * in no address: a browser keeps those, and only its author takes a message back.
 */
import type { Api, MessageView } from "../../node/api.ts";
import { Notice } from "../components/notice.tsx";
import { Post } from "../components/post.tsx";
import { Form, readForm } from "../form.tsx";
import { type Html, Page, render } from "../layout.tsx";
import type { View } from "../site.ts";

const WHAT_IT_CANT =
  "A retraction asks every node to drop the message. Whoever has seen or stored it may keep it, and " +
  "everybody can see for ever that this identity took something back.";
const LATER =
  "A private message is taken back by a retraction that your node sends at a random moment within a " +
  "day, so that nobody can tell by the times that both are yours. It must run unlocked then.";
const UNSENT = "What has certainly not left your node yet is simply not sent: nobody saw it.";

/** What became of it. */
const OUTCOMES = {
  unsent: "Taken back. It had not left your node: nobody has seen it.",
  sent:
    "The retraction goes out as a post does. Your own timeline is without the message from now on.",
  later: `It is taken back within a day. ${LATER}`,
} as const;

/** The routes of taking back. */
export const retract: View = (app, { owner }) => {
  app.post("/retract", async (c) => {
    const id = (await readForm(c)).text("id");
    const message = await owner.call("show", { id, hidden: true });
    const session = c.get("session");
    return render(
      c,
      <Page title="Take back" session={session}>
        <Preview message={message} />
        <p>{WHAT_IT_CANT}</p>
        <p>{UNSENT}</p>
        {message.kind === "private" ? <p>{LATER}</p> : null}
        <Form action="/retract/sure" session={session} label="Take back">
          <input type="hidden" name="id" value={message.id} />
          <button type="submit" class="danger">Take it back</button>
        </Form>
        <p>
          <a href="/">Leave it</a>
        </p>
      </Page>,
    );
  });
  app.post("/retract/sure", async (c) => {
    const done = await owner.call("retract", { id: (await readForm(c)).text("id") });
    return c.redirect(`/taken-back/${outcome(done)}`, 303);
  });
  app.get("/taken-back/:outcome{unsent|sent|later}", (c) =>
    render(
      c,
      <Page title="Taken back" session={c.get("session")}>
        <Notice kind="done">{said(c.req.param("outcome"))}</Notice>
        <p>
          <a href="/">Timeline</a>
        </p>
      </Page>,
    ));
};

function outcome({ id, due }: Api["retract"]["result"]): keyof typeof OUTCOMES {
  if (due !== undefined) return "later";
  return id === null ? "unsent" : "sent";
}

function said(outcome: string): string {
  return outcome === "unsent" || outcome === "later" ? OUTCOMES[outcome] : OUTCOMES.sent;
}

/** Of what isn't a post there is little to show. */
function Preview(
  { message }: { readonly message: MessageView & { readonly kind: string } },
): Html {
  const { kind } = message;
  if (kind === "status" || kind === "private") {
    return <Post message={message} acts={false} />;
  }
  return <p>{`This is a message of the kind “${kind}”.`}</p>;
}

/** Verifying somebody, and taking it back: in public, and for ever. */
import { attempt } from "../attempt.ts";
import { Notice } from "../components/notice.tsx";
import { Person } from "../components/person.tsx";
import { Speaker, speakerOf } from "../components/speaker.tsx";
import { Form, readForm } from "../form.tsx";
import { Page, render } from "../layout.tsx";
import { verifiers } from "../own.ts";
import type { Site, View, WebContext } from "../site.ts";
import { personPath } from "../paths.ts";

/** What is asked. */
interface Asked {
  /** Of whom. */
  readonly id: string;
  /** Whether a verification is to be taken back. */
  readonly back: boolean;
  /** Which own identity was chosen. */
  readonly as?: string;
  /** Why it was refused. */
  readonly message?: string;
}

/**
 * `POST /verify`, `POST /verify/sure`; with `back=1` a verification is taken back. Of whom is in no
 * address that the page leads to: beside what is public it would tell which identity is the owner's.
 * `/verify/ID` is for who types it.
 */
export const verify: View = (app, site) => {
  app.get(
    "/verify/:id",
    (c) => ask(c, site, { id: site.veil.read(c.req.param("id")), back: false }),
  );
  app.post("/verify", async (c) => {
    const form = await readForm(c);
    return ask(c, site, {
      id: form.text("id") || form.text("undo"),
      back: form.text("undo") !== "",
    });
  });
  app.post("/verify/sure", async (c) => {
    const form = await readForm(c);
    const id = form.text("id");
    const back = form.text("back") === "1";
    const identities = await site.owner.call("identities", {});
    const result = await attempt(async () => {
      const as = speakerOf(form, identities);
      return await site.owner.call(back ? "unverify" : "verify", { id, as });
    });
    if (!result.done) {
      return ask(c, site, { id, back, as: form.text("as"), message: result.message });
    }
    return c.redirect(personPath(result.value.id), 303);
  });
};

async function ask(
  c: WebContext,
  { owner }: Site,
  { id: given, back, as, message }: Asked,
): Promise<Response> {
  const identities = await owner.call("identities", {});
  const trust = await owner.call("trust", { id: given });
  const { id, name, suspicious, verified, revoked } = trust;
  const able = verifiers(identities, { of: trust, already: back });
  const session = c.get("session");
  return await render(
    c,
    <Page title={back ? "Take a verification back" : "Verify"} session={session}>
      {message === undefined ? null : <Notice kind="error">{message}</Notice>}
      <div class="card">
        <Person {...{ id, name, suspicious, verified }} revoked={revoked !== null} />
        <p>
          <code class="whole">{id}</code>
        </p>
      </div>
      <Notice kind="warning">{back ? BACK : FOR_EVER}</Notice>
      <Form action="/verify/sure" session={session} label={back ? "Take it back" : "Verify"}>
        <input type="hidden" name="id" value={id} />
        {back ? <input type="hidden" name="back" value="1" /> : null}
        <Speaker identities={able.length === 0 ? identities : able} chosen={as} />
        <button type="submit">
          {back ? "Take it back in public" : "Verify in public, for ever"}
        </button>
      </Form>
      <p>
        <a href={personPath(id)}>Don't</a>
      </p>
    </Page>,
    message === undefined ? 200 : 400,
  );
}

const FOR_EVER =
  "A verification says in public, for ever: this identity of yours is sure who that one is. Everybody can " +
  "see whom each identity verifies; whom you know in life can tell who you are. It can be withdrawn, but " +
  "not unsaid. Verify only whom you have made sure of: compare the whole g1… in person, or by a voice you " +
  "know. Nobody is asked for consent, and nobody is told.";

const BACK =
  "The withdrawal is public, too. Everybody counts the verification no more once it has come to " +
  "them; that it was said stays known.";

/** Entering the network by somebody's locator: what it would do is shown before anything is dialled. */
import { findLocators, type FoundLocator } from "../../wire/find_locators.ts";
import { formatIdentity } from "../../wire/ids.ts";
import { safeLine, safeText } from "../../text/safe_text.ts";
import { attempt } from "../attempt.ts";
import { Notice } from "../components/notice.tsx";
import { Person } from "../components/person.tsx";
import { Form, readForm } from "../form.tsx";
import { type Html, Page, render } from "../layout.tsx";
import type { Session } from "../sessions.ts";
import type { Site, View, WebContext } from "../site.ts";
import { joinPath } from "../paths.ts";

/** Most of a text that is looked through for a locator. */
const MAX_TEXT = 20_000;

/** `GET /join?locator=…`, veiled, and `POST /join/look` show it; `POST /join` does it. */
export const join: View = (app, site) => {
  app.get("/join", (c) => ask(c, site.veil.read(c.req.query("locator") ?? "")));
  app.post("/join/look", async (c) => ask(c, (await readForm(c)).text("locator")));
  // A page that was got by a form is asked for so, too.
  app.get("/join/look", (c) => c.redirect("/join", 303));
  app.post("/join", async (c) => {
    const form = await readForm(c);
    const locator = form.text("locator");
    const [follow, starters] = [form.text("follow") === "1", form.text("starters") === "1"];
    const done = await attempt(() => site.owner.call("join", { locator, follow, starters }));
    if (!done.done) return await ask(c, locator, done.message);
    return await joined(c, site, done.value);
  });
};

async function ask(c: WebContext, given: string, message?: string): Promise<Response> {
  const session = c.get("session");
  const text = given.slice(0, MAX_TEXT);
  const { found, reason } = findLocators(text);
  const [only, ...others] = found;
  const problem = message ??
    (text.trim() === "" || only !== undefined
      ? undefined
      : `There is no locator in that${reason === undefined ? "" : `: ${safeLine(reason)}`}.`);
  return await render(
    c,
    <Page title="Join" path="/join" session={session}>
      {problem === undefined ? null : <Notice kind="error">{problem}</Notice>}
      {only === undefined
        ? <Paste text={text} session={session} />
        : others.length > 0
        ? <Choice found={found} />
        : <Named found={only} session={session} />}
    </Page>,
    problem === undefined ? 200 : 400,
  );
}

/** A text can hold several, and where one ends can be open. */
function Choice({ found }: { readonly found: readonly FoundLocator[] }): Html {
  return (
    <>
      <p>There is more than one in that. Which one?</p>
      <ul class="plain">
        {found.map(({ text }) => (
          <li>
            <a href={joinPath(text)}>
              <code>{text}</code>
            </a>
          </li>
        ))}
      </ul>
    </>
  );
}

function Paste({ text, session }: { readonly text: string; readonly session: Session }): Html {
  return (
    <Form action="/join/look" session={session}>
      <label>
        Locator
        <small>
          A g: URL, or a text with one. Nothing is dialled before you have seen what it names.
        </small>
        <textarea name="locator" rows={4} required spellcheck={false}>
          {`\n${safeText(text)}`}
        </textarea>
      </label>
      <button type="submit">Look at it</button>
    </Form>
  );
}

function Named({ found, session }: {
  readonly found: FoundLocator;
  readonly session: Session;
}): Html {
  const { addresses, identities, starters, network } = found.locator;
  return (
    <Form action="/join" session={session} label="Join">
      <input type="hidden" name="locator" value={found.text} />
      <p>
        {`It is for the network "${safeLine(network)}" and names ` +
          (addresses.length === 0 ? "no node." : `${addresses.length} nodes to enter by. `)}
        {addresses.length === 0 ? null : "They will see this machine's address."}
      </p>
      {identities.length === 0 ? null : (
        <fieldset>
          <legend>It names</legend>
          <People ids={identities.map(({ key }) => formatIdentity(key))} />
          <label class="check">
            <input type="checkbox" name="follow" value="1" /> Follow them
          </label>
        </fieldset>
      )}
      {starters.length === 0 ? null : (
        <fieldset>
          <legend>For new people it proposes</legend>
          <People ids={starters.map(formatIdentity)} />
          <label class="check">
            <input type="checkbox" name="starters" value="1" /> Follow them, too
          </label>
        </fieldset>
      )}
      <p class="hint">Whom you follow is told to nobody.</p>
      <button type="submit">Join</button>
    </Form>
  );
}

function People({ ids }: { readonly ids: readonly string[] }): Html {
  return (
    <ul class="plain">
      {ids.map((id) => (
        <li>
          <Person id={id} name="" />
        </li>
      ))}
    </ul>
  );
}

async function joined(
  c: WebContext,
  { owner }: Site,
  { addresses, followed }: {
    readonly addresses: readonly string[];
    readonly followed: readonly string[];
  },
): Promise<Response> {
  const { peers } = await owner.call("status", {});
  return await render(
    c,
    <Page title="Joined" path="/join" session={c.get("session")}>
      <Notice kind="done">
        {addresses.length === 0
          ? "The locator names no node that can be dialled from here."
          : `These nodes are tried now: ${addresses.map(safeLine).join(", ")}`}
      </Notice>
      {followed.length === 0 ? null : (
        <>
          <h2>You follow now</h2>
          <People ids={followed} />
        </>
      )}
      <p>
        {`${peers} known so far. `}
        <a href="/peers">See the peers</a> or <a href="/">go on to the timeline</a>.
      </p>
    </Page>,
  );
}

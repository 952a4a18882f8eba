/** Whom to write to. */
import type { FollowView } from "../../node/api.ts";
import { attempt } from "../attempt.ts";
import { called } from "../called.ts";
import { Notice } from "../components/notice.tsx";
import { PEOPLE_ON_PAGE } from "../components/pager.tsx";
import { Person } from "../components/person.tsx";
import { Form, readForm } from "../form.tsx";
import { type Html, Page, render } from "../layout.tsx";
import type { Site, View, WebContext } from "../site.ts";
import { conversationPath } from "../paths.ts";

/** `GET` and `POST /messages/new`, which leads to the conversation. */
export const letterNew: View = (app, site) => {
  app.get("/messages/new", (c) => ask(c, site));
  app.post("/messages/new", async (c) => {
    const to = (await readForm(c)).text("to").trim();
    const found = await attempt(() => site.owner.call("recipient", { to }));
    if (!found.done) return ask(c, site, { to, message: found.message });
    return c.redirect(`${conversationPath(found.value.id)}#write`, 303);
  });
};

async function ask(
  c: WebContext,
  { owner }: Site,
  tried?: { readonly to: string; readonly message: string },
): Promise<Response> {
  const session = c.get("session");
  const follows = await owner.call("following", {});
  return await render(
    c,
    <Page title="Write to somebody" session={session}>
      {tried === undefined ? null : <Notice kind="error">{tried.message}</Notice>}
      <Form action="/messages/new" session={session} label="Whom to write to">
        <label>
          To
          <small>The whole identity, g1…: a name could be anybody's.</small>
          <input name="to" value={tried?.to ?? ""} required spellcheck={false} />
        </label>
        <button type="submit">Go on</button>
      </Form>
      <Followed follows={follows} />
    </Page>,
    tried === undefined ? 200 : 400,
  );
}

function Followed({ follows }: {
  readonly follows: readonly FollowView[];
}): Html | null {
  if (follows.length === 0) return null;
  const some = follows.slice(0, PEOPLE_ON_PAGE);
  return (
    <>
      <h2>People you follow</h2>
      <ul class="plain">
        {some.map((one) => (
          <li class="card">
            <Person {...one} revoked={one.revoked !== undefined} />
            <p>
              <a class="button quiet" href={`${conversationPath(one.id)}#write`}>
                Write<span class="hidden">{` to ${called(one)}`}</span>
              </a>
            </p>
          </li>
        ))}
      </ul>
      {follows.length > some.length
        ? (
          <p>
            <a href="/following">All of them</a>
          </p>
        )
        : null}
    </>
  );
}

/** The owner's own profile, which is public. */
import type { IdentityView, ProfileView } from "../../node/api.ts";
import { MAX_BIO_POINTS, MAX_LINK_BYTES, MAX_NAME_POINTS } from "../../wire/limits.ts";
import { safeLine, safeText } from "../../text/safe_text.ts";
import { attempt } from "../attempt.ts";
import { called } from "../called.ts";
import { Notice } from "../components/notice.tsx";
import { Speaker, speakerOf } from "../components/speaker.tsx";
import { Form, type FormValues, readForm } from "../form.tsx";
import { type Html, Page, render } from "../layout.tsx";
import type { Session } from "../sessions.ts";
import type { View, WebContext } from "../site.ts";
import { personPath } from "../paths.ts";

/** What a profile consists of. */
type Fields = Pick<ProfileView, "name" | "bio" | "link">;

/**
 * `GET` and `POST /profile/edit`; of several identities `POST /profile/edit/whose` says which. It is in no
 * address: browsers keep those, and this one would name an identity of the owner's.
 */
export const profileEdit: View = (app, site) => {
  const { owner } = site;
  const begin = async (c: WebContext, id: string | undefined): Promise<Response> => {
    const identities = await owner.call("identities", {});
    const mine = identities.find((one) => one.id === id) ??
      (identities.length === 1 ? identities[0] : undefined);
    if (mine === undefined) return choose(c, identities);
    return edit(c, { mine, fields: safe(await owner.call("profile-show", { id: mine.id })) });
  };
  app.get("/profile/edit", (c) => begin(c, undefined));
  app.post("/profile/edit/whose", async (c) => begin(c, (await readForm(c)).text("as")));
  app.post("/profile/edit", async (c) => {
    const form = await readForm(c);
    const identities = await owner.call("identities", {});
    const as = speakerOf(form, identities);
    const mine = identities.find(({ id }) => id === as);
    if (mine === undefined) return choose(c, identities);
    const fields = fieldsOf(form);
    const result = await attempt(async () => {
      const before = await owner.call("profile-show", { id: as });
      const changed = changes(safe(before), fields);
      // Nothing is said in public for nothing.
      if (Object.keys(changed).length > 0) await owner.call("profile-set", { as, ...changed });
    });
    if (!result.done) return edit(c, { mine, fields, message: result.message });
    return c.redirect(personPath(as), 303);
  });
};

/** Asks whose profile is meant. */
function choose(
  c: WebContext,
  identities: readonly IdentityView[],
): Response | Promise<Response> {
  return render(
    c,
    <Page title="Edit a profile" session={c.get("session")}>
      {identities.length === 0
        ? (
          <p>
            There is no identity here yet. <a href="/keys">Keys and identities</a>
          </p>
        )
        : (
          <Form action="/profile/edit/whose" session={c.get("session")} label="Whose profile?">
            <Speaker identities={identities} legend="Whose profile?" />
            <button type="submit">Go on</button>
          </Form>
        )}
    </Page>,
  );
}

async function edit(c: WebContext, { mine, fields, message }: {
  readonly mine: IdentityView;
  readonly fields: Fields;
  readonly message?: string;
}): Promise<Response> {
  const session = c.get("session");
  return await render(
    c,
    <Page title="Edit a profile" session={session}>
      {message === undefined ? null : <Notice kind="error">{message}</Notice>}
      <Notice kind="warning">
        A profile is public: everybody can read its name, bio and link, and when they were changed.
        It goes out now and again with each post; others keep copies for ever, and nothing calls
        them back. Several identities of yours with the same words can be told to be one person's.
      </Notice>
      <EditForm mine={mine} fields={fields} session={session} />
    </Page>,
    message === undefined ? 200 : 400,
  );
}

function EditForm({ mine, fields: { name, bio, link }, session }: {
  readonly mine: IdentityView;
  readonly fields: Fields;
  readonly session: Session;
}): Html {
  return (
    <Form action="/profile/edit" session={session} label="Profile">
      <input type="hidden" name="as" value={mine.id} />
      <p>
        The public profile of <bdi class="name">{called(mine)}</bdi>{" "}
        <code class="whole">{mine.id}</code>
      </p>
      <label>
        Name
        <small>
          {`At most ${MAX_NAME_POINTS} characters; empty for none. Your own name for this identity stays private.`}
        </small>
        <input name="name" value={name} maxlength={2 * MAX_NAME_POINTS} dir="auto" />
      </label>
      <label>
        About
        <small>{`At most ${MAX_BIO_POINTS} characters`}</small>
        <textarea name="bio" rows={4} dir="auto">{`\n${bio}`}</textarea>
      </label>
      <label>
        Link
        <small>{`At most ${MAX_LINK_BYTES} bytes`}</small>
        <input name="link" value={link} inputmode="url" />
      </label>
      <button type="submit">Publish for everybody</button>
    </Form>
  );
}

/** As it can stand in a field: another program with the same key may have set it. */
function safe({ name, bio, link }: Fields): Fields {
  return { name: safeLine(name), bio: safeText(bio), link: safeLine(link) };
}

function fieldsOf(form: FormValues): Fields {
  return { name: form.text("name"), bio: form.text("bio"), link: form.text("link") };
}

function changes(before: Fields, after: Fields): Partial<Fields> {
  return {
    ...(after.name === before.name ? {} : { name: after.name }),
    ...(after.bio === before.bio ? {} : { bio: after.bio }),
    ...(after.link === before.link ? {} : { link: after.link }),
  };
}

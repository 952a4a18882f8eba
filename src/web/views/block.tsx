/** Blocking and unblocking: what it would meet is shown before it is done. */
import type { Api } from "../../node/api.ts";
import { attempt } from "../attempt.ts";
import { called } from "../called.ts";
import { BlockForm } from "../components/block_form.tsx";
import { Notice } from "../components/notice.tsx";
import { Person } from "../components/person.tsx";
import { ErrorPage } from "../error_page.tsx";
import { Form, readForm } from "../form.tsx";
import { type Html, Page, render } from "../layout.tsx";
import { idsIn } from "../named_ids.ts";
import type { Session } from "../sessions.ts";
import type { Site, View, WebContext } from "../site.ts";
import { personPath, veiled } from "../paths.ts";

/** Most who are shown and named one by one. */
const MAX_SHOWN = 20;

/** What a block would meet. */
type Plan = Api["block"]["result"];

/** `POST /block`, `POST /unblock`: whom is in no address, since browsers keep those. */
export const block: View = (app, site) => {
  const { owner } = site;
  app.post("/block", async (c) => {
    const form = await readForm(c);
    const text = form.text("ids");
    const ids = idsIn(text);
    if (form.text("sure") !== "1" || ids.length === 0) return preview(c, site, text);
    const unfollow = form.text("unfollow") === "1";
    const result = await attempt(() => owner.call("block", { ids, unfollow }));
    if (!result.done) return preview(c, site, text, result.message);
    const named = result.value.blocked.slice(0, MAX_SHOWN).map(({ id }) => id);
    return c.redirect(`/blocks?new=${veiled(named.join(" "))}`, 303);
  });
  app.post("/unblock", async (c) => {
    const id = (await readForm(c)).text("id");
    const result = await attempt(() => owner.call("unblock", { id }));
    if (!result.done) {
      return render(c, <ErrorPage session={c.get("session")} message={result.message} />, 400);
    }
    // Their page says whether they are shown again, and if not, because of whom.
    return c.redirect(`${personPath(result.value.id)}?unblocked=1`, 303);
  });
};

/** Shows what blocking would mean; nothing is changed. */
async function preview(
  c: WebContext,
  { owner }: Site,
  text: string,
  refused?: string,
): Promise<Response> {
  const session = c.get("session");
  const ids = idsIn(text);
  const plan = await attempt(() => owner.call("block", { ids, check: true }));
  const message = plan.done ? refused ?? (ids.length === 0 ? NOBODY : undefined) : plan.message;
  return render(
    c,
    <Page title="Block" session={session}>
      {message === undefined ? null : <Notice kind="error">{message}</Notice>}
      {plan.done && ids.length > 0
        ? <Means plan={plan.value} ids={ids} session={session} />
        : <BlockForm session={session} ids={text} />}
    </Page>,
    message === undefined ? 200 : 400,
  );
}

const NOBODY = "There is no identity: give one as g1…. Nobody was blocked.";

function Means({ plan, ids, session }: {
  readonly plan: Plan;
  readonly ids: readonly string[];
  readonly session: Session;
}): Html {
  const { blocked, already, own, followed, room } = plan;
  const more = blocked.length - MAX_SHOWN;
  const followedNames = blocked.filter(({ id }) => followed.includes(id)).map(called);
  return (
    <>
      <ul class="plain">
        {blocked.slice(0, MAX_SHOWN).map((one) => (
          <li class="card">
            <Person {...one} />
            <p class="whole">
              <code>{one.id}</code>
            </p>
          </li>
        ))}
      </ul>
      {more > 0 ? <p>{`And ${more} more.`}</p> : null}
      <p>
        Nothing more by them is shown, old or new: no posts, mentions, private messages, nor what
        others quote of them. They aren't told, and your node still passes on what they say, so that
        nobody can tell whom you block. Whoever three blocked identities verify is hidden, too.
      </p>
      {already > 0 ? <p>{`${already} of them you had blocked before.`}</p> : null}
      {own.length > 0
        ? <Notice kind="error">That is your own identity. It can't be blocked.</Notice>
        : room < 0
        ? (
          <Notice kind="error">
            {`There is no room for so many blocks: ${-room} too many. Nobody was blocked.`}
          </Notice>
        )
        : (
          <Form action="/block" session={session} label="Block them">
            <input type="hidden" name="ids" value={ids.join(" ")} />
            <input type="hidden" name="sure" value="1" />
            {followed.length > 0
              ? (
                <label class="check">
                  <input type="checkbox" name="unfollow" value="1" required />
                  <span>
                    {`You follow ${
                      list(followedNames)
                    }. Stop following, and forget your name for them`}
                  </span>
                </label>
              )
              : null}
            <button type="submit" class="danger">Block</button>
          </Form>
        )}
      <p>
        <a href="/blocks">Back to the blocks</a>
      </p>
    </>
  );
}

function list(names: readonly string[]): string {
  const more = names.length - MAX_SHOWN;
  return `${names.slice(0, MAX_SHOWN).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

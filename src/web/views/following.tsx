/** Whom the owner follows: private, and told to nobody. */
import type { FollowView } from "../../node/api.ts";
import { safeLine } from "../../text/safe_text.ts";
import { called } from "../called.ts";
import { Notice } from "../components/notice.tsx";
import { pageNumber, Pager, PEOPLE_ON_PAGE, pieceOf } from "../components/pager.tsx";
import { Person } from "../components/person.tsx";
import { NAME_FIELD } from "../components/person_actions.tsx";
import { Revoked } from "../components/revoked.tsx";
import { Form } from "../form.tsx";
import { type Html, Page, render } from "../layout.tsx";
import type { Session } from "../sessions.ts";
import type { Site, View, WebContext } from "../site.ts";
import { idsIn, starterCount } from "../named_ids.ts";

/** What the form was filled in with, and why it was refused. */
export interface FollowTried {
  /** What stood in it. */
  readonly target: string;
  /** The petname. */
  readonly name: string;
  /** Why nothing was changed. */
  readonly message: string;
}

/** `/following`; `?new=…` says, veiled, who was added last. */
export const following: View = (app, site) => {
  app.get("/following", (c) => showFollowing(c, site));
};

/** The list, with the form above it. */
export async function showFollowing(
  c: WebContext,
  { owner, veil }: Site,
  tried?: FollowTried,
): Promise<Response> {
  const all = await owner.call("following", {});
  const known = new Set(all.map(({ id }) => id));
  const added = new Set(idsIn(veil.read(c.req.query("new") ?? "")));
  const number = pageNumber(c.req.query("page"));
  const session = c.get("session");
  return render(
    c,
    <Page title="Following" path="/following" session={session}>
      {tried === undefined ? null : <Notice kind="error">{tried.message}</Notice>}
      <Added follows={all.filter(({ id }) => added.has(id))} />
      <FollowForm session={session} tried={tried} />
      <h2>{`You follow ${all.length}`}</h2>
      <p class="hint">
        This list is yours alone: it is kept sealed and told to nobody, not even to those who are on
        it.
      </p>
      <ul class="plain">
        {pieceOf(all, number).map((follow) => (
          <Followed follow={follow} session={session} page={number} known={known} />
        ))}
      </ul>
      {all.length === 0 ? <p>You follow nobody yet.</p> : null}
      <Pager number={number} length={all.length} path="/following" />
    </Page>,
    tried === undefined ? 200 : 400,
  );
}

function Added({ follows }: { readonly follows: readonly FollowView[] }): Html | null {
  if (follows.length === 0) return null;
  const names = follows.slice(0, PEOPLE_ON_PAGE).map(called).join(", ");
  return <Notice kind="done">{`Now following: ${names}`}</Notice>;
}

function FollowForm(
  { session, tried }: { readonly session: Session; readonly tried: FollowTried | undefined },
): Html {
  const starters = starterCount(tried?.target ?? "");
  return (
    <Form action="/follow" session={session} label="Follow somebody">
      <label>
        Follow
        <small>An identity (g1…), or a locator (g:?…) that names some</small>
        <textarea name="target" rows={2} required spellcheck={false}>
          {tried?.target ?? ""}
        </textarea>
      </label>
      <label>
        Your name for them
        <small>
          Yours alone, told to nobody, and shown instead of what they call themselves. For one
          identity; may be left empty.
        </small>
        <input name="name" value={tried?.name ?? ""} maxlength={NAME_FIELD} dir="auto" />
      </label>
      <label class="check">
        <input type="checkbox" name="starters" value="1" />
        {starters > 0
          ? `Also those on the locator's starter list (${starters})`
          : "Also those on a locator's starter list"}
      </label>
      <button type="submit">Follow</button>
    </Form>
  );
}

function Followed({ follow, session, page, known }: {
  readonly follow: FollowView;
  readonly session: Session;
  readonly page: number;
  /** Everybody who is followed. */
  readonly known: ReadonlySet<string>;
}): Html {
  const { id, petname, claimed, revoked } = follow;
  const heir = revoked?.fits ? revoked.successor : null;
  const field = `petname-${id}`;
  const who = called(follow);
  return (
    <li class="card">
      <Person {...follow} revoked={revoked !== undefined} />
      {petname !== "" && claimed !== "" && claimed !== petname
        ? (
          <p class="hint">
            calls itself <bdi>{called({ id, name: claimed })}</bdi>
          </p>
        )
        : null}
      {revoked === undefined ? null : <Revoked revoked={revoked} />}
      {heir === null || known.has(heir) ? null : <Succeed id={id} session={session} />}
      <div class="actions">
        <Form action="/follow" session={session} class="inline">
          <input type="hidden" name="target" value={id} />
          <input type="hidden" name="rename" value="1" />
          <input type="hidden" name="page" value={page} />
          <label class="hidden" for={field}>{`Your name for ${who}`}</label>
          <input
            id={field}
            name="name"
            value={safeLine(petname)}
            maxlength={NAME_FIELD}
            placeholder="Your name"
          />
          <button type="submit" class="quiet">Save name</button>
        </Form>
        <Form action="/unfollow" session={session} class="inline">
          <input type="hidden" name="id" value={id} />
          <button type="submit" class="quiet">
            Unfollow<span class="hidden">{` ${who}`}</span>
          </button>
        </Form>
      </div>
    </li>
  );
}

function Succeed({ id, session }: { readonly id: string; readonly session: Session }): Html {
  return (
    <Form action="/follow" session={session} class="inline">
      <input type="hidden" name="target" value={id} />
      <input type="hidden" name="successor" value="1" />
      <button type="submit">Follow the successor, under your name for them</button>
    </Form>
  );
}

/** The owner's locator: what others join the network by, and find them. */
import type { Api, IdentityView } from "../../node/api.ts";
import { safeLine } from "../../text/safe_text.ts";
import { shortIdentity } from "../../text/short_identity.ts";
import { called } from "../called.ts";
import { attempt } from "../attempt.ts";
import { Notice } from "../components/notice.tsx";
import { QrCode } from "../components/qr_code.tsx";
import { Form, readForm } from "../form.tsx";
import { type Html, Page, render } from "../layout.tsx";
import { ownViews } from "../own.ts";
import { idsIn } from "../named_ids.ts";
import type { Session } from "../sessions.ts";
import type { Site, View, WebContext } from "../site.ts";

/** What a locator is to name. */
interface Wish {
  /** Own identities, `g1…`; undefined as long as nobody was asked. */
  readonly chosen?: readonly string[];
  /** No identity at all. */
  readonly none: boolean;
  /** Addresses in place of the node's, as they were written. */
  readonly addresses: string;
  /** Whom new people could follow, as they were written. */
  readonly starters: string;
}

/**
 * `/invite`, and `POST /invite` with wishes, which tell whose identities are the owner's: they are in no
 * address. Of several identities none is named unless it is chosen: who sees two in one locator knows that
 * they belong together.
 */
export const invite: View = (app, site) => {
  app.get("/invite", (c) => {
    return show(c, site, { none: false, addresses: "", starters: "" });
  });
  app.post("/invite", async (c) => {
    const form = await readForm(c);
    return await show(c, site, {
      ...{ chosen: form.all("identity"), none: form.text("none") === "1" },
      ...{ addresses: form.text("addresses"), starters: form.text("starters") },
    });
  });
};

async function show(c: WebContext, site: Site, wish: Wish): Promise<Response> {
  const own = await ownViews(site);
  const { chosen, addresses, starters } = wish;
  const noIdentity = wish.none ||
    (chosen === undefined ? own.length > 1 : own.length > 0 && chosen.length === 0);
  const made = await attempt(() =>
    site.owner.call("locator", {
      identities: noIdentity ? [] : chosen ?? [],
      noIdentity,
      addresses: idsIn(addresses),
      starters: idsIn(starters),
    })
  );
  const session = c.get("session");
  return await render(
    c,
    <Page title="Invite" path="/invite" session={session}>
      {made.done
        ? <Locator made={made.value} noIdentity={noIdentity} />
        : <Notice kind="error">{made.message}</Notice>}
      <h2>Another one</h2>
      <Wishes own={own} wish={wish} noIdentity={noIdentity} session={session} />
    </Page>,
  );
}

function Wishes({ own, wish: { chosen = [], addresses, starters }, noIdentity, session }: {
  readonly own: readonly IdentityView[];
  readonly wish: Wish;
  readonly noIdentity: boolean;
  readonly session: Session;
}): Html {
  return (
    <Form action="/invite" session={session}>
      <fieldset>
        <legend>Whom it names</legend>
        {own.map((identity) => (
          <label class="check">
            <input
              type="checkbox"
              name="identity"
              value={identity.id}
              checked={!noIdentity && (own.length === 1 || chosen.includes(identity.id))}
            />
            <span>
              <bdi>{called(identity)}</bdi> <code class="id">{shortIdentity(identity.id)}</code>
            </span>
          </label>
        ))}
        <label class="check">
          <input type="checkbox" name="none" value="1" checked={noIdentity} />
          Nobody: only the way into the network
        </label>
        {own.length > 1
          ? (
            <small>
              Whoever sees two of yours in one locator knows that they belong together.
            </small>
          )
          : null}
      </fieldset>
      <label>
        These addresses instead
        <small>
          host:port, several with spaces; empty: those that the node knows of itself.
        </small>
        <input name="addresses" value={addresses} spellcheck={false} />
      </label>
      <label>
        Whom new people could begin with following
        <small>g1… of others; you vouch for nobody by that.</small>
        <textarea name="starters" rows={2} spellcheck={false}>{`\n${starters}`}</textarea>
      </label>
      <button type="submit" class="quiet">Make it</button>
    </Form>
  );
}

function Locator(
  { made, noIdentity }: { readonly made: Api["locator"]["result"]; readonly noIdentity: boolean },
): Html {
  const { locator, addresses, identities, known } = made;
  return (
    <>
      <p>
        Whoever gets this can reach your node
        {identities.length > 0 ? ", and knows that these identities are at home there" : ""}. Give
        it only to whom you would tell that.
      </p>
      {addresses.length === 0
        ? <Notice kind="warning">It names no address: nobody can join by it yet.</Notice>
        : null}
      {identities.length === 0 && !noIdentity
        ? (
          <Notice kind="warning">
            It names no identity: the keys are locked, or there are none.
          </Notice>
        )
        : null}
      <pre class="locator" tabindex={0} aria-label="Locator">{safeLine(locator)}</pre>
      <QrCode locator={locator} />
      {known.length === 0 ? null : (
        <>
          <h2>Addresses of this node</h2>
          <ul>
            {known.map(({ address, used, why }) => (
              <li>
                <code>{safeLine(address)}</code> {used ? "is in it" : "is not in it"}:{" "}
                {safeLine(why)}
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

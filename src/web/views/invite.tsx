/** The owner's locator: what others join the network by, and find them. */
import type { Api } from "../../node/api.ts";
import { safeLine } from "../../text/safe_text.ts";
import { shortIdentity } from "../../text/short_identity.ts";
import { called } from "../called.ts";
import { attempt } from "../attempt.ts";
import { Notice } from "../components/notice.tsx";
import { QrCode } from "../components/qr_code.tsx";
import { type Html, Page, render } from "../layout.tsx";
import { ownViews } from "../own.ts";
import { idsIn } from "../named_ids.ts";
import type { View } from "../site.ts";

/**
 * `/invite`; `identity` names own ones, `none=1` names none, `addresses` and `starters` are lists by hand.
 * Of several identities none is named unless it is chosen: who sees two in one locator knows that they
 * belong together.
 */
export const invite: View = (app, site) => {
  const { owner } = site;
  app.get("/invite", async (c) => {
    const own = await ownViews(site);
    const chosen = c.req.queries("identity") ?? [];
    const noIdentity = c.req.query("none") === "1" || (own.length > 1 && chosen.length === 0);
    const [addresses, starters] = [c.req.query("addresses") ?? "", c.req.query("starters") ?? ""];
    const made = await attempt(() =>
      owner.call("locator", {
        identities: noIdentity ? [] : chosen,
        noIdentity,
        addresses: idsIn(addresses),
        starters: idsIn(starters),
      })
    );
    return await render(
      c,
      <Page title="Invite" path="/invite" session={c.get("session")}>
        {made.done
          ? <Locator made={made.value} noIdentity={noIdentity} />
          : <Notice kind="error">{made.message}</Notice>}
        <h2>Another one</h2>
        <form method="get" action="/invite">
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
        </form>
      </Page>,
    );
  });
};

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

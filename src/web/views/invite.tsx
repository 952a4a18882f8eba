/** The owner's locator: what others join the network by, and find them. */
import type { Api } from "../../node/api.ts";
import { safeLine } from "../../text/safe_text.ts";
import { attempt } from "../attempt.ts";
import { Notice } from "../components/notice.tsx";
import { QrCode } from "../components/qr_code.tsx";
import { type Html, Page, render } from "../layout.tsx";
import { idsIn } from "../named_ids.ts";
import type { View } from "../site.ts";

/** `/invite`; `named=0` names no identity, `addresses` and `starters` are lists by hand. */
export const invite: View = (app, { owner }) => {
  app.get("/invite", async (c) => {
    const noIdentity = c.req.query("named") === "0";
    const [addresses, starters] = [c.req.query("addresses") ?? "", c.req.query("starters") ?? ""];
    const made = await attempt(() =>
      owner.call("locator", {
        identities: [],
        noIdentity,
        addresses: [...idsIn(addresses)],
        starters: [...idsIn(starters)],
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
          <label class="check">
            <input type="checkbox" name="named" value="0" checked={noIdentity} />
            Name no identity of yours: only the way into the network
          </label>
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

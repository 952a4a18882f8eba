/** Why somebody counts as verified. */
import type { TrustView } from "../../node/api.ts";
import { safeLine } from "../../text/safe_text.ts";
import { called } from "../called.ts";
import { attempt } from "../attempt.ts";
import { Notice } from "../components/notice.tsx";
import { Person } from "../components/person.tsx";
import { Revoked } from "../components/revoked.tsx";
import { TrustGraph } from "../components/trust_graph.tsx";
import { Form, readForm } from "../form.tsx";
import { type Html, Page, render } from "../layout.tsx";
import type { Session } from "../sessions.ts";
import type { View, WebContext } from "../site.ts";
import { personPath, trustPath } from "../paths.ts";

/** `/trust`, `/trust/ID`, `POST /trust` for who is looked up by hand, and `POST /trust/limit`. */
export const trust: View = (app, { owner, veil }) => {
  const show = async (c: WebContext, looked?: { id: string; error: string }): Promise<Response> => {
    const following = await owner.call("following", {});
    const [own] = await owner.call("identities", {});
    const limit = own === undefined
      ? null
      : (await owner.call("trust", { id: own.id })).maxDistance;
    return await render(
      c,
      <Page title="Trust" path="/trust" session={c.get("session")}>
        {looked === undefined ? null : <Notice kind="error">{looked.error}</Notice>}
        <p>
          Verified is who is yours (distance 0), whom you verified (1), and whom three verified ones
          did (1 more than the farthest of the nearest three).
        </p>
        <Form action="/trust" session={c.get("session")} label="Look somebody up">
          <label>
            Look somebody up{" "}
            <input
              name="id"
              value={safeLine(looked?.id ?? "")}
              required
              spellcheck={false}
              placeholder="g1…"
            />
          </label>
          <button type="submit">Look</button>
        </Form>
        <Limit session={c.get("session")} max={`${limit ?? ""}`} />
        {following.length === 0 ? null : <h2>Whom you follow</h2>}
        <ul class="plain">
          {following.map((one) => (
            <li>
              <Person {...one} revoked={one.revoked !== undefined} />{" "}
              <a href={trustPath(one.id)}>
                Why<span class="hidden">{called(one)} counts as verified or not</span>
              </a>
            </li>
          ))}
        </ul>
      </Page>,
      looked === undefined ? 200 : 400,
    );
  };
  app.get("/trust", (c) => show(c));
  app.get("/trust/:id", async (c) => {
    const view = await owner.call("trust", { id: veil.read(c.req.param("id")) });
    return await render(
      c,
      <Page title="Why somebody is trusted" session={c.get("session")}>
        <Why view={view} />
      </Page>,
    );
  });
  app.post("/trust", async (c) => {
    const id = (await readForm(c)).text("id").trim();
    if (id === "") return c.redirect("/trust", 303);
    const found = await attempt(() => owner.call("trust", { id }));
    return found.done
      ? c.redirect(trustPath(found.value.id), 303)
      : await show(c, { id, error: found.message });
  });
  app.post("/trust/limit", async (c) => {
    const text = (await readForm(c)).text("max").trim();
    const maxDistance = text === "" ? 0 : /^\d{1,4}$/.test(text) ? Number(text) : -1;
    const set = await attempt(() => owner.call("trust-limit", { maxDistance }));
    if (set.done) return c.redirect("/trust", 303);
    return await render(
      c,
      <Page title="Trust" path="/trust" session={c.get("session")}>
        <Notice kind="error">{set.message}</Notice>
        <Limit session={c.get("session")} max={text} />
      </Page>,
      400,
    );
  });
};

function Limit({ session, max = "" }: { readonly session: Session; readonly max?: string }): Html {
  return (
    <Form action="/trust/limit" session={session} label="How far trust reaches">
      <label>
        Count nobody who is farther away than
        <small>1 to 1,000; empty for any distance. Told to nobody.</small>
        <input name="max" inputmode="numeric" value={max} />
      </label>
      <button type="submit" class="quiet">Set</button>
    </Form>
  );
}

function Why({ view }: { readonly view: TrustView }): Html {
  const { id, verified, distance, because, verifiedBy, trusted, revoked, maxDistance } = view;
  const limit = maxDistance === null ? "" : ` You let it count up to ${maxDistance}.`;
  return (
    <>
      <div class="card">
        <Person {...view} revoked={revoked !== null} />
        <p>
          <code class="whole">{id}</code>
        </p>
        {revoked === null ? null : <Revoked revoked={revoked} />}
        <p>
          {(verified ? `Verified, at distance ${distance}.` : "Not verified.") + limit}{" "}
          {verifiedBy.length === 0
            ? "Nobody's verification of it is known here."
            : `${verifiedBy.length} verify it, of which ${trusted} are verified; three would do.`}
        </p>
      </div>
      <TrustGraph because={because} />
      {because.length === 0 ? null : <h2>In words</h2>}
      <ul>{because.map((reason) => <li>{reasonWords(reason)}</li>)}</ul>
      <p>
        <a class="button quiet" href={personPath(id)}>Their page</a>
      </p>
    </>
  );
}

function reasonWords(reason: TrustView["because"][number]): string {
  const by = reason.by.map((one) => `${called(one)} at ${one.distance}`).join(", ");
  switch (reason.because) {
    case "own key":
      return `${called(reason)}: your own key, distance 0.`;
    case "own verification":
      return `${called(reason)}: you verified it, as ${
        reason.by.map(called).join(", ")
      }; distance 1.`;
    case "three verifiers":
      return `${called(reason)}: verified by ${by}; distance ${reason.distance}.`;
  }
}

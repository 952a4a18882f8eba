/** Whom the owner blocks, why, and what that hides. Private, and told to nobody. */
import type { BlockView } from "../../node/api.ts";
import { called } from "../called.ts";
import { BlockForm } from "../components/block_form.tsx";
import { BlockReason } from "../components/block_reason.tsx";
import { Notice } from "../components/notice.tsx";
import { Further, PEOPLE_ON_PAGE } from "../components/pager.tsx";
import { Person } from "../components/person.tsx";
import { PAGE_SIZE, Posts } from "../components/posts.tsx";
import { Time } from "../components/time.tsx";
import { Form } from "../form.tsx";
import { type Html, Page, render } from "../layout.tsx";
import { blockedNow, blockerNames, type Named } from "../blockers.ts";
import { idsIn } from "../named_ids.ts";
import { ownIdentities } from "../own.ts";
import type { Session } from "../sessions.ts";
import type { View } from "../site.ts";
import { olderThan, veiled } from "../paths.ts";

/** `/blocks`, `/blocks/hidden`. */
export const blocks: View = (app, site) => {
  const { owner, veil } = site;
  app.get("/blocks", async (c) => {
    const after = veil.readOptional(c.req.query("after"));
    const found = await owner.call("blocked", {
      limit: PEOPLE_ON_PAGE + 1,
      ...(after === undefined ? {} : { after }),
    });
    const some = found.slice(0, PEOPLE_ON_PAGE);
    const names = await blockerNames(site, some);
    const session = c.get("session");
    return render(
      c,
      <Page title="Blocks" path="/blocks" session={session}>
        <Added blocks={await blockedNow(site, idsIn(veil.read(c.req.query("new") ?? "")))} />
        <BlockForm session={session} />
        <h2>Blocked</h2>
        <p class="hint">
          Whoever three blocked identities verify counts as blocked, too, for as long as that is so;
          never whom you follow or verify. What is blocked is still passed on to others, so that
          nobody can tell whom you block.
        </p>
        <ul class="plain">
          {some.map((block) => <Blocked block={block} names={names} session={session} />)}
        </ul>
        {some.length === 0 && after === undefined ? <p>You block nobody.</p> : null}
        <Further
          to={found.length > PEOPLE_ON_PAGE ? `?after=${veiled(some.at(-1)?.id ?? "")}` : undefined}
        >
          Further
        </Further>
        <p>
          <a href="/blocks/hidden">Look at what blocks hide</a>
        </p>
      </Page>,
    );
  });
  app.get("/blocks/hidden", async (c) => {
    const before = veil.readOptional(c.req.query("before"));
    const found = await owner.call("blocked-hidden", {
      limit: PAGE_SIZE + 1,
      ...(before === undefined ? {} : { before }),
    });
    const messages = found.slice(0, PAGE_SIZE);
    const own = await ownIdentities(site);
    return render(
      c,
      <Page title="What blocks hide" session={c.get("session")}>
        <p>
          <a href="/blocks">Back to the blocks</a>
        </p>
        <Notice kind="warning">
          You asked to see this: it is by identities that are blocked, newest first.
        </Notice>
        <Posts messages={messages.toReversed()} own={own} />
        {messages.length === 0 ? <p>Blocks hide no post that is here.</p> : null}
        <Further
          to={found.length > PAGE_SIZE ? `?${olderThan(messages.at(-1)?.id ?? "")}` : undefined}
        >
          Older posts
        </Further>
      </Page>,
    );
  });
};

function Added({ blocks }: { readonly blocks: readonly Named[] }): Html | null {
  if (blocks.length === 0) return null;
  return <Notice kind="done">{`Blocked: ${blocks.map(called).join(", ")}`}</Notice>;
}

function Blocked({ block, names, session }: {
  readonly block: BlockView;
  readonly names: ReadonlyMap<string, string>;
  readonly session: Session;
}): Html {
  const { id, because, since } = block;
  return (
    <li class="card">
      <Person {...block} />
      <p class="hint">
        Blocked <BlockReason because={because} names={names} />
        {since === null ? null : (
          <>
            , since <Time at={since} />
          </>
        )}
      </p>
      {because === "user"
        ? (
          <Form
            action="/unblock"
            session={session}
            class="inline"
          >
            <input type="hidden" name="id" value={id} />
            <button type="submit" class="quiet">
              Unblock<span class="hidden">{` ${called(block)}`}</span>
            </button>
          </Form>
        )
        : (
          <p class="hint">
            It is shown again if you follow or verify it, or unblock enough of these.
          </p>
        )}
    </li>
  );
}

/** Somebody's page: what they say of themselves, who they are to the owner, what they said. */
import type { MessageView } from "../../node/api.ts";
import { type Acquaintance, acquaintance } from "../acquaintance.ts";
import { called } from "../called.ts";
import { Notice } from "../components/notice.tsx";
import { Further } from "../components/pager.tsx";
import { PersonActions } from "../components/person_actions.tsx";
import { PersonFacts } from "../components/person_facts.tsx";
import { PAGE_SIZE, Posts } from "../components/posts.tsx";
import { type Html, Page, render } from "../layout.tsx";
import { ownViews } from "../own.ts";
import type { View } from "../site.ts";
import { conversationPath, olderThan } from "../paths.ts";

/** `/person/ID`, veiled or not. */
export const profile: View = (app, site) => {
  app.get("/person/:id", async (c) => {
    const { owner } = site;
    const shown = await owner.call("profile-show", {
      id: site.veil.read(c.req.param("id")),
    });
    const { id } = shown;
    const before = site.veil.readOptional(c.req.query("before"));
    const known = await acquaintance(site, id);
    const found = await owner.call("timeline", {
      limit: PAGE_SIZE + 1,
      all: true,
      author: id,
      ...(before === undefined ? {} : { before }),
    });
    const identities = await ownViews(site);
    const own = new Set(identities.map(({ id }) => id));
    const session = c.get("session");
    return render(
      c,
      <Page
        title="Somebody's page"
        heading={called({ id, name: known?.name ?? shown.name })}
        session={session}
      >
        <Remark known={known} unblocked={c.req.query("unblocked") === "1"} />
        <PersonFacts profile={shown} known={known} />
        {known === undefined ? null : (
          <PersonActions
            known={known}
            identities={identities}
            session={session}
            messages={conversationPath(id)}
          />
        )}
        <h2>Posts</h2>
        {known !== undefined && known.blocked !== null
          ? (
            <p>
              What they said is hidden. <a href="/blocks/hidden">Look at what blocks hide</a>
            </p>
          )
          : <Said found={found} own={own} older={before !== undefined} />}
      </Page>,
    );
  });
};

function Remark({ known, unblocked }: {
  readonly known: Acquaintance | undefined;
  readonly unblocked: boolean;
}): Html | null {
  if (known === undefined) {
    return (
      <Notice kind="warning">
        The keys are locked: who this is to you, and whether they are verified, is known only with
        them.
      </Notice>
    );
  }
  if (!unblocked) return null;
  return known.blocked === null
    ? <Notice kind="done">Not blocked any more: what is here of it is shown again.</Notice>
    : <Notice kind="warning">Not blocked by you any more, but it stays hidden.</Notice>;
}

function Said({ found, own, older }: {
  readonly found: readonly MessageView[];
  readonly own: ReadonlySet<string>;
  readonly older: boolean;
}): Html {
  const messages = found.slice(-PAGE_SIZE);
  return (
    <>
      <Posts messages={messages} own={own} />
      {messages.length === 0
        ? <p>{older ? "There is nothing older here." : "None of their posts is here."}</p>
        : null}
      <Further to={found.length > PAGE_SIZE ? `?${olderThan(messages[0]?.id ?? "")}` : undefined}>
        Older posts
      </Further>
    </>
  );
}

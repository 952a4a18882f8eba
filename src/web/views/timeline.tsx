/** Statuses in the order of time: of those who are followed, or everybody's. */
import { Further } from "../components/pager.tsx";
import { PAGE_SIZE, Posts } from "../components/posts.tsx";
import { type Html, Page, render } from "../layout.tsx";
import { ownIdentities } from "../own.ts";
import type { Site, View, WebContext } from "../site.ts";
import { olderThan } from "../paths.ts";

/** `/` and `/everything`. */
export const timeline: View = (app, site) => {
  app.get("/", (c) => show(c, site, false));
  app.get("/everything", (c) => show(c, site, true));
};

async function show(c: WebContext, site: Site, all: boolean): Promise<Response> {
  const before = site.veil.readOptional(c.req.query("before"));
  const page = before === undefined ? {} : { before };
  // Older than these there may be none: one more than is shown tells.
  const found = await site.owner.call("timeline", { limit: PAGE_SIZE + 1, all, ...page });
  const messages = found.slice(-PAGE_SIZE);
  const own = await ownIdentities(site);
  return render(
    c,
    <Page
      title={all ? "Everything" : "Timeline"}
      path={all ? "/everything" : "/"}
      session={c.get("session")}
    >
      {all
        ? <p class="hint">What this node keeps of everybody, blocked identities left out.</p>
        : null}
      <Posts
        messages={messages}
        own={own}
        live={before === undefined ? `/events?all=${all}` : undefined}
      />
      {messages.length === 0 ? <Empty all={all} older={before !== undefined} /> : null}
      <Further to={found.length > PAGE_SIZE ? `?${olderThan(messages[0]?.id ?? "")}` : undefined}>
        Older posts
      </Further>
    </Page>,
  );
}

function Empty({ all, older }: { readonly all: boolean; readonly older: boolean }): Html {
  if (older) return <p>There is nothing older here.</p>;
  if (all) {
    return (
      <p>
        Nothing has come yet. Nodes near you are found by themselves; or <a href="/join">join</a>
        {" "}
        others by a locator.
      </p>
    );
  }
  return (
    <p>
      Nothing here yet. <a href="/following">Follow somebody</a>, <a href="/compose">write</a>{" "}
      something, or look at <a href="/everything">everything</a> that this node keeps.
    </p>
  );
}

/** Statuses in the order of time: of those who are followed, or everybody's. */
import type { MessageView } from "../../node/api.ts";
import { Post } from "../components/post.tsx";
import { type Html, Page, render } from "../layout.tsx";
import { ownIdentities } from "../own.ts";
import type { Site, View, WebContext } from "../site.ts";

/** Statuses on a page. */
export const PAGE_SIZE = 50;

/** `/` and `/everything`. */
export const timeline: View = (app, site) => {
  app.get("/", (c) => show(c, site, false));
  app.get("/everything", (c) => show(c, site, true));
};

async function show(c: WebContext, site: Site, all: boolean): Promise<Response> {
  const before = c.req.query("before");
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
      {found.length > PAGE_SIZE
        ? (
          <p>
            <a class="button" rel="next" href={`?before=${messages[0]?.id}`}>Older posts</a>
          </p>
        )
        : null}
    </Page>,
  );
}

/** Statuses, oldest given first, newest shown first; with `live`, newer ones come by themselves. */
export function Posts({ messages, own, live }: {
  readonly messages: readonly MessageView[];
  readonly own: ReadonlySet<string>;
  /** The stream of newer ones. */
  readonly live?: string | undefined;
}): Html {
  return (
    <>
      {live === undefined ? null : <p class="hidden" role="status" id="news" />}
      <div class="posts" {...(live === undefined ? {} : { "data-live": live })}>
        {messages.toReversed().map((message) => <Post message={message} own={own} />)}
      </div>
    </>
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

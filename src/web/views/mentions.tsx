/** What others say to the owner: people whom they know, and apart from them everybody else. */
import type { Api } from "../../node/api.ts";
import { Further } from "../components/pager.tsx";
import { PAGE_SIZE, Posts } from "../components/posts.tsx";
import { type Html, Page, render } from "../layout.tsx";
import { ownIdentities } from "../own.ts";
import type { View } from "../site.ts";
import { olderThan } from "../paths.ts";

/** As many of strangers the node counts. */
const MAX_REQUESTS = 100;

/** `/mentions`; with `?requests=1` those of people whom the owner doesn't know. */
export const mentions: View = (app, site) => {
  app.get("/mentions", async (c) => {
    const requests = c.req.query("requests") === "1";
    const before = site.veil.readOptional(c.req.query("before"));
    const found = await site.owner.call("mentions", {
      limit: PAGE_SIZE + 1,
      requests,
      ...(before === undefined ? {} : { before }),
    });
    const own = await ownIdentities(site);
    const messages = found.messages.slice(-PAGE_SIZE);
    const older = `?${requests ? "requests=1&" : ""}${olderThan(messages[0]?.id ?? "")}`;
    return render(
      c,
      <Page title="Mentions" path="/mentions" session={c.get("session")}>
        <Sides requests={requests} count={found.requests} />
        {requests
          ? (
            <p class="hint">
              By people whom you neither follow nor wrote to, and who aren't verified. Anybody can
              mention you under any name.
            </p>
          )
          : null}
        <Posts messages={messages} own={own} />
        {messages.length === 0 ? <p>{nothing({ requests, before })}</p> : null}
        <Further to={found.messages.length > PAGE_SIZE ? older : undefined}>Older mentions</Further>
      </Page>,
    );
  });
};

function Sides({ requests, count }: {
  readonly requests: boolean;
  readonly count: Api["mentions"]["result"]["requests"];
}): Html {
  const many = count >= MAX_REQUESTS ? `${MAX_REQUESTS} or more` : `${count}`;
  return (
    <nav class="sides" aria-label="Whose mentions">
      <a href="/mentions" {...(requests ? {} : { "aria-current": "page" })}>
        People you know
      </a>
      <a href="/mentions?requests=1" {...(requests ? { "aria-current": "page" } : {})}>
        {`Others (${many})`}
      </a>
    </nav>
  );
}

function nothing({ requests, before }: {
  readonly requests: boolean;
  readonly before: string | undefined;
}): string {
  if (before !== undefined) return "There is nothing older here.";
  return requests ? "No strangers speak to you." : "Nobody speaks to you here yet.";
}

/** With whom private messages were exchanged: people whom the owner knows, and apart from them everybody else. */
import type { ConversationView } from "../../node/api.ts";
import { called } from "../called.ts";
import { Further } from "../components/pager.tsx";
import { Person } from "../components/person.tsx";
import { PAGE_SIZE } from "../components/posts.tsx";
import { Time } from "../components/time.tsx";
import { Trying } from "../components/trying.tsx";
import { type Html, Page, render } from "../layout.tsx";
import type { View } from "../site.ts";
import { conversationPath, olderThan } from "../paths.ts";

/** Whose conversations are listed. */
type Side = "known" | "requests" | "hidden";

const SIDES: Readonly<Record<Side, string>> = {
  known: "",
  requests: "?requests=1",
  hidden: "?hidden=1",
};

/** `/messages`; `?requests=1` strangers', `?hidden=1` what blocks hide. */
export const conversations: View = (app, { owner, veil }) => {
  app.get("/messages", async (c) => {
    const side: Side = c.req.query("requests") === "1"
      ? "requests"
      : c.req.query("hidden") === "1"
      ? "hidden"
      : "known";
    const before = veil.readOptional(c.req.query("before"));
    const page = await owner.call("conversations", {
      limit: PAGE_SIZE,
      requests: side === "requests",
      ...(side === "hidden" ? { hidden: true } : {}),
      ...(before === undefined ? {} : { before }),
    });
    const more = `${SIDES[side] === "" ? "?" : `${SIDES[side]}&`}${
      olderThan(page.people.at(-1)?.id ?? "")
    }`;
    return render(
      c,
      <Page title="Private messages" path="/messages" session={c.get("session")}>
        <p>
          <a class="button" href="/messages/new">Write to somebody</a>
        </p>
        <Sides side={side} requests={page.requests} />
        <Trying {...page} again={`/messages${SIDES[side]}`} />
        {side === "requests" ? <p class="hint">{STRANGERS}</p> : null}
        <ul class="plain">
          {page.people.map((one) => (
            <Partner
              partner={one}
              path={`${conversationPath(one.id)}${side === "hidden" ? "?hidden=1" : ""}`}
            />
          ))}
        </ul>
        {page.people.length === 0 ? <p>{NOTHING[side]}</p> : null}
        <Further to={page.more ? more : undefined}>Older conversations</Further>
      </Page>,
    );
  });
};

const STRANGERS =
  "From people whom you neither follow nor ever wrote to, and who aren't verified. They " +
  "aren't told whether you looked.";

const NOTHING: Readonly<Record<Side, string>> = {
  known: "No private messages here yet.",
  requests: "No stranger wrote to you.",
  hidden: "Blocks hide no private message that is here.",
};

function Sides({ side, requests }: { readonly side: Side; readonly requests: number }): Html {
  const names: readonly (readonly [Side, string])[] = [
    ["known", "People you know"],
    ["requests", side === "hidden" ? "Strangers" : `Strangers (${requests})`],
    ["hidden", "Hidden by blocks"],
  ];
  return (
    <nav class="sides" aria-label="Whose messages">
      {names.map(([one, name]) => (
        <a href={`/messages${SIDES[one]}`} {...(one === side ? { "aria-current": "page" } : {})}>
          {name}
        </a>
      ))}
    </nav>
  );
}

function Partner({ partner, path }: {
  readonly partner: ConversationView;
  readonly path: string;
}): Html {
  const { messages, last, sent } = partner;
  return (
    <li class="card">
      <Person {...partner} />
      <p class="hint">
        {messages === 1 ? "One message" : `${messages} messages`}, the newest by{" "}
        {sent ? "you" : "them"}
        {", "}
        <Time at={last} />
      </p>
      <a class="button quiet" href={path}>
        Read<span class="hidden">{` the conversation with ${called(partner)}`}</span>
      </a>
    </li>
  );
}

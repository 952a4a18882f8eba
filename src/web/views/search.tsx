/** Statuses of everybody that hold some words; nobody is told what is searched for. */
import type { MessageView } from "../../node/api.ts";
import { Notice } from "../components/notice.tsx";
import { Further } from "../components/pager.tsx";
import { PAGE_SIZE, Posts } from "../components/posts.tsx";
import { attempt } from "../attempt.ts";
import { Form, readForm } from "../form.tsx";
import { type Html, Page, render } from "../layout.tsx";
import { ownIdentities } from "../own.ts";
import { olderThan, veiled } from "../paths.ts";
import type { Session } from "../sessions.ts";
import type { Site, View } from "../site.ts";

/** Pages of 1,000 statuses that are looked through for one answer: about a third of a second. */
const MAX_STEPS = 10;

/** What was found so far. */
interface Found {
  /** Newest first. */
  readonly messages: readonly MessageView[];
  /** Where to go on; null after the last one. */
  readonly next: string | null;
}

/** `/search?q=…`, further by `before`, both veiled; `POST /search` for words that were typed. */
export const search: View = (app, site) => {
  const { veil } = site;
  app.post("/search", async (c) => {
    const words = (await readForm(c)).text("q").trim();
    return c.redirect(words === "" ? "/search" : pathOf(words), 303);
  });
  app.get("/search", async (c) => {
    const words = veil.read(c.req.query("q") ?? "");
    const before = veil.readOptional(c.req.query("before"));
    const session = c.get("session");
    const asked = words.trim() !== "";
    const found = asked ? await attempt(() => look(site, { words, before })) : undefined;
    const own = await ownIdentities(site);
    return render(
      c,
      <Page title="Search" path="/search" session={session}>
        <SearchForm words={words} session={session} />
        {found?.done === false ? <Notice kind="error">{found.message}</Notice> : null}
        {asked && own.size === 0
          ? (
            <Notice kind="warning">
              No keys are open, so whom you block isn't known here and is shown, too.
            </Notice>
          )
          : null}
        {found?.done ? <Results found={found.value} words={words} own={own} /> : null}
      </Page>,
      found?.done === false ? 400 : 200,
    );
  });
};

/** Looks through some pages of statuses, until enough are found. */
async function look(
  { owner }: Site,
  { words, before }: { readonly words: string; readonly before: string | undefined },
): Promise<Found> {
  const messages: MessageView[] = [];
  let next: string | null | undefined = before;
  for (let step = 0; step < MAX_STEPS && messages.length < PAGE_SIZE && next !== null; step++) {
    const page: { readonly found: readonly MessageView[]; readonly next: string | null } =
      await owner.call("search-page", {
        words: [words],
        limit: PAGE_SIZE - messages.length,
        ...(next === undefined ? {} : { before: next }),
      });
    messages.push(...page.found);
    next = page.next;
  }
  return { messages, next: next ?? null };
}

function pathOf(words: string): string {
  return `/search?q=${veiled(words)}`;
}

function SearchForm({ words, session }: {
  readonly words: string;
  readonly session: Session;
}): Html {
  return (
    <search>
      <Form action="/search" session={session}>
        <label>
          Words
          <small>
            Parts of words, in any case, all of them: in texts, tags, names of authors and of
            attached files. Your node looks through what it keeps; nobody is told.
          </small>
          <input type="search" name="q" value={words} maxlength={200} />
        </label>
        <button type="submit">Search</button>
      </Form>
    </search>
  );
}

function Results({ found: { messages, next }, words, own }: {
  readonly found: Found;
  readonly words: string;
  readonly own: ReadonlySet<string>;
}): Html {
  const goOn = next === null ? undefined : `${pathOf(words)}&${olderThan(next)}`;
  return (
    <section aria-label="Found">
      <h2>Found</h2>
      <Posts messages={messages.toReversed()} own={own} />
      {messages.length === 0
        ? <p>{next === null ? "Nothing here holds all of these words." : "Nothing so far."}</p>
        : null}
      <Further to={goOn}>Search older posts</Further>
    </section>
  );
}

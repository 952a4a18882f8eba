/** New private messages for an open conversation, as server-sent events. */
import type { LetterView } from "../../node/api.ts";
import { orAborted } from "../../node/or_aborted.ts";
import { Letter } from "../components/letter.tsx";
import { LETTERS_ON_PAGE, ownNames } from "../letters.ts";
import type { Site, View } from "../site.ts";
import { eventStream, type OpenPage } from "../streams.ts";
import { conversationPath } from "../paths.ts";

/** Letters told at the beginning: more hardly came while the page was on its way. It shows each once. */
const AGAIN = 10;

/** What is read again and again, and what was told of it. */
interface Following {
  readonly site: Site;
  /** The other one, `g1…`. */
  readonly id: string;
  /** Local names of own identities. Asked for once: what comes in must not count as use of the keys. */
  readonly own: ReadonlyMap<string, string>;
  readonly page: OpenPage;
  /** Letters that it doesn't need any more. */
  readonly told: Set<string>;
}

/** `GET /messages/ID/events`: as `/events`, with letters; first the newest, of which the page may lack some. */
export const letterEvents: View = (app, site) => {
  app.get("/messages/:id{(?:g1|v-)[^/]+}/events", async (c) => {
    // Throws where the keys are locked or that is no identity, before anything is sent.
    const { id } = await site.owner.call("recipient", {
      to: site.veil.read(c.req.param("id")),
    });
    const own = ownNames(await site.owner.call("identities", {}));
    return eventStream(c, site, (signal) => async (page) => {
      const following = { site, id, own, page, told: new Set<string>() };
      const { messages } = await read(following, false);
      for (const { id } of messages.slice(0, -AGAIN)) following.told.add(id);
      await tell(following, messages);
      while (!signal.aborted) {
        const news = await orAborted(read(following, true), signal);
        if (news === undefined) break;
        await tell(following, news.messages);
      }
    });
  });
};

/** The newest of the conversation, at once or when something came. Waiting for news is no use of the keys. */
async function read(
  { site: { owner }, id }: Following,
  news: boolean,
): Promise<{ readonly messages: readonly LetterView[] }> {
  return await owner.call("inbox", {
    limit: LETTERS_ON_PAGE,
    with: id,
    requests: false,
    ...(news ? { news } : { now: true }),
  });
}

/** Shows those that weren't shown yet. */
async function tell(
  { id, own, page, told }: Following,
  messages: readonly LetterView[],
): Promise<void> {
  const path = conversationPath(id);
  for (const letter of messages) {
    if (told.has(letter.id)) continue;
    told.add(letter.id);
    await page.show(<Letter {...{ letter, own, path }} />);
  }
}

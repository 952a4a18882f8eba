/** New private messages for an open conversation, as server-sent events. */
import { type SSEStreamingApi, streamSSE } from "hono/streaming";
import type { LetterView } from "../../node/api.ts";
import { orAborted } from "../../node/or_aborted.ts";
import { Letter } from "../components/letter.tsx";
import { LETTERS_AT_FIRST, ownNames } from "../letters.ts";
import type { Site, View } from "../site.ts";
import { countStream } from "../streams.ts";

/** Letters told at the beginning: more hardly came while the page was on its way. It shows each once. */
const AGAIN = 10;

/** What is read again and again, and what was told of it. */
interface Following {
  readonly site: Site;
  /** The other one, `g1…`. */
  readonly id: string;
  readonly stream: SSEStreamingApi;
  /** Local names of own identities. Asked for once: what comes in must not count as use of the keys. */
  readonly own: ReadonlyMap<string, string>;
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
    const session = c.get("session");
    const gone = new AbortController();
    const signal = AbortSignal.any([gone.signal, site.closing, session.ended]);
    countStream(session, gone);
    c.header("x-accel-buffering", "no");
    return streamSSE(c, async (stream) => {
      stream.onAbort(() => gone.abort());
      const following = { site, id, own, stream, told: new Set<string>() };
      try {
        // Something at once, so that the browser knows that it misses nothing from here on.
        await stream.writeSSE({ event: "beat", data: "", retry: 2_000 });
        const { messages } = await read(following, false);
        for (const { id } of messages.slice(0, -AGAIN)) following.told.add(id);
        await tell(following, messages);
        while (!signal.aborted) {
          const news = await orAborted(read(following, true), signal);
          if (news === undefined) break;
          // By writing even when nothing came it is noticed that the browser is gone.
          await stream.writeSSE({ event: "beat", data: "" });
          await tell(following, news.messages);
        }
      } catch {
        await stream.writeSSE({ event: "locked", data: "" });
      } finally {
        if (session.ended.aborted) await stream.writeSSE({ event: "signed-out", data: "" });
        gone.abort();
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
    limit: LETTERS_AT_FIRST,
    with: id,
    requests: false,
    ...(news ? { news } : { now: true }),
  });
}

/** Sends those that weren't sent yet. */
async function tell(
  { site: { veil }, id, own, stream, told }: Following,
  messages: readonly LetterView[],
): Promise<void> {
  const fresh = messages.filter(({ id }) => !told.has(id));
  if (fresh.length === 0) return;
  const path = `/messages/${veil.hide(id)}`;
  for (const letter of fresh) {
    told.add(letter.id);
    const html = String(await <Letter {...{ letter, own, path, veil }} />);
    await stream.writeSSE({ event: "post", data: JSON.stringify({ html }) });
  }
}

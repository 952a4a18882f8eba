/** New statuses for an open page, as server-sent events: each comes as the page would show it. */
import { streamSSE } from "hono/streaming";
import { Post } from "../components/post.tsx";
import { ownIdentities } from "../own.ts";
import type { View } from "../site.ts";
import { countStream } from "../streams.ts";

/** Milliseconds between signs of life, by which either side notices that the other is gone. */
const HEARTBEAT_MS = 20_000;

/** Posts in a second: while a node catches up, thousands come, and nobody reads them as they fly past. */
const MAX_PER_SECOND = 20;
const SECOND_MS = 1_000;

/** `GET /events?all=true`: events `post`, data `{"html"}`; `signed-out` and `locked` end it. */
export const events: View = (app, site) => {
  app.get("/events", async (c) => {
    const session = c.get("session");
    // Asked for once: what others post must not count as use of the keys, or they would stay open.
    const own = await ownIdentities(site);
    const gone = new AbortController();
    const signal = AbortSignal.any([gone.signal, site.closing, session.ended]);
    // Throws where the keys are needed and locked, before anything is sent.
    const messages = site.owner.watch({ all: c.req.query("all") === "true", signal });
    countStream(session, gone);
    c.header("x-accel-buffering", "no");
    return streamSSE(c, async (stream) => {
      stream.onAbort(() => gone.abort());
      const beat = setInterval(
        () => void stream.writeSSE({ event: "beat", data: "" }),
        HEARTBEAT_MS,
      );
      // Something at once, so that the browser knows that it misses nothing from here on.
      await stream.writeSSE({ event: "beat", data: "", retry: 2_000 });
      try {
        let sent = 0;
        for await (const message of messages) {
          const html = String(await <Post message={message} own={own} />);
          await stream.writeSSE({ event: "post", data: JSON.stringify({ html }) });
          if (++sent % MAX_PER_SECOND === 0) await stream.sleep(SECOND_MS);
        }
      } catch {
        await stream.writeSSE({ event: "locked", data: "" });
      } finally {
        clearInterval(beat);
        if (session.ended.aborted) await stream.writeSSE({ event: "signed-out", data: "" });
        gone.abort();
      }
    });
  });
};

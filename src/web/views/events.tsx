/** New statuses for an open page, as server-sent events: each comes as the page would show it. */
import { Post } from "../components/post.tsx";
import { ownIdentities } from "../own.ts";
import type { View } from "../site.ts";
import { eventStream } from "../streams.ts";

/** Posts in a second: while a node catches up, thousands come, and nobody reads them as they fly past. */
const MAX_PER_SECOND = 20;
const SECOND_MS = 1_000;

/** `GET /events?all=true`. */
export const events: View = (app, site) => {
  app.get("/events", async (c) => {
    // Asked for once: what others post must not count as use of the keys, or they would stay open.
    const own = await ownIdentities(site);
    return eventStream(c, site, (signal) => {
      // Throws where the keys are needed and locked.
      const messages = site.owner.watch({ all: c.req.query("all") === "true", signal });
      return async (page) => {
        let sent = 0;
        for await (const message of messages) {
          await page.show(<Post message={message} own={own} />);
          if (++sent % MAX_PER_SECOND === 0) await page.sleep(SECOND_MS);
        }
      };
    });
  });
};

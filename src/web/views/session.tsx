/** What an open page asks by itself: whether it may still show what it shows. */
import type { View } from "../site.ts";

/** `GET /session`: `{"unlocked"}`, or 401 for a browser that isn't signed in. It doesn't count as use. */
export const session: View = (app, { owner }) => {
  app.get("/session", async (c) => {
    const { unlocked } = await owner.call("status", {});
    return c.json({ unlocked });
  });
};

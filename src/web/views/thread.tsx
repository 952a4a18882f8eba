/** A conversation around one status. */
import type { GapView, MessageView } from "../../node/api.ts";
import { Gap, Post } from "../components/post.tsx";
import { type Html, Page, render } from "../layout.tsx";
import { ownIdentities } from "../own.ts";
import type { View } from "../site.ts";

/** `/thread/ID`, veiled or not; with `?hidden=1` also what blocked authors said. */
export const thread: View = (app, site) => {
  app.get("/thread/:id", async (c) => {
    const id = site.veil.read(c.req.param("id"));
    const hidden = c.req.query("hidden") === "1";
    const found = await site.owner.call("thread", { id, ...(hidden ? { hidden } : {}) });
    const own = await ownIdentities(site);
    return render(
      c,
      <Page title="Thread" session={c.get("session")}>
        <Thread found={found} focus={id} own={own} />
      </Page>,
    );
  });
};

function Thread({ found, focus, own }: {
  readonly found: readonly (MessageView | GapView)[];
  readonly focus: string;
  readonly own: ReadonlySet<string>;
}): Html {
  const depths = new Map<string, number>();
  return (
    <div class="posts thread">
      {found.map((one) => {
        const above = depths.get(one.replyTo ?? "");
        const depth = above === undefined ? depths.get(one.id) ?? 0 : above + 1;
        depths.set(one.id, depth);
        return "missing" in one
          ? <Gap gap={one} depth={depth} />
          : <Post message={one} own={own} depth={depth} focus={one.id.startsWith(focus)} />;
      })}
    </div>
  );
}

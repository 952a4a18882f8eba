/** The nodes known here. */
import type { PeerView } from "../../node/api.ts";
import { renderFound } from "../../node/ways_words.ts";
import { safeLine } from "../../text/safe_text.ts";
import { pageNumber, Pager, pieceOf } from "../components/pager.tsx";
import { Time } from "../components/time.tsx";
import { type Html, Page, render } from "../layout.tsx";
import type { View } from "../site.ts";

/** `/peers`. */
export const peers: View = (app, { owner }) => {
  app.get("/peers", async (c) => {
    const all = await owner.call("peers", {});
    const number = pageNumber(c.req.query("page"));
    return await render(
      c,
      <Page title="Peers" path="/peers" session={c.get("session")}>
        <p class="hint">
          Nodes that this one exchanges messages with, or has heard of (freshness 0). Which of them
          belongs to whom nobody says.
        </p>
        {all.length === 0
          ? (
            <p>
              None yet. Nodes on the same network are found by themselves; <a href="/join">join</a>
              {" "}
              others by a locator.
            </p>
          )
          : <Table peers={pieceOf(all, number)} />}
        <Pager number={number} length={all.length} path="/peers" />
      </Page>,
    );
  });
};

function Table({ peers }: { readonly peers: readonly PeerView[] }): Html {
  return (
    <div class="scroll" role="region" aria-label="Known nodes" tabindex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">Address</th>
            <th scope="col">Freshness</th>
            <th scope="col">Last exchange</th>
            <th scope="col">Found by</th>
          </tr>
        </thead>
        <tbody>
          {peers.map(({ address, freshness, lastSeen, ways }) => (
            <tr>
              <td>
                <code>{safeLine(address)}</code>
              </td>
              <td>{freshness}</td>
              <td>{lastSeen === null ? "never" : <Time at={lastSeen} />}</td>
              <td>{renderFound(ways)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** What is public about the owner, what is private, and where each thing is kept. */
import type { PrivacyView } from "../../node/api.ts";
import { publicNow } from "../../node/privacy_words.ts";
import { DATA_FILES } from "../../wire/data_files.ts";
import { Notice } from "../components/notice.tsx";
import { type Html, Page, render } from "../layout.tsx";
import type { View } from "../site.ts";

/** `/privacy`. */
export const privacy: View = (app, { owner }) => {
  app.get("/privacy", async (c) => {
    const view = await owner.call("privacy", {});
    return await render(
      c,
      <Page title="What is public" path="/privacy" session={c.get("session")}>
        {view.unlocked ? null : (
          <Notice kind="warning">
            The keys are locked, or there are none: your identities are left out.{" "}
            <a href="/keys?back=/privacy">Unlock</a>
          </Notice>
        )}
        <h2>Now</h2>
        <ul>{publicNow(view).map((sentence) => <li>{sentence}</li>)}</ul>
        <h2>Public: anybody may know it</h2>
        <Data view={view} wanted="public" />
        <h2>Private: never sent</h2>
        <Data view={view} wanted="private" />
        <h2>Files in the data folder</h2>
        <dl class="facts">
          {DATA_FILES.map(({ name, holds }) => (
            <>
              <dt>
                <code>{name}</code>
              </dt>
              <dd>{holds}</dd>
            </>
          ))}
        </dl>
        <p>
          This browser keeps nothing on the disk of what these pages say if it does what they ask of
          it; its memory holds what they show. But its history has their addresses, and those tell
          whose page and which posts you opened, what you searched for and which locators you looked
          at: a private window keeps none. More, and what isn't protected yet, is in{" "}
          <code>docs/PRIVACY.md</code> and <code>docs/THREATS.md</code>.
        </p>
      </Page>,
    );
  });
};

function Data({ view, wanted }: {
  readonly view: PrivacyView;
  readonly wanted: "public" | "private";
}): Html {
  const label = wanted === "public" ? "Public data" : "Private data";
  return (
    <table class="stacked">
      <caption class="hidden">{label}</caption>
      <thead>
        <tr>
          <th scope="col">What</th>
          <th scope="col">Kept in</th>
          <th scope="col">Seen by</th>
          <th scope="col">Until</th>
        </tr>
      </thead>
      <tbody>
        {view.data.filter((datum) => datum.class === wanted).map((datum) => (
          <tr>
            <th scope="row">{datum.what}</th>
            <td data-label="Kept in">{datum.places.join(", ")}</td>
            <td data-label="Seen by">{datum.seenBy}</td>
            <td data-label="Until">{datum.until}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

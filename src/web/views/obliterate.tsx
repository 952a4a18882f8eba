/** What destroying means, the commands for it, and a way to stop the node at once. */
import { UserError } from "../../node/user_error.ts";
import {
  FLASH_KEEPS,
  IDENTITY_GOES,
  OUT_OF_REACH,
  WITHOUT_ARCHIVE,
} from "../../wire/destruction_words.ts";
import { Commands, type CommandWords } from "../components/commands.tsx";
import { Notice } from "../components/notice.tsx";
import { Form } from "../form.tsx";
import { type Html, Page, render } from "../layout.tsx";
import { readForm } from "../form.tsx";
import { forget } from "../sign_in.tsx";
import type { Site, View, WebContext } from "../site.ts";

const COMMANDS: readonly CommandWords[] = [
  [
    "obliterate --everything",
    "Destroys all identities, follows and messages in the data folder: keys first, then private data, " +
    "then the rest. Each file is overwritten, renamed, given to shred if there is one, and removed.",
  ],
  ["obliterate --identity ID", `One identity. ${IDENTITY_GOES} ${WITHOUT_ARCHIVE}`],
];

/** For the last page: it may load nothing but the empty icon in it, for which a browser would ask in vain. */
const ALONE_CSP =
  "default-src 'none'; img-src data:; form-action 'none'; frame-ancestors 'none'; base-uri 'none'";

/** `/obliterate` and `POST /obliterate/stop`. */
export const obliterate: View = (app, site) => {
  app.get("/obliterate", async (c) => await show(c, site));
  app.post("/obliterate/stop", async (c) => {
    if ((await readForm(c)).text("sure") !== "yes") {
      const words = "Nothing was changed: say that you are sure, by the box above the button.";
      return await show(c, site, new UserError("usage", words));
    }
    try {
      await site.owner.call("lock", {});
    } finally {
      await site.owner.call("stop", {});
    }
    forget(c);
    c.header("content-security-policy", ALONE_CSP);
    return await render(c, <Stopped />);
  });
};

async function show(c: WebContext, { owner }: Site, error?: UserError): Promise<Response> {
  const { network } = await owner.call("status", {});
  const session = c.get("session");
  const page = (
    <Page title="Obliterate" path="/obliterate" session={session}>
      {error === undefined ? null : <Notice kind="error">{error.message}</Notice>}
      <p>
        Destroys private data beyond recovery. The node can't do it: it gave up the right to write
        files when it had started. At a terminal on this machine these commands do; they ask for the
        passphrase and whether you mean it, and stop the node.
      </p>
      <Commands commands={COMMANDS} network={network} />
      <p>
        Then every file of the folder is searched for what must be gone. A run that was cut off is
        finished by the next one. What you said and no other node has yet goes with it, a revocation
        too: <a href="/health">health</a> counts what is pending.
      </p>
      <h2>What no program can promise</h2>
      <ul>
        {[FLASH_KEEPS, ...OUT_OF_REACH].map((caveat) => <li>{caveat}</li>)}
        <li>
          A file system that copies on write keeps the old bytes until it reuses their place; the
          command says so if it finds one.
        </li>
        <li>This browser's memory holds what these pages showed, until it is closed and beyond.</li>
      </ul>
      <h2>Stop the node now</h2>
      <p>
        Locks the keys, signs all browsers out and ends the node. Nothing is destroyed: everything
        is there again when the node is started and unlocked.
      </p>
      <Form action="/obliterate/stop" session={session}>
        <label class="check">
          <input type="checkbox" name="sure" value="yes" required /> I want the node to stop
        </label>
        <button type="submit" class="danger">Lock and stop the node</button>
      </Form>
    </Page>
  );
  return await render(c, page, error === undefined ? 200 : 400);
}

/** Without style sheet and script: there is nobody any more who would send them. */
function Stopped(): Html {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>The node has stopped</title>
        <link rel="icon" href="data:," />
      </head>
      <body>
        <main>
          <h1>The node has stopped</h1>
          <p role="status">
            The keys are locked, and this page is closed. Unless something starts the node by
            itself, as a service would, it stays so.
          </p>
          <p>
            Start it again: <code>gossamer node</code>
          </p>
        </main>
      </body>
    </html>
  );
}

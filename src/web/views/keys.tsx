/** Keys and identities: unlocking and locking here, the rest at a terminal. */
import type { IdentityView } from "../../node/api.ts";
import { UserError } from "../../node/user_error.ts";
import { safeLine } from "../../text/safe_text.ts";
import { Commands, type CommandWords } from "../components/commands.tsx";
import { Identicon } from "../components/identicon.tsx";
import { Notice } from "../components/notice.tsx";
import { Form } from "../form.tsx";
import { type Html, Page, render } from "../layout.tsx";
import { localPath } from "../local_path.ts";
import { SecretInput } from "../components/secret_input.tsx";
import type { SecretForm } from "../secret_form.ts";
import { FieldOffers } from "../sealed_fields.ts";
import { IDLE_S, type Session } from "../sessions.ts";
import type { Site, View, WebContext } from "../site.ts";
import { personPath } from "../paths.ts";

const COMMANDS: readonly CommandWords[] = [
  [
    "identity create --name NAME",
    "Makes an identity, and its recovery sheet as a file in the folder that you are in. The first one " +
    "sets the passphrase. NAME is for yourself and never sent. Nothing ties your identities to each " +
    "other in public, unless you do.",
  ],
  [
    "identity export ID FILE",
    "Writes one identity into a sealed archive, to take it to another machine. The archive gets seven " +
    "words of its own, which are shown once.",
  ],
  ["identity import FILE", "Takes an identity in from such an archive, then destroys the archive."],
  [
    "identity revoke ID --recovery SHEET",
    "Ends an identity for everybody and for good, with its recovery sheet and the sheet's words, even if " +
    "its key is lost or stolen. With --adopt you go on as the successor that is in the sheet. Without " +
    "--recovery it ends an identity with its key, and nobody goes on as you.",
  ],
  [
    "identity delete ID",
    "Destroys an identity's key and what ties it to you here. The node is stopped for it. What the " +
    "identity said in public stays.",
  ],
  [
    "passphrase",
    "Changes the passphrase of this data folder, while the node runs. Copies that were made before, " +
    "backups among them, still open with the old one.",
  ],
  [
    "backup FILE",
    "Writes what is yours into one sealed file, while the node runs. A recovery sheet isn't in it, and " +
    "can't be made later: it comes with its identity.",
  ],
];

/** `/keys`, `POST /keys/unlock` and `POST /keys/lock`. */
export const keys: View = (app, site) => {
  let last: Promise<unknown> = Promise.resolve();
  const offers = new FieldOffers();
  app.get("/keys", async (c) => await show(c, site, { offers, back: c.req.query("back") ?? "" }));
  app.post("/keys/unlock", async (c) => {
    const form = c.get("secret");
    const back = form?.text("back") ?? "";
    const session = c.get("session");
    try {
      if (form === undefined) throw new UserError("usage", "That is not the form of this page.");
      // In turn: who clicks twice is answered to the second click, which had better know of the first.
      const turn = last.then(() => unlock(site, { form, offers, session }));
      last = turn.catch(() => {});
      await turn;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return await show(c, site, { offers, back, error });
    }
    return c.redirect(localPath(back) ?? "/keys", 303);
  });
  app.post("/keys/lock", async (c) => {
    await site.owner.call("lock", {});
    return c.redirect("/keys", 303);
  });
};

/** Unlocks, unless it is done; what a browser unlocked is locked again when its session ends. */
async function unlock(
  { owner, unlock, sessions }: Site,
  { form, offers, session }: {
    readonly form: SecretForm;
    readonly offers: FieldOffers;
    readonly session: Session;
  },
): Promise<void> {
  if ((await owner.call("status", {})).unlocked) return;
  const { lockAgain } = await unlock(offers.open(form, "passphrase"));
  sessions.whenEnded(session, lockAgain);
}

async function show(
  c: WebContext,
  { owner }: Site,
  { offers, back, error }: {
    readonly offers: FieldOffers;
    readonly back: string;
    readonly error?: UserError;
  },
): Promise<Response> {
  const { unlocked, network } = await owner.call("status", {});
  const own = unlocked ? await owner.call("identities", {}) : [];
  const session = c.get("session");
  const page = (
    <Page title="Keys and identities" path="/keys" session={session}>
      {error === undefined ? null : <Notice kind="error">{error.message}</Notice>}
      {unlocked
        ? <Unlocked session={session} own={own} />
        : <Locked session={session} back={back} offer={offers.offer()} />}
      <h2>If a key was lost or stolen</h2>
      <p>
        <a href="/keys/revoke">End an identity by its recovery sheet</a>, for everybody and for
        good.
      </p>
      <h2>At a terminal</h2>
      <p>
        The running node can't read or write your files: it gave that up when it had started, on
        purpose, so that a mistake in it can't be used to get at them. So what makes, moves or
        destroys identities is done by these commands.
      </p>
      <Commands commands={COMMANDS} network={network} />
    </Page>
  );
  return await render(c, page, error === undefined ? 200 : error.code === "locked" ? 403 : 400);
}

function Locked({ session, back, offer }: {
  readonly session: Session;
  readonly back: string;
  readonly offer: string;
}): Html {
  return (
    <>
      <Notice kind="warning">
        The keys are locked. The node passes on what others say, and can't read or say anything in
        your name.
      </Notice>
      <Form action="/keys/unlock" session={session}>
        <input type="hidden" name="back" value={localPath(back) ?? ""} />
        <label for="passphrase">
          Passphrase
          <small id="passphrase-help">
            The one of this node's data folder. Opening the keys takes about a second, in which the
            node answers nobody.
          </small>
        </label>
        <SecretInput name="passphrase" offer={offer} autocomplete="current-password" />
        <button type="submit">Unlock</button>
      </Form>
      <p class="hint">
        The passphrase goes to the node on this machine alone, sealed if scripts may run, and the
        node overwrites it once it is used. Your browser keeps copies in its memory for a while, its
        extensions can see what you type, and without scripts the node may keep copies until it
        ends. To have none of that, type it at a terminal: <code>gossamer unlock</code>
      </p>
    </>
  );
}

function Unlocked(
  { session, own }: { readonly session: Session; readonly own: readonly IdentityView[] },
): Html {
  return (
    <>
      <Notice kind="done">The keys are unlocked.</Notice>
      <Form action="/keys/lock" session={session}>
        <button type="submit">Lock now</button>
      </Form>
      <p class="hint">
        What you unlocked in this browser is locked again when it is signed out, or {IDLE_S / 60}
        {" "}
        minutes after you last opened a page or sent a form. What you said and no other node has yet
        waits for the next unlocking.
      </p>
      <h2>Your identities</h2>
      <ul class="plain">
        {own.map(({ id, name }) => (
          <li class="card">
            <Identicon id={id} size={48} />{" "}
            {name === "" ? null : <bdi class="name">{safeLine(name)}</bdi>}
            <p>
              <a href={personPath(id)}>
                <code>{id}</code>
              </a>
            </p>
          </li>
        ))}
      </ul>
      <p class="hint">The names here are yours alone; what others see is in the profile.</p>
    </>
  );
}

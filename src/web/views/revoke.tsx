/** Ending an identity from its recovery sheet, for everybody and for good. */
import { LOCKED_ON_PAGE } from "../../node/locked_words.ts";
import { UserError } from "../../node/user_error.ts";
import { Notice } from "../components/notice.tsx";
import { Form } from "../form.tsx";
import { type Html, Page, render } from "../layout.tsx";
import { SecretInput } from "../components/secret_input.tsx";
import { FieldOffers } from "../sealed_fields.ts";
import type { SecretForm } from "../secret_form.ts";
import type { Session } from "../sessions.ts";
import type { Site, View, WebContext } from "../site.ts";
import { personPath } from "../paths.ts";

/** Characters of an identity that say at least whose sheet it is meant to be, as for the command line. */
const MIN_ID = 4;

/** `/keys/revoke` and its POST, which ends at the page of the identity. */
export const revoke: View = (app, site) => {
  const offers = new FieldOffers();
  app.get("/keys/revoke", async (c) => await show(c, site, { offers }));
  app.post("/keys/revoke", async (c) => {
    const form = c.get("secret");
    try {
      if (form === undefined) throw new UserError("usage", "That is not the form of this page.");
      const id = await end(site, { form, offers });
      // Veiled, as after all that is done about somebody: it was one's own.
      return c.redirect(personPath(id), 303);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return await show(c, site, { offers, error, id: form?.text("id") ?? "" });
    }
  });
};

/** Opens the sheet and sends its revocation; answers whose it is. Nothing is sent when anything is wrong. */
async function end(
  { owner, openSheet }: Site,
  { form, offers }: { readonly form: SecretForm; readonly offers: FieldOffers },
): Promise<string> {
  if (form.text("sure") !== "yes") {
    throw new UserError("usage", "Nothing was changed: say that you are sure, by the box.");
  }
  const wanted = form.text("id").trim().toLowerCase();
  const sheet = form.secret("sheet");
  if (sheet.length === 0) throw new UserError("usage", "There is no recovery sheet in the form.");
  // Before the sheet is opened, which takes its time: without keys the revocation can't be kept sealed.
  if (!(await owner.call("status", {})).unlocked) {
    throw new UserError("locked", LOCKED_ON_PAGE);
  }
  const { id, statement } = await openSheet(sheet, offers.open(form, "words"));
  if (wanted.length < MIN_ID || !id.startsWith(wanted)) {
    throw new UserError(
      "failed",
      `That recovery sheet is of ${id}, not of what you named. Nothing was changed.`,
    );
  }
  await owner.call("revoke", { statement });
  return id;
}

async function show(
  c: WebContext,
  { owner }: Site,
  { offers, error, id = "" }: {
    readonly offers: FieldOffers;
    readonly error?: UserError;
    readonly id?: string;
  },
): Promise<Response> {
  const { unlocked } = await owner.call("status", {});
  const session = c.get("session");
  const page = (
    <Page title="End an identity" session={session}>
      {error === undefined ? null : <Notice kind="error">{error.message}</Notice>}
      <p>
        A revocation ends an identity for everybody, for good: nothing that its key signs from then
        on is shown, and its verifications count no more. Nobody can undo it, you neither. What it
        said before stays. It names the successor in the sheet, and your followers are told that it
        is you.
      </p>
      <p>
        To go on as that successor, on any machine and also later:{" "}
        <code>gossamer identity revoke ID --recovery SHEET --adopt</code>{" "}
        It makes a new identity, which a running node can't.
      </p>
      {unlocked
        ? <Sheet session={session} id={id} offer={offers.offer()} />
        : (
          <Notice kind="warning">
            The keys are locked, and a revocation that has not left yet is kept sealed by them.{" "}
            <a href="/keys?back=/keys/revoke">Unlock</a>
          </Notice>
        )}
    </Page>
  );
  return await render(c, page, error === undefined ? 200 : error.code === "locked" ? 403 : 400);
}

function Sheet({ session, id, offer }: {
  readonly session: Session;
  readonly id: string;
  readonly offer: string;
}): Html {
  return (
    <Form action="/keys/revoke" session={session} files>
      <label for="id">
        Identity to end
        <small id="id-help">
          g1…, at least its first {MIN_ID} characters: it must be the sheet's.
        </small>
      </label>
      <input
        id="id"
        name="id"
        value={id}
        required
        minlength={MIN_ID}
        autocapitalize="off"
        spellcheck={false}
        aria-describedby="id-help"
      />
      <label for="sheet">
        Recovery sheet
        <small id="sheet-help">
          The file{" "}
          <code>gossamer-recovery-….txt</code>. The node reads it in memory and keeps nothing of it.
        </small>
      </label>
      <input id="sheet" name="sheet" type="file" required aria-describedby="sheet-help" />
      <label for="words">
        Its seven words
        <small id="words-help">
          Opening a sheet takes some seconds, in which the node answers nobody.
        </small>
      </label>
      <SecretInput name="words" offer={offer} autocomplete="off" />
      <label class="check">
        <input type="checkbox" name="sure" value="yes" required /> End it for everybody and for good
      </label>
      <button type="submit" class="danger">End this identity</button>
    </Form>
  );
}

/** `privacy`: what is public about the owner, what is private, and where each thing is kept. */
import type { PrivacyView } from "../node/api.ts";
import { datumWords, publicNow } from "../node/privacy_words.ts";
import { DATA_FILES } from "../wire/data_files.ts";
import type { Context, Register } from "./context.ts";
import type { Style } from "./render_parts.ts";
import { safeLine } from "../text/safe_text.ts";
import { withSession } from "./session.ts";
import { wrap } from "../text/text_width.ts";

/** Adds `privacy`. */
export const registerPrivacy: Register = (program, context) => {
  program.command("privacy")
    .description("show what is public about you, what is private, and where each thing is kept")
    .addHelpText(
      "after",
      "\nWithout the keys it shows the node's part; give --passphrase-file or unlock first to see " +
        "your\nidentities' as well. Nothing is changed or sent.\n\nExample:\n  gossamer privacy",
    )
    .action(() => privacy(context()));
};

async function privacy(context: Context): Promise<void> {
  const { dataDir, out } = context;
  const view = await withSession(context, async (session) => {
    const view = await session.call("privacy", {});
    // As with locators: nobody is asked for a passphrase, but one that is at hand is used.
    if (view.unlocked || !await session.unlockIfPossible()) return view;
    return await session.call("privacy", {});
  });
  const files = DATA_FILES.map(({ name, holds }) => ({ name, holds }));
  await out.result({ ...view, folder: dataDir, files }, (result, style) => render(result, style));
  if (!view.unlocked) {
    await out.note("The keys are locked, or there are none: your identities are left out.");
  }
}

type Shown = PrivacyView & {
  readonly folder: string;
  readonly files: typeof DATA_FILES;
};

function render(view: Shown, style: Style): string {
  return [
    "NOW",
    ...publicNow(view).flatMap((text) => item(text, style)),
    ...(["public", "private"] as const).flatMap((wanted) => [
      "",
      wanted === "public" ? "PUBLIC: anybody may know it" : "PRIVATE: never sent",
      ...view.data.filter((datum) => datum.class === wanted).flatMap((datum) =>
        item(datumWords(datum), style)
      ),
    ]),
    "",
    `FILES in ${safeLine(view.folder)}`,
    ...view.files.flatMap(({ name, holds }) => item(`${name}: ${holds}`, style)),
    "",
    ...wrap("More, and what isn't protected yet: docs/PRIVACY.md and docs/THREATS.md", style.width),
  ].join("\n");
}

function item(text: string, { width }: Style): string[] {
  return wrap(text, width - 2).map((line, at) => `${at === 0 ? "- " : "  "}${line}`);
}

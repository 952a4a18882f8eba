/** `profile set` and `profile show`. */
import { UserError } from "../node/user_error.ts";
import type { Context, Register } from "./context.ts";
import { renderProfile } from "./render_people.ts";
import { withSession } from "./session.ts";

interface Flags {
  readonly as?: string;
  readonly name?: string;
  readonly bio?: string;
  readonly link?: string;
}

/** Adds `profile`. */
export const registerProfile: Register = (program, context) => {
  const profile = program.command("profile")
    .description("what an identity tells everybody of itself")
    .addHelpText("after", "\nExample:\n  gossamer profile show");
  profile.command("set")
    .description("change your profile; it is public and goes to everybody; needs a key")
    .option("--name <name>", 'at most 40 characters; "" removes it')
    .option("--bio <text>", 'at most 160 characters; "" removes it')
    .option("--link <url>", 'at most 200 bytes; "" removes it')
    .option("--as <id>", "which of your identities; needed if there are several")
    .addHelpText(
      "after",
      "\nWhat you leave out stays as it is.\n\nExample:\n" +
        "  gossamer profile set --name 'Ada' --bio 'Weaves.'",
    )
    .action((flags) => set(context(), flags));
  profile.command("show")
    .description("show a profile")
    .argument("[id]", "whose; your own if left out")
    .addHelpText("after", "\nExample:\n  gossamer profile show g1qyq…")
    .action((id) => show(context(), id));
};

async function set(context: Context, { as, name, bio, link }: Flags): Promise<void> {
  if (name === undefined && bio === undefined && link === undefined) {
    throw new UserError(
      "usage",
      "Nothing to change: give at least one of --name, --bio and --link.",
    );
  }
  const { out } = context;
  await out.note(
    "A profile is public: everybody can read its name, bio and link, and when they were changed. It " +
      "goes\nout now and again with each post; others keep copies for ever, and nothing calls them back.",
  );
  const { result, running } = await withSession(context, async (session) => ({
    result: await session.call("profile-set", {
      ...(as === undefined ? {} : { as }),
      ...(name === undefined ? {} : { name }),
      ...(bio === undefined ? {} : { bio }),
      ...(link === undefined ? {} : { link }),
    }),
    running: session.backend.running,
  }));
  if (!running) {
    await out.note(
      "No node is running: it waits, sealed, and goes out at the next start or unlock of one.",
    );
  }
  await out.result(result, renderProfile);
}

async function show(context: Context, id: string | undefined): Promise<void> {
  const params = id === undefined ? {} : { id };
  const profile = await withSession(context, (session) => session.call("profile-show", params));
  await context.out.result(profile, renderProfile);
}

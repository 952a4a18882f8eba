/** `follow`, `unfollow`, `following`: whose statuses make up the timeline. Private, told to nobody. */
import type { FollowView } from "../node/api.ts";
import type { Context, Register } from "./context.ts";
import { renderFollows } from "./render_people.ts";
import { startersOf } from "./named_identities.ts";
import { withSession } from "./session.ts";

interface Flags {
  readonly name?: string;
  readonly starters?: true;
  readonly successor?: true;
}

/** Adds `follow`, `unfollow` and `following`. */
export const registerFollow: Register = (program, context) => {
  program.command("follow")
    .description(
      "follow an identity, or those that a locator names; told to nobody; needs the keys",
    )
    .argument("<id|locator>", "g1…, or a g: URL in quotes")
    .option("--name <petname>", 'what you call it; again to change it, "" for nothing')
    .option("--successor", "who goes on as that revoked identity instead, under your name for it")
    .option("--starters", "also those on the starter list of a locator")
    .addHelpText(
      "after",
      "\nThe name is yours alone: told to nobody, and shown instead of what the identity calls " +
        "itself.\n\nExample:\n  gossamer follow g1qyq… --name 'Ada from work'",
    )
    .action((target, flags) => follow(context(), target, flags));
  program.command("unfollow")
    .description("stop following an identity; needs the keys")
    .argument("<id>", "g1…")
    .addHelpText("after", "\nExample:\n  gossamer unfollow g1qyq…")
    .action((id) => unfollow(context(), id));
  program.command("following")
    .description("list whom you follow; needs the keys")
    .addHelpText("after", "\nExample:\n  gossamer following --json")
    .action(() => following(context()));
};

async function follow(context: Context, target: string, flags: Flags): Promise<void> {
  const { out } = context;
  const followed = await withSession(
    context,
    (session) => session.call("follow", { target, ...flags }),
  );
  await out.result(followed, list("Now following:", "The locator names no identity."));
  const starters = startersOf(target).length;
  if (starters > 0 && !flags.starters) {
    await out.note(`Its starter list (${starters}) is not followed; --starters does that.`);
  }
}

async function unfollow(context: Context, id: string): Promise<void> {
  const gone = await withSession(context, (session) => session.call("unfollow", { id }));
  await context.out.result([gone], list("No longer following:", ""));
}

async function following(context: Context): Promise<void> {
  const follows = await withSession(context, (session) => session.call("following", {}));
  await context.out.result(follows, renderFollows);
  if (follows.length === 0) await context.out.note("You follow nobody yet: gossamer follow g1…");
}

function list(title: string, none: string): (follows: readonly FollowView[]) => string {
  return (follows) => follows.length === 0 ? none : `${title}\n${renderFollows(follows)}`;
}

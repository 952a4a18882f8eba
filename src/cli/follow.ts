/** `follow`, `unfollow`, `following`: whose statuses make up the timeline. Private, told to nobody. */
import type { FollowView } from "../node/api.ts";
import type { Context, Register } from "./context.ts";
import { renderFollows } from "./render.ts";
import { withSession } from "./session.ts";

/** Adds `follow`, `unfollow` and `following`. */
export const registerFollow: Register = (program, context) => {
  program.command("follow")
    .description(
      "follow an identity, or those that a locator names; told to nobody; needs the keys",
    )
    .argument("<id|locator>", "g1…, or a g: URL in quotes")
    .addHelpText("after", "\nExample:\n  gossamer follow g1qyq…")
    .action((target) => follow(context(), target));
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

async function follow(context: Context, target: string): Promise<void> {
  const followed = await withSession(context, (session) => session.call("follow", { target }));
  await context.out.result(followed, list("Now following:", "The locator names no identity."));
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

/** `retract`: takes back an own message, as far as that can be done. */
import type { Api } from "../node/api.ts";
import type { Context, Register } from "./context.ts";
import { shortMessage } from "./render_parts.ts";
import { withSession } from "./session.ts";

const WHAT_IT_CANT =
  "A retraction asks every node to drop the message. Whoever has seen or stored it may keep it, and\n" +
  "everybody can see for ever that this identity took something back.";
const LATER =
  "A private message is taken back by a retraction that your node sends at a random moment within a\n" +
  "day, so that nobody can tell by the times that both are yours. It must run unlocked then.";
const NO_NODE =
  "No node is running: the retraction waits, sealed, until one runs and has the keys (gossamer node " +
  "--unlock).";
const ON_ITS_WAY =
  "The retraction goes out as a post does. Your own timeline is without the message from now on.";

/** Adds `retract`. */
export const registerRetract: Register = (program, context) => {
  program.command("retract")
    .description("take back a post or profile of yours; others may keep it; needs a key")
    .argument("<msg>", "message id, or enough of its beginning")
    .addHelpText(
      "after",
      `\n${WHAT_IT_CANT}\nWhat has certainly not left your node yet is simply not sent: nobody saw ` +
        "it.\n\nExample:\n  gossamer retract 3f9a01c2d4",
    )
    .action((msg) => retract(context(), msg));
};

async function retract(context: Context, msg: string): Promise<void> {
  const { out } = context;
  await out.hint(WHAT_IT_CANT);
  const { waiting, ...done } = await withSession(
    context,
    (session) => session.call("retract", { id: msg }),
  );
  await out.result(done, render);
  if (done.due !== undefined) return await out.note(LATER);
  if (done.id === null) return;
  if (waiting) await out.note(NO_NODE);
  else await out.hint(ON_ITS_WAY);
}

function render({ id, retracted, due }: Omit<Api["retract"]["result"], "waiting">): string {
  if (due !== undefined) return `Taking back ${shortMessage(retracted)} within a day.`;
  return id === null
    ? `Taken back ${shortMessage(retracted)}. It had not left your node: nobody has seen it.`
    : `Taking back ${shortMessage(retracted)} by ${shortMessage(id)}.`;
}

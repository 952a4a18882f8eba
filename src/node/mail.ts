/** The parts of a node that have to do with private messages, put together. */
import { DelayedRetractions, type DelayedRetractionsPorts } from "./delayed_retractions.ts";
import { acquaintances } from "./methods/acquaintance.ts";
import type { Hub } from "./hub.ts";
import type { Log } from "./log.ts";
import type { OwnerContext } from "./methods/context.ts";
import { PrivateMessages, type PrivateMessagesPorts } from "./private_messages.ts";
import { scheduleTrials } from "./trial_schedule.ts";

/** What both work with. */
export type MailPorts =
  & Omit<PrivateMessagesPorts, "isKnown">
  & Omit<DelayedRetractionsPorts, "chance">
  & Pick<OwnerContext, "social">;

/** Makes them over whatever keys are open. */
export function makeMail(ports: MailPorts): Pick<OwnerContext, "mail" | "takeBacks"> {
  return {
    mail: new PrivateMessages({
      ...ports,
      isKnown: async (key) => (await acquaintances(ports))(key),
    }),
    takeBacks: new DelayedRetractions({ ...ports, chance }),
  };
}

/** The same for a running node: what arrives is tried by a schedule, and what was opened is kept at the end. */
export function startMail(
  ports: MailPorts,
  { hub, log, cleanup }: {
    readonly hub: Hub;
    readonly log: Log;
    readonly cleanup: AsyncDisposableStack;
  },
): Pick<OwnerContext, "mail" | "takeBacks"> {
  const parts = makeMail(ports);
  hub.add((message) => parts.mail.arrived(message));
  // What can't be written is tried again after the next start.
  cleanup.defer(() => parts.mail.write().catch(() => {}));
  cleanup.defer(scheduleTrials(parts.mail, { every, log }));
  return parts;
}

function every(ms: number, f: () => void): () => void {
  const timer = setInterval(f, ms);
  return () => clearInterval(timer);
}

/** Not `Math.random`, whose next numbers can be told from earlier ones. */
function chance(): number {
  const [word = 0] = crypto.getRandomValues(new Uint32Array(1));
  return word / 2 ** 32;
}

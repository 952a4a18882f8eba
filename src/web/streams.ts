/** How many streams a browser holds open: each waits for what comes, and keeps some of it. */
import { UserError } from "../node/user_error.ts";
import type { Session } from "./sessions.ts";

/** Most streams of one browser at a time; browsers open six to a host themselves. */
export const MAX_STREAMS = 16;

const held = new WeakMap<Session, number>();

/** Counts a stream until `gone` aborts. Aborts it and throws a `UserError` for one too many. */
export function countStream(session: Session, gone: AbortController): void {
  const count = held.get(session) ?? 0;
  if (count >= MAX_STREAMS) {
    gone.abort();
    throw new UserError("refused", "This browser follows too much at a time: close some pages.");
  }
  held.set(session, count + 1);
  gone.signal.addEventListener("abort", () => {
    held.set(session, (held.get(session) ?? 1) - 1);
  }, { once: true });
}

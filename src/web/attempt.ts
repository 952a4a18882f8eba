/** Calls that a form made: what they were refused for is said on the form's own page. */
import { UserError } from "../node/user_error.ts";

/** What came of a call. */
export type Attempt<T> =
  | { readonly done: true; readonly value: T }
  | { readonly done: false; readonly message: string };

/**
 * Runs it; a `UserError` becomes its message. Locked keys are thrown on, since a page of their own says
 * what to do then, and so is everything that is a bug.
 */
export async function attempt<T>(run: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { done: true, value: await run() };
  } catch (error) {
    if (!(error instanceof UserError) || error.code === "locked") throw error;
    return { done: false, message: error.message };
  }
}

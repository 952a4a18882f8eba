/** Checks of a form, all made before anything is said of one. */
import { UserError } from "../node/user_error.ts";

/**
 * Runs all of them. Where some throw a `UserError`, one with all their words is thrown, which says that
 * nothing was posted; locked keys, and what is a bug, are thrown as they are.
 */
export async function together<T extends readonly (() => unknown)[]>(
  ...checks: T
): Promise<{ readonly [I in keyof T]: T[I] extends () => infer R ? Awaited<R> : never }> {
  const settled = await Promise.allSettled(checks.map(async (check) => await check()));
  const reasons = settled.flatMap((one) =>
    one.status === "rejected" ? [one.reason as unknown] : []
  );
  const errors = reasons.filter((reason) => reason instanceof UserError);
  const other = reasons.find((reason) => !(reason instanceof UserError)) ??
    errors.find(({ code }) => code === "locked");
  if (other !== undefined) throw other;
  const [first] = errors;
  if (first !== undefined) {
    const words = errors.map(({ message }) => message).join(" ");
    throw new UserError(first.code, `${words} Nothing was posted.`);
  }
  const given = settled.map((one) => one.status === "fulfilled" ? one.value : undefined);
  return given as { readonly [I in keyof T]: T[I] extends () => infer R ? Awaited<R> : never };
}

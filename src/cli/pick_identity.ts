/** Finds one of the owner's identities by what the owner typed. */
import { UserError } from "../node/user_error.ts";

/** What an identity is found by. */
export interface Named {
  /** `g1…`. */
  readonly id: string;
  /** Local name. */
  readonly name: string;
}

/**
 * The one whose local name, `g1…` or beginning of that is `wanted`; the only one if nothing is.
 * Throws a `UserError`.
 */
export function pickIdentity<T extends Named>(
  identities: readonly T[],
  wanted: string | undefined,
): T {
  const fitting = wanted === undefined ? identities : matching(identities, wanted);
  const [only, ...more] = fitting;
  if (only === undefined) {
    throw identities.length === 0
      ? new UserError("locked", "There is no identity here yet. Make one: gossamer identity create")
      : new UserError(
        "failed",
        `None of your identities is "${wanted}". See: gossamer identity list`,
      );
  }
  if (more.length === 0) return only;
  throw new UserError("usage", "That fits more than one identity. See: gossamer identity list");
}

function matching<T extends Named>(identities: readonly T[], wanted: string): readonly T[] {
  const named = identities.filter(({ name }) => name === wanted);
  if (named.length > 0) return named;
  const prefix = wanted.toLowerCase();
  // "g1" is how all of them begin, and names none.
  return prefix.length < 4 ? [] : identities.filter(({ id }) => id.startsWith(prefix));
}

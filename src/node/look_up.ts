/** Looks up host names that the owner gave; names from strangers are never looked up. */
import { UserError } from "./user_error.ts";

/** IP addresses of a host, at least one. Throws a `UserError` when there are none to be had. */
export async function lookUp(host: string): Promise<readonly string[]> {
  const answers = await Promise.allSettled([
    Deno.resolveDns(host, "A"),
    Deno.resolveDns(host, "AAAA"),
  ]);
  const found = answers.flatMap((answer) => answer.status === "fulfilled" ? answer.value : []);
  if (found.length === 0) {
    throw new UserError(
      "failed",
      `No address could be found for ${host}. Nothing was changed; check the spelling and this ` +
        "machine's connection.",
    );
  }
  return found;
}

/** `keys-file`: the running node learns that the `keys` file was changed, which it can't read itself. */
import type { Api } from "../api.ts";
import { decodeBase64 } from "../base64.ts";
import { UserError } from "../user_error.ts";
import type { OwnerContext } from "./context.ts";

/** Takes the file's bytes; without a running node there is nobody to keep them. */
export async function keysFile(
  { live }: OwnerContext,
  { file }: Api["keys-file"]["params"],
): Promise<Api["keys-file"]["result"]> {
  const bytes = decodeBase64(file);
  if (bytes === undefined) throw new UserError("usage", "keys-file: file must be base64");
  await live?.web.keysFile(bytes);
  return {};
}

/** The node's answers in words for a page. */
import { LOCKED_AT_TERMINAL, LOCKED_ON_PAGE } from "../node/locked_words.ts";
import { UserError } from "../node/user_error.ts";
import type { Owner } from "../node/web_port.ts";

/** The same owner, who says on locked keys what is to be done in a browser. */
export function pageOwner(owner: Owner): Owner {
  return {
    call: async (method, params) => {
      try {
        return await owner.call(method, params);
      } catch (error) {
        if (!(error instanceof UserError) || error.message !== LOCKED_AT_TERMINAL) throw error;
        throw new UserError(error.code, LOCKED_ON_PAGE);
      }
    },
    watch: (options) => owner.watch(options),
    unlock: (bundle) => owner.unlock(bundle),
  };
}

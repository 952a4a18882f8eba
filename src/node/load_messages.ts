/** Stored messages as they go out to peers. */
import type { PublicStore } from "../store/mod.ts";
import type { Keeper } from "./keeper.ts";
import type { LoadMessages } from "./link_writer.ts";

/**
 * Reads them, only whole ones: damaged bytes would cost this node the freshness that peers give it.
 * Their bodies are looked into only where some are left out (`--relay text`).
 */
export function loadMessages(
  { store, keeper, textOnly }: {
    readonly store: PublicStore;
    readonly keeper: Pick<Keeper, "refuses">;
    readonly textOnly: boolean;
  },
): LoadMessages {
  if (!textOnly) return (ids) => store.getBytesBatch(ids);
  return async (ids) =>
    (await store.getReadableBatch(ids)).map((message) =>
      message === undefined || keeper.refuses(message) ? undefined : message.bytes
    );
}

/** From the sealed outbox to the engine. */
import type { GossipLoop } from "./gossip_loop.ts";
import { factOf } from "./message_fact.ts";
import type { Keeper } from "./keeper.ts";
import type { OwnRoad } from "./own_messages.ts";

/** How the owner's messages get into the engine. */
export function roadInto(loop: GossipLoop, keeper: Keeper): OwnRoad {
  return {
    send: (message, origin) => {
      // An own attachment rests in the outbox: this node relays none, so it would show whose it is.
      if (keeper.refuses(message)) return;
      const { bytes } = message;
      loop.feed({ kind: "own-message", message: factOf(message), bytes, origin });
    },
    withdraw: (id) => loop.withdraw(id),
    forget: () => loop.feed({ kind: "locked" }),
    after: (ms, f) => {
      const timer = setTimeout(f, ms);
      return () => clearTimeout(timer);
    },
  };
}

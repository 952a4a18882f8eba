/** All views, in no order that matters: no two have a path in common. */
import type { View } from "../site.ts";
import { attachments } from "./attachments.tsx";
import { compose } from "./compose.tsx";
import { health } from "./health.tsx";
import { invite } from "./invite.tsx";
import { join } from "./join.tsx";
import { peers } from "./peers.tsx";
import { trust } from "./trust.tsx";
import { events } from "./events.tsx";
import { keys } from "./keys.tsx";
import { obliterate } from "./obliterate.tsx";
import { PEOPLE } from "./people.ts";
import { privacy } from "./privacy.tsx";
import { retract } from "./retract.tsx";
import { revoke } from "./revoke.tsx";
import { session } from "./session.tsx";
import { thread } from "./thread.tsx";
import { timeline } from "./timeline.tsx";

/** Each adds its routes. */
export const VIEWS: readonly View[] = [
  ...[attachments, compose, retract],
  ...[timeline, events, thread],
  ...[keys, privacy, obliterate, revoke, session],
  ...[trust, invite, join, peers, health],
  ...PEOPLE,
];

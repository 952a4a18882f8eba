/** All views, in no order that matters: no two have a path in common. */
import type { View } from "../site.ts";
import { attachments } from "./attachments.tsx";
import { events } from "./events.tsx";
import { PEOPLE } from "./people.ts";
import { thread } from "./thread.tsx";
import { timeline } from "./timeline.tsx";

/** Each adds its routes. */
export const VIEWS: readonly View[] = [attachments, timeline, events, thread, ...PEOPLE];

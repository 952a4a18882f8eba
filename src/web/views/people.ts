/** The views of people: who they are to the owner, what they say to them, in public and privately. */
import type { View } from "../site.ts";
import { block } from "./block.tsx";
import { blocks } from "./blocks.tsx";
import { conversation } from "./conversation.tsx";
import { conversations } from "./conversations.tsx";
import { follow } from "./follow.tsx";
import { following } from "./following.tsx";
import { letterEvents } from "./letter_events.tsx";
import { letterNew } from "./letter_new.tsx";
import { mentions } from "./mentions.tsx";
import { profile } from "./profile.tsx";
import { profileEdit } from "./profile_edit.tsx";
import { search } from "./search.tsx";
import { verify } from "./verify.tsx";

/** Each adds its routes. */
export const PEOPLE: readonly View[] = [
  ...[mentions, profile, profileEdit, follow, following, verify, block, blocks, search],
  ...[conversations, conversation, letterEvents, letterNew],
];

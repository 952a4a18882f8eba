/** What people read of identities: profiles, own ones, followed ones. Pure. */
import type { FollowView, IdentityView, ProfileView } from "../node/api.ts";
import { body, BORROWED, squeeze, type Style } from "./render_parts.ts";
import { isolate, safeLine, safeText } from "./safe_text.ts";
import { truncate } from "./text_width.ts";

/** A profile. */
export function renderProfile(profile: ProfileView, style: Style): string {
  const lines = [
    isolate(truncate(safeLine(profile.name).trim(), style.width)) || "(no name)",
    ...body(safeLine(profile.id), style),
    ...(profile.bio === "" ? [] : body(squeeze(safeText(profile.bio)), style)),
    ...(profile.link === "" ? [] : body(safeLine(profile.link), style)),
    ...body(
      profile.updated === 0
        ? "no profile was seen yet"
        : `updated ${style.localTime(profile.updated)}`,
      style,
    ),
  ];
  return lines.join("\n");
}

/** Own identities, one a line. */
export function renderIdentities(identities: readonly IdentityView[]): string {
  return identities.map(({ id, name, unlocked }) =>
    `${safeLine(id)}  ${unlocked ? "unlocked" : "locked  "}  ${isolate(safeLine(name))}`.trimEnd()
  ).join("\n");
}

/** Followed identities, one a line. */
export function renderFollows(follows: readonly FollowView[]): string {
  return follows.map(({ id, name, petname, claimed, suspicious }) => {
    const also = petname !== "" && claimed !== "" && claimed !== petname
      ? `calls itself ${isolate(safeLine(claimed))}`
      : suspicious
      ? BORROWED
      : "";
    const note = also === "" ? "" : `  (${also})`;
    return `${safeLine(id)}  ${isolate(safeLine(name))}${note}`.trimEnd();
  }).join("\n");
}

/** What people read of identities: profiles, own ones, followed ones. Pure. */
import type { FollowView, IdentityView, ProfileView, RevokedView } from "../node/api.ts";
import { body, BORROWED, fact, squeeze, type Style } from "./render_parts.ts";
import { renderRevoked } from "./render_trust.ts";
import { isolate, safeLine, safeText } from "../text/safe_text.ts";
import { truncate } from "../text/text_width.ts";

/** A profile. */
export function renderProfile(profile: ProfileView, style: Style): string {
  const { verified, distance, revoked } = profile;
  const lines = [
    isolate(truncate(safeLine(profile.name).trim(), style.width)) || "(no name)",
    ...fact(safeLine(profile.id), style),
    ...(verified ? fact(`verified, at distance ${distance}`, style) : []),
    ...(revoked === null ? [] : fact(renderRevoked(revoked, style), style)),
    ...(profile.bio === "" ? [] : body(squeeze(safeText(profile.bio)), style)),
    ...(profile.link === "" ? [] : fact(safeLine(profile.link), style)),
    ...fact(
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
  return follows.map(({ id, name, petname, claimed, suspicious, revoked }) => {
    const also = petname !== "" && claimed !== "" && claimed !== petname
      ? `calls itself ${isolate(safeLine(claimed))}`
      : suspicious
      ? BORROWED
      : "";
    const note = also === "" ? "" : `  (${also})`;
    const line = `${safeLine(id)}  ${isolate(safeLine(name))}${note}`.trimEnd();
    return revoked === undefined ? line : `${line}\n  ${ended(revoked)}`;
  }).join("\n");
}

/** That an identity was ended, and what that means for who follows it. */
function ended({ successor, fits }: RevokedView): string {
  if (successor === null) return "revoked: its key is ended, and nobody goes on as it";
  const who = safeLine(successor);
  return fits
    ? `revoked, succeeded by ${who} (fits the heir: the same person; follow … --successor)`
    : `revoked; ${who} claims to succeed it, which whoever had its key can say`;
}

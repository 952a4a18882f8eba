/** What people read of trust and revocations. Pure. */
import type { DistantView, RevokedView, TrustView } from "../node/api.ts";
import { BORROWED, fact, type Style } from "./render_parts.ts";
import { isolate, safeLine } from "../text/safe_text.ts";
import { shortIdentity } from "../text/short_identity.ts";
import { truncate } from "../text/text_width.ts";

/** Columns of a name among others. */
const NAME_COLUMNS = 24;

/** Why somebody counts as verified, from them down to one's own keys. */
export function renderTrust(trust: TrustView, style: Style): string {
  const { verified, suspicious, name } = trust;
  const mark = suspicious ? "!" : verified ? "✓" : "·";
  // Beside the mark there must be room for a name on the narrowest terminal.
  const shown = truncate(safeLine(name).trim(), Math.min(NAME_COLUMNS, style.width - 2));
  const said = [
    safeLine(trust.id),
    ...(suspicious ? [BORROWED] : []),
    heading(trust),
    ...(trust.revoked === null ? [] : [renderRevoked(trust.revoked, style)]),
    ...trust.because.map((reason) => because(reason, trust.id)),
    counted(trust),
  ];
  return [`${mark} ${isolate(shown) || "(no name)"}`, ...said.flatMap((line) => fact(line, style))]
    .join(
      "\n",
    );
}

/** That somebody ended their key. */
export function renderRevoked(revoked: RevokedView, style: Style): string {
  const { issued, successor, fits } = revoked;
  const heir = successor === null
    ? "It names nobody who goes on for it."
    : fits
    ? `Its heir, fixed at birth, goes on for it: ${safeLine(successor)}`
    : `It claims that this one goes on for it, which a thief could, too: ${safeLine(successor)}`;
  return `Revoked ${style.localTime(issued)}: what this key says from now on isn't theirs. ${heir}`;
}

function heading({ verified, distance, maxDistance }: TrustView): string {
  const limit = maxDistance === null ? "" : ` (you let it count up to ${maxDistance})`;
  return verified ? `verified, at distance ${distance}${limit}` : `not verified${limit}`;
}

function because(reason: TrustView["because"][number], asked: string): string {
  const who = reason.id === asked ? "It" : called(reason);
  const by = reason.by.map((one) => `${called(one)} at ${one.distance}`).join(", ");
  switch (reason.because) {
    case "own key":
      return `${who}: your own key, distance 0.`;
    case "own verification":
      return `${who}: you verified it, as ${
        reason.by.map((one) => called(one)).join(", ")
      }; distance 1.`;
    case "three verifiers":
      return `${who}: verified by ${by}; distance ${reason.distance}.`;
  }
}

function counted({ verifiedBy, trusted, revoked }: TrustView): string {
  if (revoked !== null) return "Verifications by and of a revoked key are void.";
  const many = verifiedBy.length;
  return many === 0
    ? "Nobody's verification of it is known here."
    : `${many} ${many === 1 ? "identity verifies" : "identities verify"} it, ` +
      `of which ${trusted} ${trusted === 1 ? "is" : "are"} verified; three would do.`;
}

function called({ id, name, suspicious }: Omit<DistantView, "distance">): string {
  const short = shortIdentity(id);
  // Within brackets of ours a name can't pass for the sentence around it.
  const shown = truncate(safeLine(name).trim(), NAME_COLUMNS).replace(/[()]/g, "·");
  if (shown === "") return short;
  return `${short} (${isolate(shown)}${suspicious ? `, ${BORROWED}` : ""})`;
}

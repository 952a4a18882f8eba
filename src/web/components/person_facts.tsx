/** What is known of somebody: in their own words, and to the owner. */
import type { ProfileView } from "../../node/api.ts";
import { safeText } from "../../text/safe_text.ts";
import type { Acquaintance } from "../acquaintance.ts";
import { called } from "../called.ts";
import type { Html } from "../layout.tsx";
import { BlockReason } from "./block_reason.tsx";
import { Identicon } from "./identicon.tsx";
import { Notice } from "./notice.tsx";
import { ProfileLink } from "./profile_link.tsx";
import { Revoked } from "./revoked.tsx";
import { Time } from "./time.tsx";
import { trustPath } from "../paths.ts";

/** A profile, with what the owner knows of them if the keys are open. */
export function PersonFacts({ profile, known }: {
  /** What they say of themselves. */
  readonly profile: ProfileView;
  /** Who they are to the owner. */
  readonly known: Acquaintance | undefined;
}): Html {
  const { id, bio, link, updated, revoked } = profile;
  return (
    <section class="card about" aria-label="About">
      <Identicon id={id} size={64} />
      {known?.suspicious
        ? (
          <Notice kind="error">
            This name looks like that of somebody else whom you know. It is not that one: anybody
            can take any name.
          </Notice>
        )
        : null}
      {revoked === null ? null : <Revoked revoked={revoked} />}
      {known === undefined || known.blocked === null ? null : (
        <Notice kind="warning">
          Blocked <BlockReason because={known.blocked} names={known.blockers} />.
        </Notice>
      )}
      <dl class="facts">
        <dt>Identity</dt>
        <dd>
          <code class="whole">{id}</code>
        </dd>
        <Names profile={profile} known={known} />
        {known === undefined ? null : <Standing profile={profile} known={known} />}
        {bio === "" ? null : (
          <>
            <dt>About</dt>
            <dd class="text" dir="auto">
              {safeText(bio).replaceAll(/\n\s*\n\s*/g, "\n\n").trim()}
            </dd>
          </>
        )}
        {link === "" ? null : (
          <>
            <dt>Link</dt>
            <dd>
              <ProfileLink link={link} />
            </dd>
          </>
        )}
        <dt>Profile</dt>
        <dd>
          {updated === 0 ? "none was seen yet" : (
            <>
              updated <Time at={updated} />
            </>
          )}
        </dd>
      </dl>
    </section>
  );
}

function Names({ profile: { id, name }, known }: {
  readonly profile: ProfileView;
  readonly known: Acquaintance | undefined;
}): Html {
  const petname = known?.follow?.petname ?? "";
  return (
    <>
      {petname === "" ? null : (
        <>
          <dt>Your name for them</dt>
          <dd>
            <bdi>{called({ id, name: petname })}</bdi>
          </dd>
        </>
      )}
      <dt>Calls itself</dt>
      <dd>{name === "" ? "nothing" : <bdi>{called({ id, name })}</bdi>}</dd>
    </>
  );
}

function Standing({ profile: { id, verified, distance }, known }: {
  readonly profile: ProfileView;
  readonly known: Acquaintance;
}): Html {
  return (
    <>
      <dt>Verified</dt>
      <dd>
        {verified ? `yes, at distance ${distance ?? "?"}` : "no"} <a href={trustPath(id)}>Why</a>
      </dd>
      <dt>To you</dt>
      <dd>
        {known.own
          ? "an identity of your own"
          : known.follow === undefined
          ? "not followed"
          : "followed"}
      </dd>
    </>
  );
}

/** Which own identity speaks: never left to chance where there are several. */
import type { IdentityView } from "../../node/api.ts";
import { UserError } from "../../node/user_error.ts";
import { shortIdentity } from "../../text/short_identity.ts";
import { called } from "../called.ts";
import type { FormValues } from "../form.tsx";
import type { Html } from "../layout.tsx";
import { Identicon } from "./identicon.tsx";

/** A part of a form, its field is `as`. Of several identities none is chosen unless `chosen` says so. */
export function Speaker({ identities, chosen, legend = "Which of your identities speaks?" }: {
  /** All that are the owner's. */
  readonly identities: readonly IdentityView[];
  /** What was chosen before, `g1…`. */
  readonly chosen?: string | undefined;
  /** What is asked. */
  readonly legend?: string;
}): Html {
  const [only, ...others] = identities;
  if (only !== undefined && others.length === 0) {
    return (
      <p class="hint speaker">
        <input type="hidden" name="as" value={only.id} />
        You speak as <Own identity={only} />
      </p>
    );
  }
  return (
    <fieldset class="speaker">
      <legend>{legend}</legend>
      {identities.map((identity) => (
        <label class="check">
          <input
            type="radio"
            name="as"
            value={identity.id}
            required
            checked={identity.id === chosen}
          />
          <Own identity={identity} />
        </label>
      ))}
    </fieldset>
  );
}

/** Who a form says that speaks; undefined when it says nobody, or somebody else. */
export function chosenSpeaker(
  form: FormValues,
  identities: readonly IdentityView[],
): string | undefined {
  const as = form.text("as");
  return identities.some(({ id }) => id === as) ? as : undefined;
}

/** The same. Throws a `UserError` when it says nobody, or somebody else. */
export function speakerOf(form: FormValues, identities: readonly IdentityView[]): string {
  const as = chosenSpeaker(form, identities);
  if (as !== undefined) return as;
  throw new UserError("usage", "Choose which of your identities speaks. Nothing was sent.");
}

function Own({ identity }: { readonly identity: IdentityView }): Html {
  return (
    <span class="person">
      <Identicon id={identity.id} size={24} />
      <span class="who">
        <bdi class="name">{called(identity)}</bdi>{" "}
        <code class="id">{shortIdentity(identity.id)}</code>
      </span>
    </span>
  );
}

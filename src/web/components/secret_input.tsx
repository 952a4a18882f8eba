/** A field for a passphrase. */
import type { Html } from "../layout.tsx";

/** Sealed by the page's script, where it runs, to the key that it brings (sealed_fields.ts). */
export function SecretInput({ name, offer, autocomplete }: {
  /** Its name and id; `NAME-help` describes it. */
  readonly name: string;
  /** The key, in hex. */
  readonly offer: string;
  /** What the browser may fill in. */
  readonly autocomplete: "current-password" | "off";
}): Html {
  return (
    <input
      id={name}
      name={name}
      type="password"
      required
      autocomplete={autocomplete}
      autocapitalize="off"
      spellcheck={false}
      aria-describedby={`${name}-help`}
      data-seal={offer}
    />
  );
}

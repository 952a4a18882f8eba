/** A picture of an identity, drawn from its key: nobody sends it. */
import type { Html } from "../layout.tsx";

/** An inline picture of `size` CSS pixels. The name stands beside it, so screen readers skip it. */
export function Identicon({ id, size }: { readonly id: string; readonly size: number }): Html {
  return (
    <svg class="identicon" width={size} height={size} viewBox="0 0 8 8" aria-hidden="true">
      <circle cx="4" cy="4" r={1 + id.length % 3} fill="#7a8" />
    </svg>
  );
}

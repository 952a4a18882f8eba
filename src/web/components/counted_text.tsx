/** Where a text is written, with how much of it there may be. */
import type { Html } from "../layout.tsx";

/** A part of a form, its field is `text`; one to a page. The page's script counts as one writes. */
export function CountedText({ label, text, most, required = false }: {
  /** What it is for. */
  readonly label: string;
  /** What stands in it. */
  readonly text: string;
  /** Most characters. */
  readonly most: number;
  /** Whether there must be some. */
  readonly required?: boolean;
}): Html {
  return (
    <div class="field">
      <label for="text">{label}</label>
      <textarea
        id="text"
        name="text"
        rows={5}
        required={required}
        dir="auto"
        data-count={most}
        aria-describedby="text-help"
      >
        {`\n${text}`}
      </textarea>
      <p class="help" id="text-help">
        {`At most ${most} characters. `}
        <span class="count" data-count-of="text" aria-hidden="true"></span>
      </p>
      <p class="hidden" role="status" data-count-said="text"></p>
    </div>
  );
}

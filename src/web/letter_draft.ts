/** A private message as far as it is written. */
import type { FormValues } from "./form.tsx";
import { emptySlots, type FileSlot, fileSlots } from "./uploads.ts";

/** What has to be agreed to before something is sent. */
export type Doubt = "revoked" | "first" | "stranger";

/** What stands in the form. */
export interface LetterDraft {
  /** The words. */
  readonly text: string;
  /** Own identity that speaks, `g1…`; "" as long as nobody was chosen. */
  readonly as: string;
  /** Message that is answered, or "". */
  readonly replyTo: string;
  /** What was agreed to. */
  readonly agreed: readonly string[];
  /** Files go with all that is in them. */
  readonly asTheyAre: boolean;
  /** Files. */
  readonly slots: readonly FileSlot[];
  /** Tells this form from others, so that it isn't sent twice; "" for a new one. */
  readonly form: string;
}

/** A draft with nothing in it yet. */
export function newLetterDraft(part: Pick<LetterDraft, "as" | "replyTo">): LetterDraft {
  return { text: "", agreed: [], asTheyAre: false, slots: emptySlots(), form: "", ...part };
}

/** A draft out of what a form sent. */
export function readLetterDraft(values: FormValues): LetterDraft {
  return {
    text: values.text("text"),
    as: values.text("as"),
    replyTo: values.text("replyTo"),
    agreed: values.all("agreed"),
    asTheyAre: values.text("as-they-are") !== "",
    slots: fileSlots(values),
    form: values.text("form"),
  };
}

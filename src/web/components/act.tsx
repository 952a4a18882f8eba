/**
 * A button that leads to where something is done to one message, or about one person. Its id goes in the request's body: a
 * browser keeps the addresses of pages, and one such as "/retract/ID" would tell who wrote it.
 */
import type { PropsWithChildren } from "hono/jsx";
import type { Html } from "../layout.tsx";

/** The form that all of them on a page belong to; the page's frame has it. */
export const ACT_FORM = "act";

/** One of them. It looks like a link unless said otherwise. */
export function Act({ to, name, id, look = "link", children }: PropsWithChildren<{
  /** Path. */
  readonly to: string;
  /** Field that holds the message. */
  readonly name: string;
  /** The message, or the identity. */
  readonly id: string;
  /** Class for the style sheet. */
  readonly look?: "link" | "quiet" | "button";
}>): Html {
  return (
    <button type="submit" class={look} form={ACT_FORM} formaction={to} name={name} value={id}>
      {children}
    </button>
  );
}

/** Forms of the page and what comes from them. Every one works without JavaScript. */
import type { PropsWithChildren } from "hono/jsx";
import { UserError } from "../node/user_error.ts";
import type { Session } from "./sessions.ts";
import type { Html } from "./layout.tsx";
import { boundaryOf, countParts } from "./multipart.ts";
import type { WebContext } from "./site.ts";

/** A form that changes something, with what proves that it is the page's own. */
export function Form(
  { action, session, files = false, class: name, label, children }: PropsWithChildren<{
    /** Path that it is sent to. */
    readonly action: string;
    /** Whose page it is on. */
    readonly session: Session;
    /** Whether files go with it. */
    readonly files?: boolean;
    /** Class for the style sheet. */
    readonly class?: string;
    /** What it is for, where no heading says so. */
    readonly label?: string;
  }>,
): Html {
  return (
    <form
      method="post"
      action={action}
      enctype={files ? "multipart/form-data" : "application/x-www-form-urlencoded"}
      autocomplete="off"
      {...(name === undefined ? {} : { class: name })}
      {...(label === undefined ? {} : { "aria-label": label })}
    >
      <Proof session={session} />
      {children}
    </form>
  );
}

/** What proves that a form is the page's own. */
export function Proof({ session: { csrf } }: { readonly session: Session }): Html {
  return <input type="hidden" name="csrf" value={csrf} />;
}

/** What a form sent. */
export interface FormValues {
  /** A field's text; "" if it wasn't there. */
  text(name: string): string;
  /** All texts of a field that can stand more than once. */
  all(name: string): readonly string[];
  /** Files of a field; fields that were left empty are left out. */
  files(name: string): readonly File[];
}

/** Most fields in a form: the longest of ours has some thirty. Millions would take seconds and gigabytes. */
export const MAX_FIELDS = 256;

/** Reads a form; a second reading costs nothing. Throws a `UserError` when it isn't one. */
export async function readForm(c: WebContext): Promise<FormValues> {
  let body: Record<string, unknown>;
  try {
    checkFields(new Uint8Array(await c.req.arrayBuffer()), c.req.header("content-type") ?? "");
    body = await c.req.parseBody({ all: true });
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError("usage", "The form was not received whole.");
  }
  const all = (name: string): readonly unknown[] => [body[name] ?? []].flat();
  const texts = (name: string): readonly string[] =>
    all(name).filter((value): value is string => typeof value === "string")
      // Browsers send line ends as CR LF.
      .map((value) => value.replaceAll("\r\n", "\n"));
  return {
    text: (name) => texts(name)[0] ?? "",
    all: texts,
    files: (name) =>
      all(name).filter((value): value is File => value instanceof File)
        .filter(({ name, size }) => name !== "" || size > 0),
  };
}

/** Before a form is taken apart. Throws a `UserError` for too many fields. */
function checkFields(body: Uint8Array, type: string): void {
  const boundary = boundaryOf(type);
  // What calls itself one with files and isn't as browsers send it would be counted wrongly.
  if (boundary === undefined && /^\s*multipart\//i.test(type)) {
    throw new UserError("usage", "The form was not received whole.");
  }
  const count = boundary === undefined ? countAnds(body) + 1 : countParts(body, boundary) - 1;
  if (count > MAX_FIELDS) throw new UserError("refused", "That form has too many fields.");
}

function countAnds(body: Uint8Array): number {
  let count = 0;
  for (let at = body.indexOf(0x26); at >= 0; at = body.indexOf(0x26, at + 1)) count++;
  return count;
}

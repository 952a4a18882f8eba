/** The frame around every view. */
import type { PropsWithChildren } from "hono/jsx";
import type { HtmlEscapedString } from "hono/utils/html";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { ASSETS } from "./assets.ts";
import { ACT_FORM } from "./components/act.tsx";
import { Form, Proof } from "./form.tsx";
import type { Session } from "./sessions.ts";
import type { WebContext } from "./site.ts";

/** What a component gives. */
export type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

/** Where one can go from everywhere, in groups: path, name. */
const NAV: readonly (readonly (readonly [path: string, name: string])[])[] = [
  [
    ["/", "Timeline"],
    ["/compose", "Write"],
    ["/mentions", "Mentions"],
    ["/messages", "Private messages"],
    ["/everything", "Everything"],
    ["/search", "Search"],
  ],
  [
    ["/following", "Following"],
    ["/blocks", "Blocks"],
    ["/trust", "Trust"],
    ["/invite", "Invite"],
    ["/join", "Join"],
  ],
  [
    ["/peers", "Peers"],
    ["/health", "Health"],
    ["/keys", "Keys and identities"],
    ["/privacy", "What is public"],
    ["/obliterate", "Obliterate"],
  ],
];

/** A page of somebody who is signed in. */
export function Page(
  { title, heading = title, path, session, children }: PropsWithChildren<{
    /** What the browser calls it, and keeps in its history: no names, nothing private. */
    readonly title: string;
    /** What stands on top of it; the title unless given. */
    readonly heading?: string;
    /** Where it stands in the navigation, if it does. */
    readonly path?: string;
    /** Whose page it is. */
    readonly session: Session;
  }>,
): Html {
  return (
    <Document title={title}>
      <a class="skip" href="#main">Skip to the content</a>
      <header class="top">
        <a class="brand" href="/">Gossamer</a>
        <button type="button" class="quiet menu" popovertarget="nav">Menu</button>
        <Form action="/sign-out" session={session} class="sign-out">
          <button type="submit">Sign out</button>
        </Form>
      </header>
      <div class="columns">
        <Navigation path={path} />
        <main id="main" tabindex={-1}>
          <h1>{heading}</h1>
          {children}
        </main>
      </div>
      <form id={ACT_FORM} method="post" hidden>
        <Proof session={session} />
      </form>
    </Document>
  );
}

/** For a browser that is not signed in: it says nothing of the owner. */
export function SignedOutPage({ children }: PropsWithChildren): Html {
  return (
    <Document title="Not signed in">
      <main id="main" class="alone">
        <h1>Not signed in</h1>
        {children ?? <p>This is the page of a Gossamer node, for its owner.</p>}
        <p>
          A link that signs this browser in: <code>gossamer open</code>
        </p>
      </main>
    </Document>
  );
}

/** On a phone it comes by the button, without a script. */
function Navigation({ path }: { readonly path: string | undefined }): Html {
  return (
    <nav id="nav" aria-label="Main" popover="auto">
      {NAV.map((group) => (
        <ul>
          {group.map(([to, name]) => (
            <li>
              <a href={to} {...(to === path ? { "aria-current": "page" } : {})}>{name}</a>
            </li>
          ))}
        </ul>
      ))}
    </nav>
  );
}

/** The document itself. */
export function Document({ title, refresh, children }: PropsWithChildren<{
  /** What the browser calls it. */
  readonly title: string;
  /** Where the browser goes on to at once. */
  readonly refresh?: string;
}>): Html {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex" />
        {refresh === undefined ? null : <meta http-equiv="refresh" content={`0; url=${refresh}`} />}
        <title>{`${title} · Gossamer`}</title>
        <link rel="icon" type="image/svg+xml" href={ASSETS.icon.path} />
        <link rel="stylesheet" href={ASSETS.style.path} />
        <script type="module" src={ASSETS.client.path}></script>
      </head>
      <body>{children}</body>
    </html>
  );
}

/** Answers with a page. */
export async function render(
  c: WebContext,
  page: Html,
  status: ContentfulStatusCode = 200,
): Promise<Response> {
  // A component below may have had to wait for something: then the text comes as a promise.
  const text = await (await page).toString();
  return c.html(`<!doctype html>${text}`, status);
}

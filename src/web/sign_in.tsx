/** Signing in by a link, and out. */
import { setCookie } from "hono/cookie";
import { cookieName } from "./guards.tsx";
import { Document, render, SignedOutPage } from "./layout.tsx";
import type { View, WebContext } from "./site.ts";

/** `GET /sign-in?key=…` and `POST /sign-out`. */
export const signIn: View = (app, { sessions }) => {
  app.get("/sign-in", (c) => {
    // A browser that only looks ahead must not use the link up.
    if (/prefetch|preview/.test(c.req.header("sec-purpose") ?? c.req.header("purpose") ?? "")) {
      return c.body(null, 503);
    }
    const session = sessions.redeem(c.req.query("key") ?? "");
    if (session === undefined) return render(c, <UsedLink />, 403);
    setCookie(c, cookieName(c), session.id, { path: "/", httpOnly: true, sameSite: "Strict" });
    // A redirect would count as the navigation of whatever page the link was on, and go without the cookie.
    return render(c, <SignedIn />);
  });
  app.post("/sign-out", async (c) => {
    sessions.end(c.get("session").id);
    // What this browser unlocked is locked when it reads that it is signed out.
    await sessions.settled();
    forget(c);
    return await render(c, <SignedOutPage>{<p>This browser is signed out.</p>}</SignedOutPage>);
  });
};

/** Has the browser drop its cookie and whatever it kept of the page. */
export function forget(c: WebContext): void {
  setCookie(c, cookieName(c), "", { path: "/", httpOnly: true, sameSite: "Strict", maxAge: 0 });
  c.header("clear-site-data", '"cache", "storage"');
}

function SignedIn(): ReturnType<typeof Document> {
  return (
    <Document title="Signed in" refresh="/">
      <main id="main" class="alone">
        <h1>Signed in</h1>
        <p>
          <a href="/">Go on to the timeline</a>
        </p>
      </main>
    </Document>
  );
}

function UsedLink(): ReturnType<typeof Document> {
  return (
    <SignedOutPage>
      <p role="alert">
        This link is not good any more: it works once, within two minutes. If it was you who used
        it, you were signed out for safety, since somebody else may have seen it.
      </p>
    </SignedOutPage>
  );
}

/** A site with faults on purpose. Run as a program. */
import { serveSite } from "./serve_site.ts";

const PAGES: Readonly<Record<string, string>> = {
  "/": `<a href="/on?a=1">On</a>`,
  "/on": "<p>There</p>",
  "/asks": `<p id="said"></p><img alt="" src="http://10.88.1.77:8/x.png">
    <script>document.images[0].onerror = () => { said.textContent = "asked"; };</script>`,
  "/throws": `<script>throw new Error("on purpose")</script>`,
  "/faulty": `<img src="data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=">`,
  "/wide": `<p style="width: 800px">Wide</p>`,
};

const POLICY = "default-src 'none'; script-src 'unsafe-inline'";

serveSite((request) => {
  const refused = new URL(request.url).pathname.endsWith("-refused");
  const body = PAGES[new URL(request.url).pathname.replace(/-refused$/, "")];
  const html = `<!doctype html><html lang="en"><meta name="viewport" content="width=device-width">
      <link rel="icon" href="data:,"><title>Plain</title><main><h1>Plain</h1>${body ?? ""}</main>`;
  return new Response(html, {
    status: body === undefined ? 404 : 200,
    headers: {
      "content-type": "text/html; charset=utf-8",
      ...(refused ? { "content-security-policy": POLICY } : {}),
    },
  });
});

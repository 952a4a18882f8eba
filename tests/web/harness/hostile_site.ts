/** The page over an owner all of whose world is hostile, for a real browser; says where it is. */
import { ANSWERS } from "../everything.ts";
import { Visit } from "../visit.ts";

const { inbox } = ANSWERS;
const visit = new Visit({
  ...ANSWERS,
  // Nothing new ever comes, which takes its time.
  inbox: (params) => {
    if (params.news === true || inbox === undefined) return new Promise(() => {});
    return inbox(params);
  },
});

Deno.serve(
  {
    hostname: "127.0.0.1",
    port: 0,
    onListen: ({ port }) => {
      Deno.stdout.writeSync(new TextEncoder().encode(`http://127.0.0.1:${port}\n`));
    },
  },
  async (request) => {
    const { pathname, search } = new URL(request.url);
    const from = request.headers.get("sec-fetch-site") ?? "none";
    const path = `${pathname}${search}`;
    if (request.method === "GET") return await visit.get(path, { "sec-fetch-site": from });
    const fields = Object.fromEntries(
      [...await request.formData()].filter(([name]) => name !== "csrf"),
    );
    return await visit.post(
      path,
      Object.fromEntries(
        Object.entries(fields).map(([name, value]) => [name, [value]]),
      ),
      { "sec-fetch-site": from },
    );
  },
);

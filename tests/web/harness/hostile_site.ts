/** The page over an owner all of whose world is hostile, for a real browser; says where it is. */
import { ANSWERS } from "../everything.ts";
import { Visit } from "../visit.ts";
import { serveSite } from "./serve_site.ts";

const { inbox } = ANSWERS;
const visit = new Visit({
  ...ANSWERS,
  // Nothing new ever comes, which takes its time.
  inbox: (params) => {
    if (params.news === true || inbox === undefined) return new Promise(() => {});
    return inbox(params);
  },
});

serveSite(async (request) => {
  const { pathname, search } = new URL(request.url);
  const path = `${pathname}${search}`;
  const from = { "sec-fetch-site": request.headers.get("sec-fetch-site") ?? "none" };
  if (request.method === "GET") return await visit.get(path, from);
  const fields = [...await request.formData()].filter(([name]) => name !== "csrf");
  const one = fields.map(([name, value]) => [name, [value]] as const);
  return await visit.post(path, Object.fromEntries(one), from);
});

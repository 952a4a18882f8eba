/** Changes to whom the owner follows and what they call them. */
import { attempt } from "../attempt.ts";
import { pageNumber } from "../components/pager.tsx";
import { ErrorPage } from "../error_page.tsx";
import { type FormValues, readForm } from "../form.tsx";
import { render } from "../layout.tsx";
import type { View } from "../site.ts";
import { showFollowing } from "./following.tsx";
import { personPath, veiled } from "../paths.ts";

/** Most who are named after a locator was followed. */
const MAX_NAMED = 20;

/** `POST /follow`, `POST /unfollow`. */
export const follow: View = (app, site) => {
  app.post("/follow", async (c) => {
    const form = await readForm(c);
    const target = form.text("target").trim();
    const result = await attempt(() => site.owner.call("follow", paramsOf(form)));
    if (!result.done) {
      return showFollowing(c, site, { target, name: form.text("name"), message: result.message });
    }
    if (form.text("from") === "person" && result.value[0] !== undefined) {
      return c.redirect(personPath(result.value[0].id), 303);
    }
    const ids = result.value.slice(0, MAX_NAMED).map(({ id }) => id);
    if (form.text("rename") === "1") {
      const page = pageNumber(form.text("page"));
      return c.redirect(`/following?page=${page}`, 303);
    }
    return c.redirect(`/following?new=${veiled(ids.join(" "))}`, 303);
  });
  app.post("/unfollow", async (c) => {
    const form = await readForm(c);
    const result = await attempt(() => site.owner.call("unfollow", { id: form.text("id") }));
    if (!result.done) {
      return render(c, <ErrorPage session={c.get("session")} message={result.message} />, 400);
    }
    const person = personPath(result.value.id);
    return c.redirect(form.text("from") === "person" ? person : "/following", 303);
  });
};

function paramsOf(
  form: FormValues,
): { target: string; name?: string; starters?: boolean; successor?: boolean } {
  const target = form.text("target").trim();
  // An empty name takes a petname away where one is changed, and means none where somebody is added.
  const name = form.text("name");
  const named = name !== "" || form.text("rename") === "1";
  return {
    target,
    ...(!named || form.text("successor") === "1" ? {} : { name }),
    ...(form.text("starters") === "1" ? { starters: true } : {}),
    ...(form.text("successor") === "1" ? { successor: true } : {}),
  };
}

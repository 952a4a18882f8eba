/** axe, which finds what keeps people who don't see or point from using a page. */
import axe from "axe-core";
import type { Page } from "playwright-core";

/** WCAG 2.2 AA, and what axe recommends besides. */
const RULES: readonly string[] = [
  ...["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
];

/** What axe says of a page, as far as it is used here. */
interface Report {
  readonly violations: readonly {
    readonly id: string;
    readonly help: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
  }[];
}

/** What is wrong with a page, a line for each element; it works where the page's CSP allows no script. */
export async function faults(
  page: Page,
  { only = RULES }: { readonly only?: readonly string[] } = {},
): Promise<readonly string[]> {
  // By the debugger, which no policy of the page binds; the page's origin is asked for nothing.
  await page.evaluate(axe.source);
  const options = JSON.stringify({ runOnly: only, resultTypes: ["violations"] });
  const { violations } = await page.evaluate<Report>(`axe.run(document, ${options})`);
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, failureSummary = "" }) => `${id}: ${help}: ${html} ${failureSummary}`)
  );
}

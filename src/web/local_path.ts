/** Where a page leads back to: a path of the page itself, whatever a link says. */

/** The path with its query, or `undefined` for anything that leads elsewhere or is no path. */
export function localPath(text: string): string | undefined {
  // A second slash, or what browsers take for one, would begin another host.
  if (!/^\/(?![/\\])/.test(text) || text.length > 2_000) return undefined;
  const base = "http://page.invalid";
  if (!URL.canParse(text, base)) return undefined;
  const { origin, pathname, search } = new URL(text, base);
  return origin === base ? `${pathname}${search}` : undefined;
}

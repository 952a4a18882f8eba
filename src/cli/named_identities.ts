/** What a locator seems to name, to be asked about before anything is done; the node reads it strictly. */

/** Identities to follow. */
export function identitiesOf(locator: string): readonly string[] {
  return named(locator, /(?<=[?&;]i=)g1[02-9ac-hj-np-z]+/g);
}

/** Those of its starter list. */
export function startersOf(locator: string): readonly string[] {
  return named(locator, /(?<=[?&;]s=)g1[02-9ac-hj-np-z]+/g);
}

function named(locator: string, pattern: RegExp): readonly string[] {
  const plain = locator.toLowerCase().replace(/\s+/g, "").replace(
    /%([0-7][0-9a-f])/g,
    (_, hex) => String.fromCharCode(parseInt(hex, 16)),
  );
  return [...new Set(plain.match(pattern) ?? [])];
}

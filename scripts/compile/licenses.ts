/** The licences of all that an executable holds, which go with it wherever it goes. */

/** A package and what its own files say about it. */
export interface Licensed {
  readonly name: string;
  readonly version: string;
  /** SPDX expression out of its `package.json`. */
  readonly license: string;
  /** Its licence and notice files, in whole. None where it ships none. */
  readonly texts: readonly string[];
}

/** Names of files that hold licences or notices. */
export const LICENSE_FILE = /^(licen[cs]e|copying|notice|copyrightnotice)([-._].*)?$/i;

/** The page that goes with the executables. Throws for a package that doesn't say under what it stands. */
export function licensesPage(packages: readonly Licensed[]): string {
  const silent = packages.filter(({ license }) => license === "");
  if (silent.length > 0) {
    throw new Error(`without a licence: ${silent.map(({ name }) => name).join(", ")}`);
  }
  const parts = packages.map(({ name, version, license, texts }) => {
    const body = texts.length > 0
      ? texts.map((text) => text.replaceAll("\r\n", "\n").trim()).join("\n\n")
      : `The package has no file with its licence. Its package.json says: ${license}`;
    return `${"=".repeat(78)}\n${name} ${version} (${license})\n${"=".repeat(78)}\n\n${body}\n`;
  });
  return `${HEAD}\n${parts.join("\n")}`;
}

const HEAD =
  `Gossamer is under the MIT licence (LICENSE). Its executables also hold the packages below, and the
runtime Deno (MIT licence, Copyright 2018-2026 the Deno authors) with V8 (3-clause BSD licence, Copyright
2006-2026 the V8 project authors) and the Rust crates that these are made of; their licences:
https://github.com/denoland/deno/blob/main/LICENSE.md
https://github.com/v8/v8/blob/main/LICENSE
`;

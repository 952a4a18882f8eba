/** What an executable holds, for programs that look for known faults: CycloneDX 1.5, as JSON. */
import type { Package } from "./embedded.ts";

/** What it is of. */
export interface Build {
  /** Of Gossamer. */
  readonly version: string;
  /** See `src/node/build_commit.ts`. */
  readonly commit: string | null;
  /** Of Deno. */
  readonly runtime: string;
}

/** The bill of materials. The same for the same build: it has no time and no random number. */
export function sbom(
  packages: readonly (Package & { readonly license: string })[],
  { version, commit, runtime }: Build,
): string {
  const components = packages.map(({ name, version, integrity, license }) => ({
    type: "library",
    "bom-ref": purl(name, version),
    name,
    version,
    purl: purl(name, version),
    hashes: [{ alg: "SHA-512", content: sha512(integrity) }],
    licenses: [{ expression: license }],
  }));
  const deno = {
    type: "platform",
    "bom-ref": `pkg:github/denoland/deno@v${runtime}`,
    name: "deno",
    version: runtime,
    purl: `pkg:github/denoland/deno@v${runtime}`,
    licenses: [{ expression: "MIT" }],
  };
  const properties = commit === null ? {} : { properties: [{ name: "commit", value: commit }] };
  const component = {
    ...{ type: "application", "bom-ref": `gossamer@${version}`, name: "gossamer", version },
    ...{ licenses: [{ expression: "MIT" }], ...properties },
  };
  const bill = {
    ...{ bomFormat: "CycloneDX", specVersion: "1.5", version: 1 },
    metadata: { component },
    components: [deno, ...components],
  };
  return `${JSON.stringify(bill, null, 2)}\n`;
}

function purl(name: string, version: string): string {
  return `pkg:npm/${name.replace("@", "%40")}@${version}`;
}

function sha512(integrity: string): string {
  const [, base64] = /^sha512-([A-Za-z0-9+/]{86}==)$/.exec(integrity) ?? [];
  if (base64 === undefined) throw new Error(`no SHA-512 in ${integrity}`);
  return Uint8Array.fromBase64(base64).toHex();
}

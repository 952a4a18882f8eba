/**
 * Writes the methods and types of docs/API.md between its two marks from `src/node/api*.ts`, whose
 * comments are the documentation; with `--check` it only says whether it would change anything.
 */

const BEGIN = "<!-- begin of what scripts/api_doc.ts writes -->";
const END = "<!-- end of it -->";
const FOLDER = new URL("../src/node/", import.meta.url);
const PAGE = new URL("../docs/API.md", import.meta.url);
const TABLES = ["api.ts", "api_letters.ts"];
const TYPES = [
  "api_views.ts",
  "api_trust.ts",
  "api_health.ts",
  "api_ways.ts",
  "api_activity.ts",
  "api_diagnosis.ts",
];

/** Something with a comment before it. */
interface Part {
  readonly name: string;
  readonly comment: string;
  readonly code: string;
}

/** The page with methods and types as the program has them now. Throws when the page has no place for them. */
export async function withApi(page: string): Promise<string> {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`docs/API.md lacks ${BEGIN} … ${END}`);
  const read = (file: string): Promise<string> => Deno.readTextFile(new URL(file, FOLDER));
  const tables = await Promise.all(TABLES.map(read));
  const sources = await Promise.all(TYPES.map(read));
  const written = [
    "## Methods",
    ...tables.flatMap(methodsOf).map(section),
    "## Types",
    ...sources.flatMap(typesOf).map(section),
  ];
  return `${page.slice(0, begin + BEGIN.length)}\n\n${written.join("\n\n")}\n\n${page.slice(end)}`;
}

/** The members of `interface Api` or a part of it: the formatter has each begin at two spaces. */
function methodsOf(source: string): readonly Part[] {
  const [, body = ""] = /^export interface \w*Api [^{]*\{\n(.*?)^\}/ms.exec(source) ?? [];
  const member =
    /((?:^ {2}\/\*\*.*?\*\/\n)?)^ {2}("?[\w-]+"?): (\{.*?\});$(?=\n(?: {2}[^ }]|\n|$))/gms;
  const parts = [...body.matchAll(member)].map(([, comment = "", name = "", code = ""]) => ({
    name: name.replaceAll('"', ""),
    comment: wordsOf(comment),
    code: code.replaceAll(/^ {2}/gm, ""),
  }));
  const expected = body.match(/^ {2}"?[\w-]+"?:/gm)?.length ?? 0;
  if (parts.length !== expected || expected === 0) {
    throw new Error(`${parts.length} of ${expected} methods were understood`);
  }
  return parts;
}

/** Exported interfaces, which end with a brace of their own line, and types. */
function typesOf(source: string): readonly Part[] {
  const declared =
    /((?:^\/\*\*(?:(?!\*\/).)*\*\/\n)?)^export (?:interface (.*?^\})|type (.*?;))$/gms;
  return [...source.matchAll(declared)].map(([, comment = "", face, type]) => {
    const code = face ?? type ?? "";
    return { name: /^\w+/.exec(code)?.[0] ?? "", comment: wordsOf(comment), code };
  });
}

function section({ name, comment, code }: Part): string {
  const shown = withoutLinks(code).replaceAll(/\breadonly /g, "");
  return `### ${name}\n\n${comment}\n\n\`\`\`ts\n${shown}\n\`\`\``;
}

/** A comment as a paragraph. */
function wordsOf(comment: string): string {
  const text = comment.replaceAll(/^\s*\/\*\*\s?|\s*\*\/\s*$/g, "").replaceAll(/^\s*\*? ?/gm, "");
  return withoutLinks(text).trim();
}

/** Links of the documentation tool as code. */
function withoutLinks(text: string): string {
  return text.replaceAll(/\{@linkcode ([^}]+)\}/g, "`$1`");
}

if (import.meta.main) {
  const page = await Deno.readTextFile(PAGE);
  const wanted = await withApi(page);
  if (!Deno.args.includes("--check")) await Deno.writeTextFile(PAGE, wanted);
  else if (wanted !== page) Deno.exit(1);
}

/**
 * Writes the table of docs/PRIVACY.md between its two marks from src/wire/data_classes.ts; with
 * `--check` it only says whether it would change anything.
 */
import { DATA } from "../src/wire/data_classes.ts";
import { DATA_FILES } from "../src/wire/data_files.ts";

const BEGIN = "<!-- begin of the table from src/wire/data_classes.ts -->";
const END = "<!-- end of the table -->";

/** The page with its table as the program has it now. Throws when the page has no place for it. */
export function withTable(page: string): string {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`docs/PRIVACY.md lacks ${BEGIN} … ${END}`);
  return `${page.slice(0, begin + BEGIN.length)}\n\n${table()}\n${page.slice(end)}`;
}

function table(): string {
  const rows = DATA.map((datum) => [
    datum.what,
    datum.dataClass,
    datum.places.join(", "),
    datum.seenBy,
    datum.until,
    datum.carriers.map((carrier) => `\`${carrier}\``).join("; ") || "–",
    `\`${datum.border}\``,
  ]);
  const files = DATA_FILES.map(({ name, holds }) => [`\`${name}\``, holds]);
  return [
    ...lines(["datum", "class", "where", "seen by", "until", "carried by", "crosses at"], rows),
    "",
    ...lines(["file of the data folder", "holds"], files),
    "",
  ].join("\n");
}

function lines(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
}

if (import.meta.main) {
  const path = new URL("../docs/PRIVACY.md", import.meta.url);
  const page = await Deno.readTextFile(path);
  const wanted = withTable(page);
  if (Deno.args.includes("--check")) Deno.exit(page === wanted ? 0 : 1);
  await Deno.writeTextFile(path, wanted);
}

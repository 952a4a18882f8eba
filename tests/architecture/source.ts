/** Source files as the architecture rules look at them: code, comments and imports apart. */
import { walk } from "./walk.ts";

/** One import or re-export. */
export interface Import {
  /** As written: a relative path, a package, or `node:…`. */
  readonly specifier: string;
  /** Whether it is gone at run time (`import type`, `export type`). */
  readonly typeOnly: boolean;
}

/** A file, taken apart. */
export interface Source {
  /** From the project's root, with `/`. */
  readonly path: string;
  /** The text as it is. */
  readonly text: string;
  /** The text without comments; what strings say is kept. */
  readonly code: string;
  /** The text without comments and without what strings and regular expressions say. */
  readonly bare: string;
  /** All comments. */
  readonly comments: string;
  readonly imports: readonly Import[];
}

/** Takes a file apart. */
export function source(path: string, text: string): Source {
  const { code, bare, comments } = split(text);
  return { path, text, code, bare, comments, imports: importsOf(code, bare) };
}

/** Reads every TypeScript file below the folders, and the single files named. */
export async function readSources(root: URL, names: readonly string[]): Promise<Source[]> {
  const found: Source[] = [];
  for (const name of names) {
    for await (const path of walk(root, name)) {
      found.push(source(path, await Deno.readTextFile(new URL(path, root))));
    }
  }
  return found.sort((a, b) => a.path < b.path ? -1 : 1);
}

/** Where a relative import leads, from the project's root; `undefined` for packages. */
export function target(from: string, specifier: string): string | undefined {
  if (!specifier.startsWith(".")) return undefined;
  return decodeURI(new URL(specifier, `file:///${from}`).pathname.slice(1));
}

/** Folder of `src` that a file belongs to; `main` for main.ts; `undefined` outside the program. */
export function folderOf(path: string): string | undefined {
  if (path === "main.ts") return "main";
  const [top, folder, rest] = path.split("/");
  return top === "src" && rest !== undefined ? folder : undefined;
}

function importsOf(code: string, bare: string): Import[] {
  const found: Import[] = [];
  // Matched where the keyword is code and not text; the specifier is read where strings are kept.
  const pattern =
    /\b(?:import|export)\s+(type\s+)?(?:[\w*{}\s,$]+?\s+from\s+)?"([^"\n]*)"|\bimport\s*\(\s*"([^"\n]*)"/g;
  for (const match of code.matchAll(pattern)) {
    if (!/^(import|export)/.test(bare.slice(match.index))) continue;
    found.push({
      specifier: match[2] ?? match[3] ?? "",
      typeOnly: match[1] !== undefined,
    });
  }
  return found;
}

/** Splits a text by a small scanner; lengths and line ends stay, so that positions are the same in all. */
function split(text: string): { code: string; bare: string; comments: string } {
  const code = text.split("");
  const bare = [...code];
  const comments: string[] = [];
  /** Depths of `{` at which an expression inside a template ends. */
  const templates: number[] = [];
  let depth = 0;
  let last = "";
  const blank = (list: string[], from: number, to: number): void => {
    for (let i = from; i < to; i++) if (list[i] !== "\n") list[i] = " ";
  };
  const template = (from: number): number => {
    let i = from;
    while (i < text.length && text[i] !== "`") {
      if (text[i] === "\\") i++;
      else if (text[i] === "$" && text[i + 1] === "{") {
        blank(bare, from, i);
        templates.push(depth++);
        return i + 2;
      }
      i++;
    }
    blank(bare, from, i);
    return i + 1;
  };
  for (let i = 0; i < text.length;) {
    const char = text[i] ?? "";
    const two = text.slice(i, i + 2);
    if (two === "//" || two === "/*") {
      const end = two === "//" ? text.indexOf("\n", i) : text.indexOf("*/", i + 2) + 2;
      const stop = end < i + 2 ? text.length : end;
      comments.push(text.slice(i, stop));
      blank(code, i, stop);
      blank(bare, i, stop);
      i = stop;
    } else if (char === '"' || char === "'") {
      const stop = endOf(text, i, char);
      blank(bare, i + 1, stop - 1);
      i = stop;
      last = char;
    } else if (char === "`") {
      i = template(i + 1);
      last = char;
    } else if (char === "/" && startsRegex(last)) {
      const stop = endOf(text, i, "/");
      blank(bare, i + 1, stop - 1);
      i = stop;
      last = "/x";
    } else {
      if (char === "{") depth++;
      if (char === "}" && --depth === templates.at(-1)) {
        templates.pop();
        i = template(i + 1);
        last = "`";
        continue;
      }
      if (/\S/.test(char)) last = /\w/.test(char) && /\w$/.test(last) ? last + char : char;
      else if (/\w$/.test(last) && last !== "return") last = `${last} `;
      i++;
    }
  }
  return { code: code.join(""), bare: bare.join(""), comments: comments.join("\n") };
}

/** Whether a slash after this token begins a regular expression and does not divide. */
function startsRegex(last: string): boolean {
  return last === "" || last === "return" || /^[(,=:[!&|?{};+>]$/.test(last);
}

/** Index after the closing mark; a regular expression's classes may hold its mark. */
function endOf(text: string, from: number, mark: string): number {
  let inClass = false;
  for (let i = from + 1; i < text.length && text[i] !== "\n"; i++) {
    if (text[i] === "\\") i++;
    else if (mark === "/" && text[i] === "[") inClass = true;
    else if (mark === "/" && text[i] === "]") inClass = false;
    else if (text[i] === mark && !inClass) return i + 1;
  }
  return from + 1;
}

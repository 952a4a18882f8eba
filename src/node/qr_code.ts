/** A locator as a QR code: on a terminal, in a file, or as rows of modules for programs. */
import { UserError } from "./user_error.ts";

/** Light modules around a code, as its standard wants. */
const BORDER = 4;

/** How a code is drawn with characters. */
export type Ink =
  /** Black on white by the terminal's colours, whatever its own are. */
  | "colors"
  /** Light modules are printed: right where text is light on dark. */
  | "light"
  /** Dark modules are printed: right on paper. */
  | "dark";

/** Black on bright white, and back. */
const BLACK_ON_WHITE = "\x1b[30;107m";
const RESET = "\x1b[0m";

/**
 * What the code of a locator says: upper case and percent-encoded, which a code holds in two thirds of
 * the room (docs/PROTOCOL.md section 9).
 */
export function qrText(locator: string): string {
  return locator.toUpperCase().replace(
    /[^0-9A-Z $%*+\-./:]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
}

/** The code's modules by rows, with its border; true is dark. Throws a `UserError` of code `refused` if too long. */
export async function qrModules(locator: string): Promise<readonly (readonly boolean[])[]> {
  return (await encoder())(qrText(locator), "raw", STYLE);
}

/** The code as an SVG picture, black on white. Throws a `UserError` of code `refused` if too long. */
export async function qrSvg(locator: string): Promise<string> {
  const modules = await qrModules(locator);
  const size = modules.length;
  const path = modules.flatMap((row, y) =>
    row.flatMap((dark, x) => dark ? [`M${x} ${y}h1v1h-1z`] : [])
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}" width="${
    8 * size
  }" ` +
    `height="${
      8 * size
    }" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h${size}v${size}H0z"/>` +
    `<path d="${path.join("")}"/></svg>\n`;
}

/** Draws a code in half blocks, two rows of modules a line. */
export function drawModules(modules: readonly (readonly boolean[])[], ink: Ink): string {
  const lines: string[] = [];
  for (let y = 0; y < modules.length; y += 2) {
    const upper = modules[y] ?? [];
    const lower = modules[y + 1] ?? upper.map(() => false);
    const line = upper.map((dark, x) =>
      halfBlock(dark !== (ink === "light"), (lower[x] ?? false) !== (ink === "light"))
    ).join("");
    lines.push(ink === "colors" ? BLACK_ON_WHITE + line + RESET : line.trimEnd());
  }
  return lines.join("\n");
}

const STYLE = { ecc: "medium", encoding: "alphanumeric", border: BORDER } as const;

type Encoder = (text: string, output: "raw", style: typeof STYLE) => boolean[][];

async function encoder(): Promise<Encoder> {
  const { default: encode } = await import("qr");
  return (text, output, style) => {
    try {
      return encode(text, output, style);
    } catch {
      throw new UserError(
        "refused",
        "This locator is too long for a QR code. Leave out some of its addresses or identities.",
      );
    }
  };
}

function halfBlock(upper: boolean, lower: boolean): string {
  if (upper) return lower ? "█" : "▀";
  return lower ? "▄" : " ";
}

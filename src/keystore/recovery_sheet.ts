/**
 * The recovery sheet: a text file to print or to copy by hand, with the sealed recovery
 * (recovery.ts) as letters and as a QR code (docs/PROTOCOL.md section 11).
 *
 * ```
 * …words for whoever finds it…
 * -----BEGIN GOSSAMER RECOVERY-----
 * lines of base32 (RFC 4648, no padding) in groups of five; case and white space don't count
 * -----END GOSSAMER RECOVERY-----
 * …the QR code in block characters; it says GOSSAMER-RECOVERY: and the same base32…
 * ```
 */
import { base32nopad } from "@scure/base";
import { formatIdentity, type IdentityKey } from "../wire/ids.ts";
import { KeyFileError } from "./errors.ts";
import { RECOVERY_BYTES } from "./recovery.ts";

const BEGIN = "-----BEGIN GOSSAMER RECOVERY-----";
const END = "-----END GOSSAMER RECOVERY-----";
const QR_START = "GOSSAMER-RECOVERY:";
const GROUP = 5;
const GROUPS_A_LINE = 10;

/** What a sheet says. */
export interface RecoverySheet {
  /** Whose it is. */
  readonly identity: IdentityKey;
  /** Name of the network. */
  readonly network: string;
  /** The sealed recovery, {@linkcode RECOVERY_BYTES}. */
  readonly sealed: Uint8Array;
}

/** What the QR code of a sheet says. */
export function recoveryQrText(sealed: Uint8Array): string {
  return QR_START + base32nopad.encode(sealed);
}

/** The name that a sheet's file gets unless its owner gives one. */
export function recoveryFileName(identity: IdentityKey): string {
  return `gossamer-recovery-${formatIdentity(identity).slice(2, 10)}.txt`;
}

/** Writes a sheet. Throws a `RangeError` for a sealed recovery of a wrong size. */
export async function formatRecoverySheet(sheet: RecoverySheet): Promise<string> {
  const { identity, network, sealed } = sheet;
  if (sealed.length !== RECOVERY_BYTES) throw new RangeError("A recovery has a fixed size");
  const { default: encodeQr } = await import("qr");
  const modules = encodeQr(recoveryQrText(sealed), "raw", {
    ecc: "medium",
    encoding: "alphanumeric",
    border: 4,
  });
  return `GOSSAMER RECOVERY SHEET

Identity  ${formatIdentity(identity)}
Network   ${network}

What this is for. If the key of this identity is stolen or lost for good, what
stands below ends the identity for everybody, and lets you go on under a new key
that was chosen when the identity was made. No thief of the daily key can do
that, or undo it. It can't bring the identity itself back: for that, make an
archive (gossamer identity export).

How to keep it. It is locked with a passphrase of seven words of its own, shown
once when the sheet was made. Write the words down and keep them apart from this
sheet: whoever has both can end the identity. Print the sheet, or copy it to a
medium that lies in a safe place, and destroy this file on the machine that you
use every day. No command of Gossamer's ever destroys it for you.

What it tells whoever finds it. That somebody who kept it here holds the
identity named above. If that must not be known, keep it where nobody looks.

${BEGIN}
${lines(base32nopad.encode(sealed)).join("\n")}
${END}

The same as a QR code, to be scanned from paper:

${drawQr(modules)}
`;
}

/**
 * Finds the sealed recovery in a sheet, or in what its QR code says. Throws a
 * {@linkcode KeyFileError} `damaged` when there is none; whether it opens is another matter.
 */
export function parseRecoverySheet(text: string): Uint8Array {
  const code = text.trim().toUpperCase();
  const letters = code.startsWith(QR_START) ? code.slice(QR_START.length) : between(code);
  try {
    const sealed = base32nopad.decode((letters ?? "").replace(/\s+/g, ""));
    if (sealed.length === RECOVERY_BYTES) return sealed;
  } catch {
    // Letters that aren't base32, or too many bits: no sheet either way.
  }
  throw new KeyFileError(
    "damaged",
    "This isn't a whole recovery sheet: letters are missing, or some aren't as they were written",
  );
}

function between(text: string): string | undefined {
  const start = text.indexOf(BEGIN);
  const end = text.indexOf(END, start);
  return start < 0 || end < 0 ? undefined : text.slice(start + BEGIN.length, end);
}

function lines(letters: string): string[] {
  const groups = letters.match(new RegExp(`.{1,${GROUP}}`, "g")) ?? [];
  const all: string[] = [];
  for (let i = 0; i < groups.length; i += GROUPS_A_LINE) {
    all.push(groups.slice(i, i + GROUPS_A_LINE).join(" "));
  }
  return all;
}

/** Two rows of modules a line; what is dark is printed. */
function drawQr(modules: readonly (readonly boolean[])[]): string {
  const drawn: string[] = [];
  for (let y = 0; y < modules.length; y += 2) {
    const upper = modules[y] ?? [];
    const lower = modules[y + 1] ?? [];
    drawn.push(upper.map((dark, x) => block(dark, lower[x] ?? false)).join("").trimEnd());
  }
  return drawn.join("\n");
}

function block(upper: boolean, lower: boolean): string {
  if (upper) return lower ? "█" : "▀";
  return lower ? "▄" : " ";
}

/**
 * Writes the log by LogTape: categories `gossamer.PART`, lines for people or JSON. LogTape's
 * configuration is the process's, as stderr is: the log that was opened last gets everything. Nothing
 * is ever written to a file.
 */
import { configureSync, getLogger, type LogRecord } from "@logtape/logtape";
import {
  type Log,
  type LogFormat,
  type LogLevel,
  makeLog,
  SILENT,
  type WriteRecord,
} from "./log.ts";

/** How to log. */
export interface LogOptions {
  /** How much is said. */
  readonly level: LogLevel;
  /** How; text unless it is said. */
  readonly format?: LogFormat;
  /** Whether the system's journal reads it, which has times and levels of its own. */
  readonly journal?: boolean;
  /** Takes each line, without its end. */
  readonly write: (line: string) => void;
}

type Shown = Exclude<LogLevel, "silent">;

const ROOT = "gossamer";
const TAPE_LEVEL = { error: "error", warn: "warning", info: "info", debug: "debug" } as const;
/** Priorities of syslog, as systemd's journal reads them at the beginning of a line. */
const PRIORITY: Readonly<Record<Shown, number>> = { error: 3, warn: 4, info: 6, debug: 7 };

/** Opens the process's log. */
export function openLog({ level, format = "text", journal = false, write }: LogOptions): Log {
  if (level === "silent") return SILENT;
  const line = format === "json" ? jsonLine : journal ? journalLine : textLine;
  configureSync({
    reset: true,
    sinks: { lines: (record) => write(line(record)) },
    loggers: [
      { category: [ROOT], lowestLevel: TAPE_LEVEL[level], sinks: ["lines"] },
      // What LogTape says of itself; it would go to the console.
      { category: ["logtape", "meta"], sinks: [] },
    ],
  });
  return makeLog("node", (part): WriteRecord => {
    const logger = getLogger([ROOT, part]);
    return (shown, message, facts) => logger[TAPE_LEVEL[shown]](escaped(message), { ...facts });
  });
}

/** Braces would name a fact to be put there. */
function escaped(message: string): string {
  return message.replaceAll("{", "{{").replaceAll("}", "}}");
}

function jsonLine(record: LogRecord): string {
  return ascii(JSON.stringify({
    time: timeOf(record),
    level: levelOf(record),
    category: record.category.join("."),
    message: messageOf(record),
    properties: record.properties,
  }));
}

function textLine(record: LogRecord): string {
  return ascii(`${timeOf(record)} ${levelOf(record)} ${wordsOf(record)}`);
}

function journalLine(record: LogRecord): string {
  return ascii(`<${PRIORITY[levelOf(record)]}>${wordsOf(record)}`);
}

function wordsOf(record: LogRecord): string {
  const facts = Object.entries(record.properties)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) =>
      ` ${name}=${typeof value === "number" ? value : JSON.stringify(value)}`
    );
  return `${record.category.slice(1).join(".")}: ${messageOf(record)}${facts.join("")}`;
}

function messageOf({ message }: LogRecord): string {
  return message.map(String).join("");
}

function levelOf({ level }: LogRecord): Shown {
  return level === "warning" ? "warn" : level === "error" || level === "info" ? level : "debug";
}

/** To the second: more would help nobody but who compares it with what passed on a line. */
function timeOf({ timestamp }: LogRecord): string {
  return new Date(timestamp).toISOString().replace(/\.\d+Z$/, "Z");
}

/** At `debug` a peer's words can be in it, which must not play tricks on a terminal. */
function ascii(line: string): string {
  return line.replace(
    /[^\x20-\x7e]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

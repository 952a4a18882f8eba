import assert from "node:assert/strict";
import fc from "fast-check";
import { desktopEntry, registryFile } from "../../src/cli/handler_entry.ts";
import type { ProgramResult } from "../../src/cli/deps.ts";
import { runIn } from "./fakes.ts";

const FILE = "/home/ada/.local/share/applications/gossamer-g.desktop";

function answer(code: number): ProgramResult {
  return { code, stdout: new Uint8Array(), stderr: "" };
}

/** What a desktop starts, read as the Desktop Entry Specification says. */
function startedBy(entry: string, url: string): string[] {
  const value = /^Exec=(.*)$/m.exec(entry)?.[1] ?? "";
  const unescaped = value.replace(/\\(.)/g, (_, c) => c === "s" ? " " : c);
  const words = [...unescaped.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(([, quoted, bare]) =>
    quoted === undefined ? bare! : quoted.replace(/\\(["`$\\])/g, "$1")
  );
  return words.map((word) => word === "%u" ? url : word.replaceAll("%%", "%"));
}

Deno.test("the link is one argument behind --, whatever paths and link hold", () => {
  const path = fc.string({ minLength: 1, unit: "grapheme-ascii" }).map((text) => `/${text}`);
  fc.assert(fc.property(fc.array(path, { minLength: 1 }), fc.string(), (command, url) => {
    assert.deepEqual(startedBy(desktopEntry(command), url), [...command, url]);
  }));
  assert.throws(() => desktopEntry(["/a\nExec=evil"]), /no entry can name/);
  assert.throws(() => registryFile(['C:\\a" & evil']), /no entry can name/);
});

Deno.test("install-handler writes the entry and makes it the default", async () => {
  const outcome = await runIn(
    { programs: () => answer(0), selfCommand: ["/opt/with space/gossamer"] },
    ...["--data-dir", "/home/ada/data", "--json", "install-handler"],
  );
  assert.deepEqual(JSON.parse(outcome.stdout), { installed: true, file: FILE, default: true });
  const entry = new TextDecoder().decode(outcome.written[FILE]);
  assert.deepEqual(startedBy(entry, "g:?x"), [
    ...["/opt/with space/gossamer", "--data-dir", "/home/ada/data", "--network", "main"],
    ...["join", "--ask", "--", "g:?x"],
  ]);
  assert.match(entry, /^Terminal=true$/m);
  assert.match(entry, /^MimeType=x-scheme-handler\/g;$/m);
  assert.deepEqual(outcome.programs, [
    ["xdg-mime", "default", "gossamer-g.desktop", "x-scheme-handler/g"],
  ]);
});

Deno.test("--print gives a package the entry for all accounts, and installs nothing", async () => {
  const outcome = await runIn({ env: {} }, "install-handler", "--print");
  assert.deepEqual(startedBy(outcome.stdout, "g:?x"), ["gossamer", "join", "--ask", "--", "g:?x"]);
  assert.deepEqual([outcome.code, outcome.written, outcome.programs], [0, {}, []]);
});

Deno.test("without xdg-mime it says what is left to do", async () => {
  const outcome = await runIn({ env: { XDG_DATA_HOME: "/x" } }, "install-handler");
  assert.equal(outcome.code, 0);
  assert.match(outcome.stderr, /xdg-utils/);
  assert.deepEqual(Object.keys(outcome.written), ["/x/applications/gossamer-g.desktop"]);
});

Deno.test("--uninstall removes it; other systems get words", async () => {
  assert.match((await runIn({}, "install-handler", "--uninstall")).stdout, /Removed/);
  const env = { APPDATA: "C:\\data" };
  const windows = await runIn(
    { os: "windows", env, selfCommand: ["C:\\g\\gossamer.exe"] },
    "install-handler",
  );
  assert.match(windows.stdout, /\[HKEY_CURRENT_USER\\Software\\Classes\\g\\shell\\open\\command\]/);
  assert.match(
    windows.stdout,
    /@="\\"C:\\\\g\\\\gossamer.exe\\" .*\\"join\\" \\"--ask\\" \\"--\\" \\"%1\\""/,
  );
  assert.deepEqual(windows.written, {});
  assert.match((await runIn({ os: "darwin" }, "install-handler")).stdout, /gossamer join/);
});

import { equal, throws } from "node:assert/strict";
import { checkNetwork, dataDir } from "../../src/cli/data_dir.ts";
import { UserError } from "../../src/node/user_error.ts";
import { MAX_NETWORK_NAME } from "../../src/wire/limits.ts";

type Case = [os: string, env: Record<string, string>, network: string, expected: string];

Deno.test("dataDir is the platform's folder, with one of its own for other networks", () => {
  const cases: Case[] = [
    ["linux", { HOME: "/h" }, "main", "/h/.local/share/gossamer"],
    ["linux", { HOME: "/h" }, "test", "/h/.local/share/gossamer/test"],
    ["linux", { HOME: "/h", XDG_DATA_HOME: "/x" }, "main", "/x/gossamer"],
    ["linux", { HOME: "/h", XDG_DATA_HOME: "x" }, "main", "/h/.local/share/gossamer"],
    ["linux", { HOME: "/h", XDG_DATA_HOME: "" }, "main", "/h/.local/share/gossamer"],
    ["darwin", { HOME: "/h" }, "main", "/h/Library/Application Support/gossamer"],
    ["windows", { APPDATA: "C:\\A" }, "main", "C:\\A\\gossamer"],
    ["windows", { APPDATA: "C:\\A" }, "test", "C:\\A\\gossamer\\test"],
    ["linux", { HOME: "/h", GOSSAMER_DATA_DIR: "/g" }, "test", "/g"],
    ["linux", { HOME: "/h", GOSSAMER_DATA_DIR: "" }, "main", "/h/.local/share/gossamer"],
  ];
  for (const [os, env, network, expected] of cases) {
    equal(dataDir({ given: undefined, network, os, env: (name) => env[name] }), expected);
  }
  const env = (): string => "/g";
  equal(dataDir({ given: "/d", network: "test", os: "linux", env }), "/d");
});

Deno.test("dataDir says what to do where there is no home", () => {
  for (const os of ["linux", "darwin", "windows"]) {
    const find = (): string =>
      dataDir({ given: undefined, network: "main", os, env: () => undefined });
    throws(find, (error) => error instanceof UserError && /--data-dir/.test(error.message));
  }
});

Deno.test("dataDir doesn't put a network's folder where a file of main's belongs", () => {
  const env = (name: string): string | undefined => name === "HOME" ? "/h" : undefined;
  for (const network of ["keys", "lock", "restoring", "obliterating", "gone-by"]) {
    throws(() => dataDir({ given: undefined, network, os: "linux", env }), UserError);
  }
  equal(dataDir({ given: "/d", network: "keys", os: "linux", env }), "/d");
});

Deno.test("checkNetwork takes up to 32 of a-z, 0-9 and the hyphen", () => {
  for (const good of ["main", "a", "a-1", "z".repeat(MAX_NETWORK_NAME)]) {
    equal(checkNetwork(good), good);
  }
  for (const bad of ["", "Main", "a b", "..", "a/b", "ä", "z".repeat(MAX_NETWORK_NAME + 1)]) {
    throws(() => checkNetwork(bad), UserError, bad);
  }
});

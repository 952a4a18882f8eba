/**
 * Every field that is stored, sent or printed stands in one row of src/wire/data_classes.ts. The
 * types are read from the sources: whoever adds a field, a kind of row or a setting has to say there
 * whether it is public.
 */
import assert from "node:assert/strict";
import { withTable } from "../scripts/privacy_table.ts";
import { DATA } from "../src/wire/data_classes.ts";
import { DATA_FILES } from "../src/wire/data_files.ts";
import { readSources, type Source, source } from "./architecture/source.ts";

const ROOT = new URL("../", import.meta.url);

/** Types whose every field is stored, sent or printed. A file without names: all that it has. */
const CARRIERS: Readonly<Record<string, readonly string[] | "all">> = {
  "src/wire/body.ts": "all",
  "src/wire/message.ts": "all",
  "src/wire/statement.ts": "all",
  "src/wire/sealed_message.ts": "all",
  "src/wire/private_message.ts": "all",
  "src/wire/frame.ts": "all",
  "src/wire/beacon.ts": "all",
  "src/wire/announcement.ts": "all",
  "src/wire/dht.ts": "all",
  "src/wire/backup.ts": ["BackupHead", "BackupCounts"],
  "src/wire/locator.ts": ["Locator", "LocatorIdentity", "LocatorAddress"],
  "src/store/message_index.ts": ["MessageMeta"],
  "src/store/public_rows.ts": ["StoredAddress"],
  "src/store/remembered_ids.ts": ["DroppedId"],
  "src/store/private.ts": ["Follow"],
  "src/store/blocks.ts": ["Block"],
  "src/store/outbox.ts": ["OutboxEntry"],
  "src/store/letter_codec.ts": "all",
  "src/store/take_backs.ts": ["TakeBack"],
  "src/keystore/key_contents.ts": ["KeyEntry", "KeyContents"],
  "src/keystore/keyring.ts": ["OwnIdentity"],
  "src/keystore/sealed_file.ts": ["SealedHeader", "SealedKind", "SealedForm"],
  "src/keystore/recovery.ts": ["Recovery"],
  "src/keystore/recovery_sheet.ts": ["RecoverySheet"],
  "src/keystore/kdf_params.ts": ["KdfParams"],
  "src/node/node_options.ts": ["ReadyEvent", "ExchangeEvent", "MessageEvent", "StoppedEvent"],
};

const SOURCES = await readSources(ROOT, ["src"]);
const CLASSIFIED = DATA.flatMap(({ carriers }) => carriers.flatMap(names));

Deno.test("every field that is stored, sent or printed is classified, once", () => {
  const found = [...SOURCES.flatMap(typesOf), ...rows(SOURCES), ...settings(SOURCES)];
  assert.ok(found.length > 100, "The sources weren't read");
  const missing = found.filter((name) => !CLASSIFIED.includes(name));
  assert.deepEqual(missing, [], "Neither public nor private: add them to src/wire/data_classes.ts");
  const twice = CLASSIFIED.filter((name, at) => CLASSIFIED.indexOf(name) !== at);
  assert.deepEqual(twice, [], "Classified twice");
});

Deno.test("what is classified exists", () => {
  const all = new Set([
    ...SOURCES.flatMap((file) => fieldsIn(file).map(({ name }) => name)),
    ...rows(SOURCES),
    ...settings(SOURCES),
  ]);
  assert.deepEqual(CLASSIFIED.filter((name) => !all.has(name)), []);
});

Deno.test("each datum crosses its border as the type that it names", () => {
  for (const { what, border, dataClass, places } of DATA) {
    const [, path, symbol = "", type = ""] = /^(\S+) (\w+): (\w+)$/.exec(border) ?? [];
    const code = SOURCES.find((file) => file.path === path)?.code ?? "";
    const at = code.search(new RegExp(`\\b${symbol}\\b\\s*[(<{:]`));
    assert.ok(at >= 0, `${what}: there is no ${symbol} in ${path}`);
    assert.match(
      code.slice(at, at + 400),
      new RegExp(`\\b${type}(?:Bytes)?\\b`),
      `${what}: ${border}`,
    );
    if (places.includes("peers") || places.includes("local network") || places.includes("DHT")) {
      assert.equal(type, "Public", `${what} is sent, but not as Public`);
    }
    // A closed network's key isn't boxed yet: the link takes bytes.
    const unboxed = places.includes("public.kv") || symbol === "readNetworkKey";
    if (dataClass === "private" && !unboxed) {
      assert.match(type, /^(Private|Secret|Sealed)$/, `${what} is private, but not so typed`);
    }
    assert.ok(dataClass === "public" || !places.some(isOutside), `${what} is private and leaves`);
  }
});

Deno.test("docs/PRIVACY.md has the table as the code has it", async () => {
  const page = await Deno.readTextFile(new URL("docs/PRIVACY.md", ROOT));
  assert.equal(
    page,
    withTable(page),
    "Run: deno run --allow-read --allow-write scripts/privacy_table.ts",
  );
});

Deno.test("a field that nobody classified is found", () => {
  const text = "/** A datum. */\nexport interface Beacon {\n  readonly port: number;\n" +
    '  readonly secretly?: { readonly name: string };\n}\nexport type B = { kind: "b" } | C;';
  const found = typesOf(source("src/wire/beacon.ts", text));
  assert.deepEqual(found, ["Beacon.port", "Beacon.secretly", "Beacon.name", "B.kind"]);
});

Deno.test("no file of the data folder is named twice", () => {
  assert.equal(new Set(DATA_FILES.map(({ name }) => name)).size, DATA_FILES.length);
});

function isOutside(place: string): boolean {
  return ["peers", "local network", "DHT", "output"].includes(place);
}

function names(carrier: string): string[] {
  const [type = "", fields = ""] = carrier.split(": ");
  return fields.split(" ").map((field) => `${type}.${field}`);
}

/** Fields of the types that {@linkcode CARRIERS} asks for in a file. */
function typesOf(file: Source): string[] {
  const wanted = CARRIERS[file.path];
  if (wanted === undefined) return [];
  return fieldsIn(file).filter(({ type }) => wanted === "all" || wanted.includes(type))
    .map(({ name }) => name);
}

/** Every `Type.field` that a file declares in interfaces and in types of objects. */
function fieldsIn({ bare }: Source): { type: string; name: string }[] {
  const found: { type: string; name: string }[] = [];
  for (const match of bare.matchAll(/\b(?:interface|type) (\w+)[^{}=;]*(?:=[^{;()]*)?\{/g)) {
    const type = match[1] ?? "";
    const text = declaration(bare, match.index, match[0].startsWith("interface"));
    for (const field of text.matchAll(/(?<=[{;]\s*)(?:readonly )?(\w+)\??:/g)) {
      found.push({ type, name: `${type}.${field[1]}` });
    }
  }
  return found;
}

/** A declaration's text: an interface to its closing brace, a type to its semicolon outside of braces. */
function declaration(text: string, from: number, isInterface: boolean): string {
  let depth = 0;
  for (let i = from; i < text.length; i++) {
    if (text[i] === "{") depth++;
    if (text[i] === "}" && --depth === 0 && isInterface) return text.slice(from, i + 1);
    if (text[i] === ";" && depth === 0) return text.slice(from, i);
  }
  return text.slice(from);
}

/** Kinds of rows and facts, as the comment on top of src/store/keys.ts lists them. */
function rows(sources: readonly Source[]): string[] {
  const keys = sources.find(({ path }) => path === "src/store/keys.ts");
  const kinds = [...(keys?.comments ?? "").matchAll(/^ \* "(\w+)"(?: "(\w+)")?/gm)]
    .map(([, kind = "", fact]) => kind === "meta" ? `meta.${fact}` : `row.${kind}`);
  const inCode = [...(keys?.code ?? "").matchAll(/(?:return|: KvKey =) \["(\w+)"/g)]
    .map(([, kind = ""]) => kind);
  for (const kind of inCode) {
    assert.ok(kind === "meta" || kinds.includes(`row.${kind}`), `keys.ts lists no row "${kind}"`);
  }
  return kinds;
}

/** Names of private settings that the program uses. */
function settings(sources: readonly Source[]): string[] {
  return sources.flatMap(({ code }) =>
    [...code.matchAll(/\b(?:put)?[sS]etting\("([^"]+)"/g)].map(([, name = ""]) => `Setting.${name}`)
  );
}

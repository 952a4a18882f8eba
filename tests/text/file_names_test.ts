import { equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { baseName, mediaType, numbered, safeFileName } from "../../src/text/file_names.ts";

Deno.test("safeFileName keeps a good name and mends a bad one", () => {
  const cases: [string, string][] = [
    ["photo.jpg", "photo.jpg"],
    ["Grüße 日本.png", "Grüße 日本.png"],
    ["../../.ssh/authorized_keys", "_.._.ssh_authorized_keys"],
    ["/etc/passwd", "_etc_passwd"],
    ["C:\\autoexec.bat", "C__autoexec.bat"],
    [".bashrc", "bashrc"],
    ["-rf", "rf"],
    ["~root", "root"],
    ["nul", "_nul"],
    ["COM1.txt", "_COM1.txt"],
    ["lpt².a.b", "_lpt².a.b"],
    ["CON .txt", "_CON.txt"],
    ["con\u202e.txt", "_con.txt"],
    ["Desktop.ini", "_Desktop.ini"],
    ["autorun.inf", "_autorun.inf"],
    ["console.log", "console.log"],
    ["a:b.txt", "a_b.txt"],
    ["\u2066exe.\u2069jpg", "exe.jpg"],
    ["name.exe .", "name.exe"],
    ["photo\u202Egpj.exe", "photogpj.exe"],
    ["a\nb\x1b[2J.txt", "a b_[2J.txt"],
    ["trailing. . ", "trailing"],
    ["", "fallback"],
    ["...", "fallback"],
    ["\u200b", "fallback"],
  ];
  for (const [name, expected] of cases) equal(safeFileName(name, "fallback"), expected, name);
});

Deno.test("safeFileName keeps within 200 bytes and keeps the extension", () => {
  equal(safeFileName(`${"a".repeat(196)}.txt`, "f"), `${"a".repeat(196)}.txt`);
  equal(safeFileName(`${"a".repeat(197)}.txt`, "f"), `${"a".repeat(196)}.txt`);
  equal(safeFileName(`${"日".repeat(100)}.txt`, "f"), `${"日".repeat(65)}.txt`);
});

Deno.test("property: always one harmless path component", () => {
  const unit = fc.oneof(
    fc.constantFrom("/", "\\", ".", "-", " ", ":", "\0", "nul", "COM", "1", "\u202E", "\u200B"),
    fc.string({ unit: "binary" }),
  );
  fc.assert(fc.property(fc.array(unit), (parts) => {
    const name = safeFileName(parts.join(""), "fallback");
    ok(!/[/\\:\p{Cc}]/u.test(name));
    ok(!/^[.-]/.test(name) && !/[. ]$/.test(name) && name !== "");
    ok(!/^(?:con|prn|aux|nul|com\d|lpt\d)\s*(?:\.|$)/i.test(name), name);
    ok(!/[\u061C\u200B-\u200F\u202A-\u202E\u2060-\u206F]/.test(name));
    ok(new TextEncoder().encode(name).length <= 200);
  }));
});

Deno.test("numbered, baseName and mediaType", () => {
  equal(numbered("a.txt", 1), "a.txt");
  equal(numbered("a.txt", 2), "a (2).txt");
  equal(numbered("README", 3), "README (3)");
  equal(baseName("/a/b/c.jpg"), "c.jpg");
  equal(baseName("C:\\a\\c.jpg"), "c.jpg");
  equal(mediaType("a.JPG"), "image/jpeg");
  equal(mediaType("a.constructor"), "application/octet-stream");
  equal(mediaType("README"), "application/octet-stream");
});

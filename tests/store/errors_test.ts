import assert from "node:assert/strict";
import { StoreError, storeError, type StoreErrorCode } from "../../src/store/errors.ts";

Deno.test("storeError: what SQLite and the system say gets its code and names the path", () => {
  const cases: readonly [Error, StoreErrorCode][] = [
    [new TypeError("database or disk is full"), "full"],
    [new Error("No space left on device (os error 28)"), "full"],
    [new Error("file is not a database"), "damaged"],
    [new Error("database disk image is malformed"), "damaged"],
    [new TypeError("no such column: version in select k, v"), "damaged"],
    [new TypeError("Query returned no rows"), "damaged"],
    [new TypeError("Invalid column type Text at index: 1, name: v"), "damaged"],
    [new Error("duplicate column name: seq"), "damaged"],
    [new Error("attempt to write a readonly database"), "unreadable"],
    [new Error("Read-only file system (os error 30)"), "unreadable"],
    [new Error("unable to open database file: /x"), "unreadable"],
    [new Deno.errors.PermissionDenied("Permission denied (os error 13)"), "unreadable"],
    [new Error("Operation not permitted (os error 1): chmod '/x'"), "unreadable"],
    [new Error("disk I/O error"), "unreadable"],
    [new Error("database is locked"), "taken"],
    [new Deno.errors.BadResource("Bad resource ID"), "closed"],
  ];
  for (const [cause, code] of cases) {
    const error = storeError(cause, "/some/path");
    assert(error instanceof StoreError, cause.message);
    assert.equal(error.code, code, cause.message);
    assert.equal(error.cause, cause);
    assert(error.message.includes("/some/path") && error.message.includes(cause.message));
  }
});

Deno.test("storeError: bugs and the store's own errors stay what they are", () => {
  for (
    const error of [new RangeError("closed"), new StoreError("full", "x"), new Error("odd"), 1]
  ) {
    assert.equal(storeError(error, "/some/path"), error);
  }
});

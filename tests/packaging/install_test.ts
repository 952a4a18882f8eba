/** install.sh, in a home of its own and against a server on this machine. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { VERSION } from "../../src/node/version.ts";
import { programTest, type Ran, ran, ranWell } from "./programs.ts";

const NEEDS = ["sh", "uname", "awk", "sed", "sha256sum", "curl"];
const ASSET = `gossamer-${Deno.build.arch}-${
  Deno.build.os === "darwin" ? "apple-darwin" : "unknown-linux-gnu"
}`;

/** Stands for the binary: it answers what the installer asks. */
function binary(version: string): string {
  return `#!/bin/sh
case "$1" in
  version) echo ${version} ;;
  completions) echo "# $2 ${version}" ;;
  man) echo ".TH GOSSAMER 1" ;;
  install-handler) echo "handler of $0" >> "$HOME/handler" ;;
  node) exec sleep 60 ;;
esac
`;
}

interface Place extends AsyncDisposable {
  readonly home: string;
  readonly releases: string;
  readonly base: string;
  /** Runs the installer. */
  install(argv?: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ran>;
  /** Every file below the home, without folders. */
  files(): Promise<string[]>;
}

async function makePlace(): Promise<Place> {
  const folder = await Deno.makeTempDir({ prefix: "gossamer install-" });
  const [home, releases] = [join(folder, "a home"), join(folder, "releases")];
  await Deno.mkdir(home);
  await Deno.mkdir(releases);
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const path = decodeURIComponent(new URL(request.url).pathname);
      try {
        return new Response(await Deno.readFile(join(releases, path)));
      } catch {
        return new Response("not here", { status: 404 });
      }
    },
  );
  const base = `http://127.0.0.1:${server.addr.port}/`;
  return {
    home,
    releases,
    base,
    install: (argv = [], env = {}) =>
      ran(["sh", "packaging/install.sh", ...argv], {
        clearEnv: true,
        env: { HOME: home, PATH: Deno.env.get("PATH") ?? "", GOSSAMER_BASE_URL: base, ...env },
      }),
    files: async () =>
      (await ranWell(["find", home, "!", "-type", "d", "-printf", "%P\n"])).split("\n")
        .filter((line) => line !== "").sort(),
    [Symbol.asyncDispose]: async () => {
      await server.shutdown();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

async function release(
  { releases }: Place,
  version: string,
  { text = binary(version), sums }: { readonly text?: string; readonly sums?: string } = {},
): Promise<void> {
  const folder = join(releases, `v${version}`);
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(join(folder, ASSET), text);
  const unit = await Deno.readTextFile("packaging/systemd/gossamer.user.service");
  await Deno.writeTextFile(join(folder, "gossamer.user.service"), unit);
  const lines = await ranWell([
    "sh",
    "-c",
    `cd "$1" && sha256sum ${ASSET} *.service`,
    "sh",
    folder,
  ]);
  await Deno.writeTextFile(join(folder, "SHA256SUMS"), sums ?? lines);
}

programTest("the installer is POSIX shell, as shellcheck sees it, and so are all scripts here", {
  needs: ["shellcheck"],
}, async () => {
  const scripts = ["install", "portable", "shared_files", "third_party"].map((name) =>
    `packaging/${name}.sh`
  );
  const deb = ["build.sh", "postinst", "prerm", "postrm"].map((name) => `packaging/deb/${name}`);
  const { code, stdout } = await ran(["shellcheck", "-s", "sh", ...scripts, ...deb]);
  assert.deepEqual([stdout, code], ["", 0]);
});

programTest(
  "it installs the program, and what is asked for, into the home",
  { needs: NEEDS },
  async () => {
    await using place = await makePlace();
    await release(place, "0.1.0");
    const plain = await place.install();
    assert.deepEqual([plain.code, plain.stderr], [0, ""], plain.stderr);
    assert.match(plain.stdout, /Installed .*\/\.local\/bin\/gossamer, version 0\.1\.0/);
    assert.match(plain.stdout, /is not in your PATH/);
    assert.deepEqual(await place.files(), [".local/bin/gossamer"]);
    const full = await place.install(["--completions", "--man", "--handler", "--service"]);
    assert.deepEqual([full.code, full.stderr], [0, ""]);
    assert.deepEqual(await place.files(), [
      ".config/fish/completions/gossamer.fish",
      ".config/systemd/user/gossamer.service",
      ".local/bin/gossamer",
      ".local/share/bash-completion/completions/gossamer",
      ".local/share/man/man1/gossamer.1",
      ".local/share/zsh/site-functions/_gossamer",
      "handler",
    ]);
    const unit = await Deno.readTextFile(join(place.home, ".config/systemd/user/gossamer.service"));
    assert.ok(unit.includes(`\nExecStart="${place.home}/.local/bin/gossamer" node`), unit);
    const mode = (await Deno.stat(join(place.home, ".local/bin/gossamer"))).mode ?? 0;
    assert.equal(mode & 0o777, 0o755);
  },
);

programTest("a file:// base needs no loader", { needs: NEEDS }, async () => {
  await using place = await makePlace();
  await release(place, "0.1.0");
  const { code, stderr } = await place.install([], {
    GOSSAMER_BASE_URL: `file://${place.releases}`,
  });
  assert.deepEqual([code, stderr], [0, ""]);
});

programTest("nothing is placed unless the checksum is right", { needs: NEEDS }, async () => {
  await using place = await makePlace();
  const wrong = async (
    words: RegExp,
    env: Readonly<Record<string, string>> = {},
  ): Promise<void> => {
    const { code, stderr } = await place.install([], env);
    assert.equal(code, 1, stderr);
    assert.match(stderr, words);
    assert.deepEqual(await place.files(), []);
  };
  await wrong(/SHA256SUMS could not be loaded\. Nothing was installed/);
  await release(place, "0.1.0", { sums: `${"0".repeat(64)}  ${ASSET}\n` });
  await wrong(/damaged or not the one of this release[^]*Nothing was installed/);
  await release(place, "0.1.0", { sums: `${"0".repeat(64)}  other\n` });
  await wrong(/no single checksum/);
  await release(place, "0.1.0", { sums: `${"0".repeat(64)}  ${ASSET}\n`.repeat(2) });
  await wrong(/no single checksum|no checksum/);
  await release(place, "0.1.0", { sums: `${"0".repeat(63)}  ${ASSET}\n` });
  await wrong(/no checksum/);
  await release(place, "0.1.0", { sums: "" });
  await wrong(/no single checksum/);
  // A download that was cut short.
  await release(place, "0.1.0");
  const path = join(place.releases, "v0.1.0", ASSET);
  await Deno.truncate(path, (await Deno.stat(path)).size - 1);
  await wrong(/damaged/);
  // The right bytes, which don't run here.
  await release(place, "0.1.0", { text: "#!/bin/sh\nexit 7\n" });
  await wrong(/doesn't run on this machine/);
  // Places that anybody on the way could change.
  for (const base of ["http://127.0.0.1.example.org/", "http://example.org/", "ftp://x/"]) {
    await wrong(/is neither|which is neither/, { GOSSAMER_BASE_URL: base });
  }
  await wrong(/must not hold an @/, { GOSSAMER_BASE_URL: "https://a@127.0.0.1/" });
});

programTest("it says which tool is missing", { needs: NEEDS }, async () => {
  await using place = await makePlace();
  await release(place, "0.1.0");
  const tools = join(place.releases, "tools");
  await Deno.mkdir(tools);
  const some = async (...names: string[]): Promise<void> => {
    for (const name of names) {
      const path = (await ranWell(["sh", "-c", `command -v ${name}`])).trim();
      await Deno.symlink(path, join(tools, name));
    }
  };
  await some(
    "sh",
    "uname",
    "awk",
    "sed",
    "mktemp",
    "rm",
    "cut",
    "cp",
    "chmod",
    "mkdir",
    "mv",
    "cat",
  );
  const env = { PATH: tools };
  assert.match((await place.install([], env)).stderr, /neither curl nor wget is installed/);
  await some("curl");
  assert.match((await place.install([], env)).stderr, /neither sha256sum nor shasum is installed/);
  assert.deepEqual(await place.files(), []);
});

programTest(
  "an upgrade leaves a running program its old file, and says so",
  { needs: NEEDS },
  async () => {
    await using place = await makePlace();
    await release(place, "0.1.0");
    await release(place, "0.2.0");
    await place.install();
    const program = join(place.home, ".local/bin/gossamer");
    const before = (await Deno.stat(program)).ino;
    const running = new Deno.Command(program, { args: ["node"], stdin: "null" }).spawn();
    try {
      const { code, stdout } = await place.install(["--version", "v0.2.0"]);
      assert.equal(code, 0);
      assert.match(stdout, /version 0\.2\.0 in place of 0\.1\.0/);
      assert.match(stdout, /goes on with the old version until you start it again/);
      // Another file, not the same one rewritten under the program that runs.
      assert.notEqual((await Deno.stat(program)).ino, before);
      assert.equal((await ranWell([program, "version"])).trim(), "0.2.0");
      assert.deepEqual(await place.files(), [".local/bin/gossamer"]);
    } finally {
      running.kill("SIGKILL");
      await running.status;
    }
  },
);

programTest("uninstalling leaves data, and says where they are and how to destroy them", {
  needs: NEEDS,
}, async () => {
  await using place = await makePlace();
  await release(place, "0.1.0");
  await place.install(["--completions", "--man", "--service"]);
  assert.match((await place.install(["--uninstall"])).stdout, /There are no data/);
  await place.install(["--completions"]);
  await Deno.mkdir(join(place.home, ".local/share/gossamer"));
  await Deno.writeTextFile(join(place.home, ".local/share/gossamer/keys"), "sealed");
  const { code, stdout } = await place.install(["--uninstall"]);
  assert.equal(code, 0);
  assert.match(stdout, /Removed .*\/bin\/gossamer/);
  assert.match(stdout, /data are left in .*\/\.local\/share\/gossamer[^]*obliterate --everything/);
  assert.deepEqual(await place.files(), [".local/share/gossamer/keys"]);
});

Deno.test("it installs this version, and knows no place for releases that isn't the project's", async () => {
  const text = await Deno.readTextFile("packaging/install.sh");
  assert.equal(/^default_version=(.*)$/m.exec(text)?.[1], VERSION);
  assert.equal(/^default_base=(.*)$/m.exec(text)?.[1], "");
});

programTest("wrong options change nothing", { needs: NEEDS }, async () => {
  await using place = await makePlace();
  await release(place, "0.1.0");
  for (const argv of [["--nonsense"], ["--version"], ["--version", "../1"], ["--version", "1/2"]]) {
    assert.equal((await place.install(argv)).code, 1, argv.join(" "));
  }
  assert.equal((await place.install([], { HOME: "" })).code, 1);
  const nowhere = await place.install([], { GOSSAMER_BASE_URL: "" });
  assert.deepEqual([nowhere.code, /GOSSAMER_BASE_URL/.test(nowhere.stderr)], [1, true]);
  assert.deepEqual(await place.files(), []);
  const help = await place.install(["--help"]);
  assert.match(help.stdout, /--uninstall/);
});

programTest("wget follows no redirection away from https://", {
  needs: ["sh", "uname", "awk", "sed", "sha256sum", "wget", "openssl"],
}, async () => {
  await using place = await makePlace();
  await release(place, VERSION);
  const tools = join(place.home, "..", "tools");
  const at = (name: string): string => join(tools, name);
  await Deno.mkdir(tools);
  const request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=l"];
  const files = [
    "-addext",
    "subjectAltName=IP:127.0.0.1",
    "-keyout",
    at("key"),
    "-out",
    at("cert"),
  ];
  await ranWell(["openssl", ...request, ...files]);
  await Deno.writeTextFile(at("wgetrc"), `ca_certificate=${at("cert")}\n`);
  const programs = "sh uname awk sed mktemp rm cut cp chmod mkdir mv cat wget sha256sum";
  await Deno.mkdir(at("bin"));
  for (const name of programs.split(" ")) {
    const path = (await ranWell(["sh", "-c", `command -v ${name}`])).trim();
    await Deno.symlink(path, join(at("bin"), name));
  }
  let to = place.base;
  await using server = Deno.serve({
    ...{ hostname: "127.0.0.1", port: 0, onListen: (): void => {} },
    ...{ cert: await Deno.readTextFile(at("cert")), key: await Deno.readTextFile(at("key")) },
  }, async ({ url }) => {
    const { pathname } = new URL(url);
    if (!pathname.startsWith("/here/")) {
      return new Response(null, {
        status: 302,
        headers: { location: `${to}${pathname.slice(1)}` },
      });
    }
    return new Response(await Deno.readFile(join(place.releases, pathname.slice("/here/".length))));
  });
  const base = `https://127.0.0.1:${server.addr.port}`;
  const env = { GOSSAMER_BASE_URL: base, PATH: at("bin"), WGETRC: at("wgetrc") };
  const refused = await place.install([], env);
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /could not be loaded. Nothing was installed/);
  assert.deepEqual(await place.files(), []);
  to = `${base}/here/`;
  const done = await place.install([], env);
  assert.deepEqual([done.code, done.stderr], [0, ""]);
});

/**
 * `deno doc --lint` over the program, less two kinds of finding: the symbols that brand a type are
 * private on purpose, since whoever could name them could make the branded value; and types of
 * packages count as private or not depending on what the package cache holds.
 */

/** Names of such symbols. */
const BRANDS = ["admitted", "brand", "publicMark"];
/** Types of packages that exported symbols refer to. */
const FOREIGN = [
  "CommandUnknownOpts",
  ...["ContentfulStatusCode", "Context", "Hono", "HtmlEscapedString", "MiddlewareHandler"],
  "PropsWithChildren",
];
const EXPECTED = new RegExp(`references private type '(?:${[...BRANDS, ...FOREIGN].join("|")})'`);

const args = ["doc", "--lint", ...Deno.args];
const { code, stderr, stdout } = await new Deno.Command(Deno.execPath(), {
  args,
  env: { NO_COLOR: "1" },
}).output();
const text = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
const [before = "", ...findings] = text.split(/^(?=error\[)/m);
// The last finding carries deno's own closing words.
const left = findings.map((finding) => finding.replace(/\nerror: Found[^]*$/, "\n"))
  .filter((finding) => !EXPECTED.test(finding));

const failedOtherwise = code !== 0 && findings.length === 0;
await Deno.stderr.write(
  new TextEncoder().encode((failedOtherwise ? before : "") + left.join("")),
);
Deno.exit(left.length > 0 || failedOtherwise ? 1 : 0);

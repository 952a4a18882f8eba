/** Serves what a site's program answers, on a free port of loopback; prints its origin. */
export function serveSite(answer: (request: Request) => Response | Promise<Response>): void {
  const onListen = ({ port }: { readonly port: number }): void => {
    Deno.stdout.writeSync(new TextEncoder().encode(`http://127.0.0.1:${port}\n`));
  };
  Deno.serve({ hostname: "127.0.0.1", port: 0, onListen }, answer);
}

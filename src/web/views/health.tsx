/** How the node is, now and over the last day. */
import type { HistorySample } from "../../node/api.ts";
import { healthWords } from "../../node/health_words.ts";
import { renderBytes } from "../../text/byte_size.ts";
import { safeLine } from "../../text/safe_text.ts";
import { LineChart, type Point } from "../components/line_chart.tsx";
import { Notice } from "../components/notice.tsx";
import { type Html, Page, render } from "../layout.tsx";
import type { View } from "../site.ts";

/** `/health`. */
export const health: View = (app, { owner }) => {
  app.get("/health", async (c) => {
    const [status, history] = [await owner.call("status", {}), await owner.call("history", {})];
    return await render(
      c,
      <Page title="Health" path="/health" session={c.get("session")}>
        {status.warnings.map((warning) => <Notice kind="warning">{safeLine(warning)}</Notice>)}
        <dl class="facts">
          {healthWords(status).map(([name, words]) => (
            <>
              <dt>{name}</dt>
              <dd>{words}</dd>
            </>
          ))}
        </dl>
        <h2>The last day</h2>
        <Charts history={history} />
        <p class="hint">
          More of it at a terminal: <code>gossamer doctor</code> checks what works here,{" "}
          <code>gossamer status --watch</code> shows it live, <code>gossamer metrics</code>{" "}
          is for programs. The node can be stopped from <a href="/obliterate">here</a>.
        </p>
      </Page>,
    );
  });
};

function Charts({ history }: { readonly history: readonly HistorySample[] }): Html {
  const series = (value: (sample: HistorySample) => number): readonly Point[] =>
    history.map((sample) => ({ at: sample.at, value: value(sample) }));
  const whole = (value: number): string => String(Math.round(value));
  return (
    <>
      <LineChart title="Peers" points={series(({ peers }) => peers)} format={whole} />
      <LineChart
        title="Exchanges a minute"
        points={rates(history, ({ completed }) => completed)}
        format={whole}
      />
      <LineChart
        title="Messages that came, a minute"
        points={rates(history, ({ received }) => received)}
        format={whole}
      />
      <LineChart
        title="Messages stored"
        points={series(({ messages }) => messages)}
        format={whole}
      />
      <LineChart title="Bytes stored" points={series(({ bytes }) => bytes)} format={renderBytes} />
    </>
  );
}

/** How much a counter grew from each sample to the next, a minute. */
export function rates(
  history: readonly HistorySample[],
  counter: (sample: HistorySample) => number,
): readonly Point[] {
  return history.slice(1).flatMap((sample, i) => {
    const before = history[i];
    if (before === undefined || sample.at <= before.at) return [];
    const grown = Math.max(0, counter(sample) - counter(before));
    return [{ at: sample.at, value: grown * 60 / (sample.at - before.at) }];
  });
}

// Small pictures of a step: how many of those who came left, and at which second of what is said they did.

import type { Page, Stage } from "./scene";

const WIDTH = 288;
const HEIGHT = 96;
const FLOOR = 78;
const MOST = 30;

export function Split({ entered, gone }: { entered: number; gone: number }) {
  const part = entered ? (100 * Math.min(gone, entered)) / entered : 0;
  return (
    <span className="of-step-bar" aria-hidden="true">
      <svg viewBox="0 0 100 4" preserveAspectRatio="none">
        {entered > 0 && <rect className="of-went" width={100 - part} height={4} />}
        <rect className="of-left" x={100 - part} width={part} height={4} />
      </svg>
    </span>
  );
}

// Bars of one second, or of as many as are needed to have few of them.
export function binned(seconds: Stage["seconds"], length: number | null): { step: number; bins: number[] } {
  const last = Math.max(length ?? 0, ...seconds.map((one) => one.second));
  const step = Math.max(1, Math.ceil((last + 1) / MOST));
  const bins = new Array<number>(Math.floor(last / step) + 1).fill(0);
  for (const { second, count } of seconds) bins[Math.floor(second / step)]! += count;
  return { step, bins };
}

export function Seconds({ stage, page }: { stage: Stage; page: Page }) {
  const { step, bins } = binned(stage.seconds, stage.prompt_s);
  const most = Math.max(1, ...bins);
  const wide = WIDTH / bins.length;
  const told = bins
    .map((count, at) => (count ? page.say("panel_second_is", { second: at * step, n: count }) : ""))
    .filter(Boolean)
    .join("; ");
  const said = stage.prompt_s === null ? 0 : Math.min(WIDTH, (stage.prompt_s / step) * wide);
  const marks = [0, Math.floor(bins.length / 2), bins.length - 1].filter(
    (at, index, all) => all.indexOf(at) === index,
  );
  return (
    <svg className="of-seconds" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={told}>
      {said > 0 && (
        <rect
          className="of-said"
          x={0}
          y={0}
          width={said}
          height={FLOOR}
          style={{ fill: "var(--of-grid)" }}
        />
      )}
      {bins.map((count, at) => {
        if (!count) return null;
        const tall = Math.max(2, ((FLOOR - 4) * count) / most);
        return (
          <rect key={at} x={at * wide + 0.5} y={FLOOR - tall} width={Math.max(1, wide - 1.5)} height={tall}>
            <title>{page.say("panel_second_is", { second: at * step, n: count })}</title>
          </rect>
        );
      })}
      <line className="of-axis" x1={0} x2={WIDTH} y1={FLOOR} y2={FLOOR} />
      {marks.map((at) => (
        <text
          key={at}
          x={at * wide + wide / 2}
          y={HEIGHT - 4}
          textAnchor={at === 0 ? "start" : at === bins.length - 1 ? "end" : "middle"}
        >
          {at * step}
        </text>
      ))}
    </svg>
  );
}

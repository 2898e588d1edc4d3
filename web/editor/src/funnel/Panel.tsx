// What is told of one step: its numbers in words, where people went on, at which second they hang up, its calls.

import { useEffect, useRef } from "react";
import { percent, type Page, type Stage } from "./scene";
import { Seconds } from "./Seconds";

interface Props {
  stage: Stage;
  stages: Stage[];
  page: Page;
  answered: number;
  onClose: () => void;
}

export function Panel({ stage, stages, page, answered, onClose }: Props) {
  const { say } = page;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), [stage.node]);
  const exits = [...stage.exits].sort((a, b) => b.count - a.count);
  const most = Math.max(1, ...exits.map((exit) => exit.count));
  return (
    <aside className="of-panel" aria-label={stage.title}>
      <div className="of-panel-head">
        <div className="flex-fill">
          <h3 className="h3" tabIndex={-1} ref={heading}>
            {stage.title}
          </h3>
          <div className="text-secondary small">
            {stage.title === stage.kind_title ? stage.node : stage.kind_title}
          </div>
        </div>
        <button type="button" className="btn-close" aria-label={say("panel_close")} onClick={onClose} />
      </div>
      {stage.text && <p className="of-said-text">{stage.text}</p>}
      {stage.entered === 0 ? (
        <p>{say("panel_never")}</p>
      ) : (
        <>
          <p>{say("panel_entered", { n: stage.entered, share: percent(stage.entered, answered) })}</p>
          {stage.hung_up === 0 ? (
            <p>{say("panel_nobody_gone")}</p>
          ) : (
            <p className="of-gone">
              {say("panel_gone", { n: stage.hung_up, share: percent(stage.hung_up, stage.entered) })}
            </p>
          )}
          {stage.hung_up > 0 && (
            <>
              <h4>{say("panel_seconds")}</h4>
              <Seconds stage={stage} page={page} />
              <p>
                {say("panel_half", { second: stage.hung_up_second ?? 0 })}
                {stage.prompt_s !== null && ` ${say("panel_prompt", { n: stage.prompt_s })}`}
                {stage.waited > 0 && ` ${say("panel_waited", { n: stage.waited })}`}
              </p>
            </>
          )}
          {stage.ended > 0 && <p>{say("panel_ended", { n: stage.ended })}</p>}
          {exits.length > 0 && <h4>{say("panel_exits")}</h4>}
          {exits.map((exit) => (
            <div className="of-panel-exit" key={exit.exit}>
              <button
                type="button"
                onClick={() => page.pick({ node: stage.node, exit: exit.exit, label: exit.title })}
              >
                {exit.title} → {stages.find((one) => one.node === exit.to)?.title ?? "—"}
              </button>
              <span className="ok-number">
                {exit.count.toLocaleString(page.language)} · {percent(exit.count, stage.entered)}
              </span>
              <progress className="progress progress-sm" max={most} value={exit.count} aria-hidden="true" />
            </div>
          ))}
          <div className="of-links">
            <button
              type="button"
              className="btn"
              onClick={() => page.pick({ node: stage.node, at: "entered" })}
            >
              {say("panel_calls")}
            </button>
            {stage.hung_up > 0 && (
              <button
                type="button"
                className="btn"
                onClick={() => page.pick({ node: stage.node, at: "hung_up" })}
              >
                {say("panel_gone_calls")}
              </button>
            )}
          </div>
        </>
      )}
    </aside>
  );
}

// A step as the editor draws it, with how many came, how many hung up, and how many left by each exit.

import { Handle, type NodeProps, Position } from "@xyflow/react";
import { memo } from "react";
import { StepNames } from "../canvas/common";
import type { CountedNode } from "./scene";
import { percent } from "./scene";
import { Split } from "./Seconds";

export const CountedStep = memo(function CountedStep({ data, selected }: NodeProps<CountedNode>) {
  const { stage, page } = data;
  const entered = stage?.entered ?? 0;
  const gone = stage?.hung_up ?? 0;
  const counts = new Map(stage?.exits.map((exit) => [exit.exit, exit]));
  const marks = [
    "oe-step",
    `oe-group-${data.group}`,
    selected ? "is-selected" : "",
    entered ? "" : "of-never",
  ];
  return (
    <div className={marks.filter(Boolean).join(" ")}>
      <div className="oe-step-head">
        <Handle
          type="target"
          position={Position.Left}
          id="in"
          className="oe-port oe-port-in"
          isConnectable={false}
        />
        <StepNames icon={data.icon} title={data.title} kind={data.kindTitle} />
      </div>
      <div className="of-step-counts">
        <span className="of-step-count">
          <b>{entered.toLocaleString(page.language)}</b>
          <small>{page.say("funnel_entered")}</small>
        </span>
        <span className={`of-step-count ${gone ? "of-is-gone" : ""}`}>
          <b>{gone ? `${gone.toLocaleString(page.language)} · ${percent(gone, entered)}` : "—"}</b>
          <small>{page.say("funnel_gone")}</small>
        </span>
      </div>
      <Split entered={entered} gone={gone} />
      {data.exits.length > 0 && (
        <ul className="oe-exits">
          {data.exits.map((exit) => (
            <li key={exit.name} className={`oe-exit ${exit.target ? "" : "is-open"}`} title={exit.title}>
              <span className="oe-exit-title">{exit.title}</span>
              <span className="of-exit-count">
                {(counts.get(exit.name)?.count ?? 0).toLocaleString(page.language)}
              </span>
              <Handle
                type="source"
                position={Position.Right}
                id={exit.name}
                className="oe-port oe-port-out"
                isConnectable={false}
              />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
});

// A step on the canvas: what it is, what it says, and its exits, each with the point where its way begins.

import { Handle, type NodeProps, Position } from "@xyflow/react";
import { memo } from "react";
import type { ExitView } from "../model/exits";
import { t } from "../texts";
import { Icon } from "../ui/Icon";
import { StepNames } from "./common";
import { useFar } from "./far";
import type { StepNode as Step } from "./view";

export const addFromExit = (node: string, exit: string, x: number, y: number) =>
  window.dispatchEvent(new CustomEvent("oklik:add", { detail: { node, exit, x, y } }));

export const StepNode = memo(function StepNode({ data, selected, width, height }: NodeProps<Step>) {
  const far = useFar((state) => state.far);
  const marks = [
    "oe-step",
    `oe-group-${data.group}`,
    selected && "is-selected",
    data.current && "is-current",
    data.passed && "is-passed",
    data.dead && "is-dead",
    data.unreached && "is-unreached",
    data.errors ? "has-errors" : data.warnings ? "has-warnings" : "",
  ];
  // From afar: as large as it is near, so that ways end where they did, and next to nothing inside.
  if (far && width && height)
    return (
      <div className={`${marks.filter(Boolean).join(" ")} is-plain`} style={{ width, height }}>
        {data.title}
      </div>
    );
  return (
    <div className={marks.filter(Boolean).join(" ")}>
      <div className="oe-step-head">
        <Handle type="target" position={Position.Left} id="in" className="oe-port oe-port-in" />
        <StepNames icon={data.icon} title={data.title} kind={data.kindTitle} />
        {data.start && (
          <span className="oe-badge oe-badge-start" title={t("canvas.start")}>
            <Icon name="flag" />
          </span>
        )}
        {data.errors + data.warnings > 0 && (
          <span
            className={`oe-badge ${data.errors ? "oe-badge-error" : "oe-badge-warning"}`}
            title={t("canvas.issues", { n: data.errors + data.warnings })}
          >
            {data.errors + data.warnings}
          </span>
        )}
      </div>
      {data.dead && <div className="oe-step-dead">{data.dead}</div>}
      {data.summary.length > 0 && (
        <div className="oe-step-text">
          {data.summary.map((piece, index) =>
            piece.slot ? <mark key={index}>{piece.text}</mark> : <span key={index}>{piece.text}</span>,
          )}
        </div>
      )}
      {data.exits.length > 0 && (
        <ul className="oe-exits">
          {data.exits.map((exit) => (
            <Exit key={exit.name} node={data.name} exit={exit} />
          ))}
        </ul>
      )}
    </div>
  );
});

function Exit({ node, exit }: { node: string; exit: ExitView }) {
  return (
    <li className={`oe-exit ${exit.target ? "" : "is-open"}`} title={exit.name}>
      <span className="oe-exit-title">{exit.title}</span>
      {!exit.target && (
        <button
          type="button"
          className="oe-exit-add nodrag nopan"
          tabIndex={-1}
          aria-label={t("canvas.add_after", { exit: exit.title })}
          onClick={(event) => {
            event.stopPropagation();
            addFromExit(node, exit.name, event.clientX, event.clientY);
          }}
        >
          <Icon name="plus" />
        </button>
      )}
      <Handle type="source" position={Position.Right} id={exit.name} className="oe-port oe-port-out" />
    </li>
  );
}

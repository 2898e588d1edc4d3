// A way as thick as many calls went along it, with their number in its middle.

import { BaseEdge, type EdgeProps } from "@xyflow/react";
import { memo } from "react";
import { wayCurve } from "../canvas/common";
import type { CountedEdge } from "./scene";

export const CountedWay = memo(function CountedWay(edge: EdgeProps<CountedEdge>) {
  const { id, data } = edge;
  const width = data?.width ?? 1;
  const [path, x, y] = wayCurve(edge);
  const label = data?.label ?? "";
  const room = 8 * label.length + 10;
  return (
    <>
      <BaseEdge
        id={id}
        path={path}
        markerEnd="url(#of-arrow)"
        interactionWidth={0}
        style={{
          strokeWidth: width,
          strokeOpacity: width > 2 ? 0.55 : 0.8,
          stroke: label ? "var(--of-bar)" : undefined,
        }}
      />
      {label && (
        <g aria-hidden="true">
          <rect className="of-edge-back" x={x - room / 2} y={y - 9} width={room} height={18} rx={9} />
          <text className="of-edge-label" x={x} y={y + 4} textAnchor="middle">
            {label}
          </text>
        </g>
      )}
    </>
  );
});

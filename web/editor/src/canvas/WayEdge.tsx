// A way from an exit to a step: a curve forwards, and a bow beneath for one that leads back.

import { BaseEdge, type EdgeProps, getBezierPath, Position } from "@xyflow/react";
import { memo } from "react";
import { useFar } from "./far";

export const WayEdge = memo(function WayEdge({
  id,
  sourceX,
  sourceY,
  targetX,
  targetY,
  selected,
}: EdgeProps) {
  const far = useFar((state) => state.far);
  const back = targetX < sourceX + 24;
  const path = back
    ? bow(sourceX, sourceY, targetX, targetY)
    : getBezierPath({
        sourceX,
        sourceY,
        targetX,
        targetY,
        sourcePosition: Position.Right,
        targetPosition: Position.Left,
        curvature: 0.35,
      })[0];
  if (far) return <path className="react-flow__edge-path is-plain" d={path} />;
  return (
    <BaseEdge
      id={id}
      path={path}
      markerEnd="url(#oe-arrow)"
      interactionWidth={16}
      className={selected ? "is-selected" : ""}
    />
  );
});

export function bow(x1: number, y1: number, x2: number, y2: number): string {
  const out = 46;
  const low = Math.max(y1, y2) + 90;
  const middle = (x1 + x2) / 2;
  return `M${x1},${y1} C${x1 + out},${y1} ${x1 + out},${low} ${middle},${low} S${x2 - out},${y2} ${x2},${y2}`;
}

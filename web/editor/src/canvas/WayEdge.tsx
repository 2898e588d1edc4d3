// A way from an exit to a step.

import { BaseEdge, type EdgeProps } from "@xyflow/react";
import { memo } from "react";
import { wayCurve } from "./common";
import { useFar } from "./far";

export const WayEdge = memo(function WayEdge({ id, selected, ...ends }: EdgeProps) {
  const far = useFar((state) => state.far);
  const [path] = wayCurve(ends);
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

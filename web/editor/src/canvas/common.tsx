// What the editor's canvas and the funnel's have in common: how far one may zoom, the way's curve and its arrow, and how
// a step names itself.

import { getBezierPath, Position } from "@xyflow/react";
import { Icon } from "../ui/Icon";

export const SIGHT = { minZoom: 0.08, maxZoom: 1.6, attributionPosition: "bottom-left" } as const;

interface Ends {
  sourceX: number;
  sourceY: number;
  targetX: number;
  targetY: number;
}

/** A curve forwards, or a bow beneath for a way that leads back; with the middle of it, for what stands there. */
export function wayCurve({ sourceX, sourceY, targetX, targetY }: Ends): [string, number, number] {
  if (targetX < sourceX + 24)
    return [
      bow(sourceX, sourceY, targetX, targetY),
      (sourceX + targetX) / 2,
      Math.max(sourceY, targetY) + 90,
    ];
  const [path, x, y] = getBezierPath({
    sourceX,
    sourceY,
    targetX,
    targetY,
    sourcePosition: Position.Right,
    targetPosition: Position.Left,
    curvature: 0.35,
  });
  return [path, x, y];
}

function bow(x1: number, y1: number, x2: number, y2: number): string {
  const out = 46;
  const low = Math.max(y1, y2) + 90;
  const middle = (x1 + x2) / 2;
  return `M${x1},${y1} C${x1 + out},${y1} ${x1 + out},${low} ${middle},${low} S${x2 - out},${y2} ${x2},${y2}`;
}

/** The head of all ways' arrows, once a page.  id: by which ways name it; size: in pixels. */
export function Arrow({ id, size }: { id: string; size: number }) {
  return (
    <svg className="oe-defs" aria-hidden="true">
      <defs>
        <marker
          id={id}
          viewBox="0 0 10 10"
          refX="8.5"
          refY="5"
          markerWidth={size}
          markerHeight={size}
          markerUnits="userSpaceOnUse"
          orient="auto-start-reverse"
        >
          <path d="M1,1 L9,5 L1,9 z" fill="context-stroke" />
        </marker>
      </defs>
    </svg>
  );
}

export function StepNames({ icon, title, kind }: { icon: string; title: string; kind: string }) {
  return (
    <>
      <span className="oe-step-icon">
        <Icon name={icon} />
      </span>
      <span className="oe-step-names">
        <span className="oe-step-title">{title}</span>
        <span className="oe-step-kind">{kind}</span>
      </span>
    </>
  );
}

// The map in the corner: the steps are painted once after each change, and only the frame moves with the view.

import { useReactFlow, useStoreApi } from "@xyflow/react";
import { type PointerEvent, useEffect, useRef } from "react";
import { t } from "../texts";
import type { StepNode as Step } from "./view";

const WIDTH = 168;
const HEIGHT = 112;
const MARGIN = 8;

interface Placed {
  x: number;
  y: number;
  scale: number;
}

export function Overview({ nodes }: { nodes: Step[] }) {
  const store = useStoreApi<Step>();
  const flow = useReactFlow<Step>();
  const paper = useRef<HTMLCanvasElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const placed = useRef<Placed>({ x: 0, y: 0, scale: 1 });

  useEffect(() => {
    const asked = requestAnimationFrame(() => {
      if (paper.current) placed.current = paint(paper.current, nodes);
      look(frame.current, placed.current, store.getState());
    });
    return () => cancelAnimationFrame(asked);
  }, [nodes, store]);
  useEffect(
    () =>
      store.subscribe((now, before) => {
        if (now.transform !== before.transform || now.width !== before.width || now.height !== before.height)
          look(frame.current, placed.current, now);
      }),
    [store],
  );

  const go = (event: PointerEvent<HTMLDivElement>) => {
    if (!(event.buttons & 1)) return;
    const box = event.currentTarget.getBoundingClientRect();
    const { x, y, scale } = placed.current;
    void flow.setCenter(x + (event.clientX - box.left) / scale, y + (event.clientY - box.top) / scale, {
      zoom: flow.getZoom(),
    });
  };
  return (
    <div
      className="oe-map"
      role="img"
      aria-label={t("canvas.minimap")}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        go(event);
      }}
      onPointerMove={go}
    >
      <canvas ref={paper} width={WIDTH * 2} height={HEIGHT * 2} />
      <div ref={frame} />
    </div>
  );
}

function look(
  frame: HTMLDivElement | null,
  { x, y, scale }: Placed,
  {
    transform: [left, top, zoom],
    width,
    height,
  }: { transform: [number, number, number]; width: number; height: number },
): void {
  if (!frame) return;
  const at = `translate3d(${(-left / zoom - x) * scale}px, ${(-top / zoom - y) * scale}px, 0)`;
  if (frame.style.transform !== at) frame.style.transform = at;
  const size = [`${(width / zoom) * scale}px`, `${(height / zoom) * scale}px`] as const;
  if (frame.style.width !== size[0]) frame.style.width = size[0];
  if (frame.style.height !== size[1]) frame.style.height = size[1];
}

function paint(paper: HTMLCanvasElement, nodes: Step[]): Placed {
  const brush = paper.getContext("2d");
  if (!brush) return { x: 0, y: 0, scale: 1 };
  brush.setTransform(2, 0, 0, 2, 0, 0);
  brush.clearRect(0, 0, WIDTH, HEIGHT);
  if (!nodes.length) return { x: 0, y: 0, scale: 1 };
  const right = (node: Step) => node.position.x + (node.measured?.width ?? 248);
  const bottom = (node: Step) => node.position.y + (node.measured?.height ?? 140);
  const from = { x: Infinity, y: Infinity };
  const to = { x: -Infinity, y: -Infinity };
  for (const node of nodes) {
    from.x = Math.min(from.x, node.position.x);
    from.y = Math.min(from.y, node.position.y);
    to.x = Math.max(to.x, right(node));
    to.y = Math.max(to.y, bottom(node));
  }
  const scale = Math.min(
    (WIDTH - 2 * MARGIN) / Math.max(to.x - from.x, 900),
    (HEIGHT - 2 * MARGIN) / Math.max(to.y - from.y, 600),
  );
  // The drawing stands in the middle of the map.
  const x = (from.x + to.x) / 2 - WIDTH / 2 / scale;
  const y = (from.y + to.y) / 2 - HEIGHT / 2 / scale;
  const hues = colours(paper);
  for (const node of nodes) {
    const { data } = node;
    brush.globalAlpha = data.current || data.errors ? 1 : 0.7;
    brush.fillStyle = data.current ? hues("accent") : data.errors ? hues("error") : hues(data.group);
    brush.fillRect(
      (node.position.x - x) * scale,
      (node.position.y - y) * scale,
      Math.max(1.5, (right(node) - node.position.x) * scale),
      Math.max(1.5, (bottom(node) - node.position.y) * scale),
    );
  }
  return { x, y, scale };
}

// The colours of groups as the style sheet has them in this theme.
function colours(near: HTMLElement): (name: string) => string {
  const known: { [name: string]: string } = {};
  const sample = document.createElement("span");
  near.parentElement!.append(sample);
  const found = (name: string) => {
    sample.className = name === "accent" || name === "error" ? "" : `oe-group-${name}`;
    const variable = name === "accent" || name === "error" ? `--oe-${name}` : "--oe-hue";
    sample.style.color = `var(${variable}, #888)`;
    return getComputedStyle(sample).color;
  };
  queueMicrotask(() => sample.remove());
  return (name) => (known[name] ??= found(name));
}

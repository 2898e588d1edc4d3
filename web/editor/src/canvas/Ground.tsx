// The dotted ground beneath the steps.  While the canvas is panned nothing of it is drawn anew: a layer of dots is
// shoved by less than the distance of two of them.

import { useStoreApi } from "@xyflow/react";
import { useEffect, useRef } from "react";
import { seenAt } from "./far";

const GAP = 24;
const DENSEST = 12;

export function Ground() {
  const store = useStoreApi();
  const dots = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let scale = 0;
    let gap = GAP;
    const draw = ([x, y, zoom]: [number, number, number]) => {
      const ground = dots.current;
      if (!ground) return;
      if (zoom !== scale) {
        scale = zoom;
        gap = GAP * zoom;
        while (gap < DENSEST) gap *= 2;
        ground.style.backgroundSize = `${gap}px ${gap}px`;
        ground.style.inset = `${-gap}px`;
        seenAt(zoom);
      }
      ground.style.transform = `translate3d(${((x % gap) + gap) % gap}px, ${((y % gap) + gap) % gap}px, 0)`;
    };
    draw(store.getState().transform);
    return store.subscribe((now, before) => {
      if (now.transform !== before.transform) draw(now.transform);
    });
  }, [store]);
  return (
    <div className="oe-ground" aria-hidden="true">
      <div ref={dots} />
    </div>
  );
}

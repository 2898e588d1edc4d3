// The sound as a picture, with two handles for where it begins and ends; the mouse and the arrow keys move them.

import { type KeyboardEvent, type PointerEvent, useEffect, useMemo, useRef } from "react";
import { t } from "../texts";
import { peaks } from "./wave";

interface Props {
  sound: AudioBuffer;
  from: number;
  to: number;
  onChange: (from: number, to: number) => void;
}

const WIDTH = 560;
const HEIGHT = 110;
const LEAST_S = 0.1;

export function Waveform({ sound, from, to, onChange }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const loud = useMemo(() => peaks(sound, WIDTH / 3), [sound]);
  const length = sound.duration;

  useEffect(() => {
    const box = canvas.current;
    const pen = box?.getContext("2d");
    if (!box || !pen) return;
    const scale = window.devicePixelRatio || 1;
    box.width = WIDTH * scale;
    box.height = HEIGHT * scale;
    pen.scale(scale, scale);
    const style = getComputedStyle(box);
    const strong = style.getPropertyValue("--oe-wave").trim() || "#066fd1";
    const weak = style.getPropertyValue("--oe-wave-off").trim() || "#aab";
    loud.forEach((peak, index) => {
      const at = (index / loud.length) * length;
      const tall = Math.max(2, peak * (HEIGHT - 8));
      pen.fillStyle = at >= from && at <= to ? strong : weak;
      pen.fillRect(index * 3, (HEIGHT - tall) / 2, 2, tall);
    });
  }, [loud, from, to, length]);

  const set = (which: "from" | "to", at: number) => {
    if (which === "from") onChange(Math.max(0, Math.min(at, to - LEAST_S)), to);
    else onChange(from, Math.min(length, Math.max(at, from + LEAST_S)));
  };
  const drag = (which: "from" | "to") => (event: PointerEvent<HTMLButtonElement>) => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const box = canvas.current!.getBoundingClientRect();
    set(which, ((event.clientX - box.left) / box.width) * length);
  };
  const keys = (which: "from" | "to") => (event: KeyboardEvent) => {
    const step = { ArrowLeft: -0.05, ArrowRight: 0.05 }[event.key];
    if (!step) return;
    event.preventDefault();
    set(which, (which === "from" ? from : to) + step);
  };
  const handle = (which: "from" | "to", at: number) => (
    <button
      type="button"
      role="slider"
      className={`oe-trim oe-trim-${which}`}
      style={{ left: `${(at / length) * 100}%` }}
      aria-label={t(which === "from" ? "recording.from" : "recording.to")}
      aria-valuemin={0}
      aria-valuemax={length}
      aria-valuenow={Math.round(at * 100) / 100}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={drag(which)}
      onKeyDown={keys(which)}
    />
  );
  return (
    <div className="oe-wave">
      <canvas ref={canvas} />
      {handle("from", from)}
      {handle("to", to)}
    </div>
  );
}

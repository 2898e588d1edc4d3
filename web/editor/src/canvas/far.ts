// Whether the canvas is looked at from afar, where words cannot be read and steps are drawn as plain boxes.

import { create } from "zustand";

// Two borders, so that a zoom at the border does not flicker.
export const AFAR = 0.4;
export const NEAR = 0.44;

export const useFar = create<{ far: boolean }>(() => ({ far: false }));

export function seenAt(zoom: number): void {
  const { far } = useFar.getState();
  if (far ? zoom > NEAR : zoom < AFAR) useFar.setState({ far: !far });
}

// Says the lines of the call one after the other; a key or another event ends what is being said.

import { useEffect, useState } from "react";
import { fetched, play, stop } from "../speech/player";
import { heardLine, type Line, useSimulation } from "../store/simulation";

export function useSpeaker(aloud: boolean): Line | null {
  const next = useSimulation((now) => now.queue[0] ?? null);
  const [speaking, setSpeaking] = useState<Line | null>(null);
  useEffect(() => {
    if (!next || !aloud) {
      setSpeaking(null);
      return;
    }
    let here = true;
    const speak = async () => {
      if (next.audio) {
        const sound = await fetched(next.audio);
        if (!here) return;
        setSpeaking(next);
        await play(sound);
      }
    };
    void speak()
      // A line without a sound can still be read.
      .catch(() => undefined)
      .finally(() => here && heardLine(next));
    return () => {
      here = false;
      stop();
    };
  }, [next, aloud]);
  return speaking;
}

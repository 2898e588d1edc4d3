// The call that is being tried out beside the canvas: where it stands, what was heard, what was pressed.

import { create } from "zustand";
import * as api from "../api/calls";
import type { SimulationEvent, SimulationState } from "../api/types";
import { sentenceOf } from "../ui/Failure";
import { useEditor } from "./editor";

export interface Line {
  id: number;
  who: "call" | "person";
  text: string;
  audio: string | null;
  node: string | null;
}

interface SimulationStore {
  id: string | null;
  state: SimulationState | null;
  lines: Line[];
  // Which edit of the document is being tried out; an older one is told so.
  edits: number;
  busy: boolean;
  error: string;
  // Lines that are still to be heard.
  queue: Line[];
}

export const useSimulation = create<SimulationStore>(() => ({
  id: null,
  state: null,
  lines: [],
  edits: 0,
  busy: false,
  error: "",
  queue: [],
}));

const { getState: get, setState: set } = useSimulation;
let count = 0;

function heard(state: SimulationState): Line[] {
  return state.said.map((one) => ({
    id: ++count,
    who: "call",
    text: one.text,
    audio: one.audio,
    node: state.node,
  }));
}

export type Called = { contact: { [column: string]: string } } | { contact_id: number };

export async function start(called: Called): Promise<void> {
  const { id: scenario, doc, edits } = useEditor.getState();
  set({ busy: true, error: "", queue: [] });
  try {
    const begun = await api.simulate({ document: doc, scenario, ...called });
    const lines = heard(begun.state);
    set({ id: begun.id, state: begun.state, lines, edits, busy: false, queue: lines });
  } catch (error) {
    set({ busy: false, error: sentenceOf(error), id: null, state: null, lines: [] });
  }
}

export async function happen(event: SimulationEvent, words: string): Promise<void> {
  const { id, busy } = get();
  if (!id || busy) return;
  const pressed: Line = { id: ++count, who: "person", text: words, audio: null, node: null };
  set({ busy: true, error: "", queue: [], lines: [...get().lines, pressed] });
  try {
    const told = await api.simulationEvent(id, event);
    if (get().id !== id) return;
    const lines = heard(told.state);
    set({
      state: told.state,
      lines: [...get().lines, ...lines],
      busy: false,
      queue: lines,
    });
  } catch (error) {
    if (get().id !== id) return;
    set({ busy: false, error: sentenceOf(error), lines: get().lines.filter((line) => line !== pressed) });
  }
}

export const heardLine = (line: Line) => set({ queue: get().queue.filter((one) => one !== line) });
export const hush = () => set({ queue: [] });
export const stop = () => set({ id: null, state: null, lines: [], queue: [], error: "", busy: false });

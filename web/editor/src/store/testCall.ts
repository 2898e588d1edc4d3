// The call to a phone of ours that plays the draft: ordered, then looked at again and again until it is over.

import { create } from "zustand";
import * as api from "../api/calls";
import type { TestCallState, TestCallWanted } from "../api/types";
import { sentenceOf } from "../ui/Failure";
import { useEditor } from "./editor";

const EVERY_MS = 600;
const MOST_FAILURES = 8;

interface TestCallStore {
  order: number | null;
  phone: string;
  virtual: boolean;
  state: TestCallState | null;
  // It could not be looked at; the call goes on all the same.
  error: string;
}

const none: TestCallStore = { order: null, phone: "", virtual: false, state: null, error: "" };
export const useTestCall = create<TestCallStore>(() => none);
const { getState: get, setState: set } = useTestCall;

// shown: the phone as people call it.  Fails as the request does.
export async function ring(wanted: TestCallWanted, shown: string, virtual: boolean): Promise<void> {
  const { order } = await api.testCall(useEditor.getState().id, wanted);
  set({ ...none, order, phone: shown, virtual });
  void follow(order);
}

async function follow(order: number): Promise<void> {
  let failures = 0;
  while (get().order === order && !get().state?.over) {
    try {
      const state = await api.testCallState(useEditor.getState().id, order);
      if (get().order !== order) return;
      failures = 0;
      set({ state, error: "" });
      if (state.over) return;
    } catch (error) {
      if (++failures >= MOST_FAILURES) return set({ error: sentenceOf(error) });
    }
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
}

export async function cancel(): Promise<void> {
  const { order } = get();
  if (order === null) return;
  try {
    set({ state: await api.cancelTestCall(useEditor.getState().id, order) });
  } catch (error) {
    set({ error: sentenceOf(error) });
  }
}

export const dismiss = () => set(none);

// Where the call is, as far as it can be told from outside.
export type Stage = "preparing" | "waiting" | "dialing" | "ringing" | "talking" | "over";

export function stageOf(state: TestCallState | null): Stage {
  if (!state) return "waiting";
  if (state.over) return "over";
  if (state.state === "asked") return state.sentence ? "preparing" : "waiting";
  if (state.leg === "answered" || state.leg === "ended" || state.path.length) return "talking";
  return state.leg === "ringing" ? "ringing" : "dialing";
}

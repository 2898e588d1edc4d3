// The editor's one store: the document with its history, what is chosen, and what the server says of it.
//
// Every change of the document goes through `edit`, so that everything can be undone and everything is saved.

import { create } from "zustand";
import type { NodeKinds, Problem, Issue, ExitTitle, VersionInfo, Explored, DraftInfo } from "../api/types";
import type { Doc } from "../model/document";
import * as history from "../model/history";

export type Panel = "step" | "simulator" | "settings" | "issues" | "versions";
export type SaveState = "saved" | "changed" | "saving" | "failed" | "conflict";
export type Dialog =
  | { kind: "conflict"; theirs: DraftInfo & { document: Doc } }
  | { kind: "publish" }
  | { kind: "test-call" }
  | { kind: "shortcuts" }
  | { kind: "import" }
  | { kind: "recording"; node: string; field: string; language: string }
  | null;

export interface EditorState {
  id: number;
  kinds: NodeKinds;
  doc: Doc;
  // Counts edits; saving remembers which one it saved.
  edits: number;
  saved: number;
  revision: number;
  saving: SaveState;
  saveError: string;
  history: history.History;
  selected: string[];
  panel: Panel;
  dialog: Dialog;
  issues: Issue[];
  problems: Problem[];
  exits: { [node: string]: ExitTitle[] };
  versions: VersionInfo[];
  explored: Explored | null;
  focus: { node: string; at: number } | null;
  notice: { text: string; tone: "ok" | "bad" } | null;
}

export const useEditor = create<EditorState>(() => ({
  id: 0,
  kinds: { groups: [], kinds: {}, scenario: {} },
  doc: { format: 1, name: "", title: "", languages: ["ru"], start: "", nodes: {} },
  edits: 0,
  saved: 0,
  revision: 0,
  saving: "saved",
  saveError: "",
  history: history.empty,
  selected: [],
  panel: "step",
  dialog: null,
  issues: [],
  problems: [],
  exits: {},
  versions: [],
  explored: null,
  focus: null,
  notice: null,
}));

const { getState: get, setState: set } = useEditor;

// Whoever may only look is shown everything and changes nothing.
export const readOnly = globalThis.document?.getElementById("editor")?.dataset.readonly !== undefined;

// key: edits with the same key in quick succession are undone together.
export function edit(label: string, change: (doc: Doc) => Doc, key = ""): void {
  const { doc, history: before, edits } = get();
  const next = readOnly ? doc : change(doc);
  if (next === doc) return;
  set({
    doc: next,
    edits: edits + 1,
    history: history.record(before, doc, label, key, Date.now()),
    explored: null,
    saving: get().saving === "conflict" ? "conflict" : "changed",
  });
}

function step(move: typeof history.undo): void {
  const { doc, history: before, edits, selected } = get();
  const done = move(before, doc);
  if (!done) return;
  set({
    doc: done.doc,
    history: done.history,
    edits: edits + 1,
    explored: null,
    selected: selected.filter((name) => name in done.doc.nodes),
    saving: get().saving === "conflict" ? "conflict" : "changed",
  });
}

export const undo = () => step(history.undo);
export const redo = () => step(history.redo);

export const select = (names: string[]): void => {
  const before = get().selected;
  if (before.length === names.length && before.every((name, index) => name === names[index])) return;
  set({ selected: names });
};

// Choose a step, show it in the middle of the canvas and open its form.
export function goTo(name: string, panel: Panel | null = "step"): void {
  set({ selected: [name], focus: { node: name, at: Date.now() }, ...(panel ? { panel } : {}) });
}

export const show = (panel: Panel) => set({ panel });
export const open = (dialog: Dialog) => set({ dialog });
export const tell = (text: string, tone: "ok" | "bad" = "ok") => set({ notice: { text, tone } });

// Drafts save themselves: a moment after the last edit, one request at a time, again after a failure.
//
// What is not saved yet also lies in the browser's own storage, so that neither a crash nor a cut line loses it.

import { ApiError } from "../api/client";
import * as api from "../api/calls";
import type { Conflict, Scenario } from "../api/types";
import { sane, type Doc } from "../model/document";
import { empty } from "../model/history";
import { useEditor, type EditorState } from "./editor";

const QUIET_MS = 700;
const RETRY_MS = [2000, 5000, 15000];
const key = (id: number) => `oklik.draft.${id}`;

let timer: ReturnType<typeof setTimeout> | undefined;
let failures = 0;
const { getState: get, setState: set } = useEditor;

export function begin(found: Scenario): void {
  const document = sane(found.draft?.document);
  const revision = found.draft?.revision ?? 0;
  set({
    id: found.id,
    doc: document,
    revision,
    versions: found.versions,
    edits: 0,
    saved: 0,
    saving: "saved",
    history: empty,
    selected: [],
    explored: null,
  });
  const kept = left(found.id);
  if (!kept) return;
  if (kept.revision === revision) {
    set({ doc: sane(kept.document), edits: 1, saving: "changed" });
    schedule();
  } else if (JSON.stringify(kept.document) !== JSON.stringify(found.draft?.document)) {
    set({
      doc: sane(kept.document),
      edits: 1,
      saving: "conflict",
      dialog: { kind: "conflict", theirs: found.draft! },
    });
  } else forget(found.id);
}

export function watch(): () => void {
  let edits = get().edits;
  const stop = useEditor.subscribe((state) => {
    if (state.edits === edits) return;
    edits = state.edits;
    remember(state);
    schedule();
  });
  const leave = (event: BeforeUnloadEvent) => {
    if (get().edits !== get().saved) event.preventDefault();
  };
  const hidden = () => document.visibilityState === "hidden" && void save();
  window.addEventListener("beforeunload", leave);
  document.addEventListener("visibilitychange", hidden);
  return () => {
    stop();
    window.removeEventListener("beforeunload", leave);
    document.removeEventListener("visibilitychange", hidden);
  };
}

function schedule(wait = QUIET_MS): void {
  clearTimeout(timer);
  timer = setTimeout(() => void save(), wait);
}

// Save what is there now.  True: the newest is saved.
export async function save(): Promise<boolean> {
  clearTimeout(timer);
  const { id, doc, edits, saved, revision, saving } = get();
  if (saving === "conflict") return false;
  if (saving === "saving") return settled();
  if (edits === saved) return true;
  set({ saving: "saving" });
  try {
    const told = await api.saveDraft(id, revision, doc);
    failures = 0;
    const newest = get().edits === edits;
    set({
      revision: told.revision,
      issues: told.issues,
      problems: told.problems,
      exits: told.exits,
      saved: edits,
      saving: newest ? "saved" : "changed",
      saveError: "",
    });
    if (newest) forget(id);
    else {
      remember(get());
      return save();
    }
    return true;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 409) {
      const { theirs } = error.body as unknown as Conflict;
      set({ saving: "conflict", dialog: { kind: "conflict", theirs } });
    } else {
      set({ saving: "failed", saveError: error.message });
      if (error.status === 0 || error.status >= 429)
        schedule(RETRY_MS[Math.min(failures++, RETRY_MS.length - 1)]);
    }
    return false;
  }
}

function settled(): Promise<boolean> {
  return new Promise((done) => {
    const stop = useEditor.subscribe((state) => {
      if (state.saving === "saving") return;
      stop();
      done(state.saving === "saved" ? true : save());
    });
  });
}

// The three ways out of a conflict; each leaves the other's work where it can be found.
export function takeTheirs(theirs: { revision: number; document: Doc }): void {
  const { history, doc, edits, id } = get();
  forget(id);
  set({
    history: { past: [...history.past, { doc, label: "" }], future: [], last: null },
    doc: sane(theirs.document),
    revision: theirs.revision,
    edits: edits + 1,
    saved: edits + 1,
    saving: "saved",
    dialog: null,
    selected: [],
  });
  void judge();
}

export async function overwrite(theirs: { revision: number }): Promise<void> {
  set({ revision: theirs.revision, saving: "changed", dialog: null });
  await save();
}

export async function keepAsCopy(
  theirs: { revision: number; document: Doc },
  name: string,
  title: string,
): Promise<number> {
  const { doc } = get();
  const made = await api.makeScenario({ name, title, document: { ...doc, name, title } });
  takeTheirs(theirs);
  return made.id;
}

// What the server thinks of the document as it stands, without saving it.
export async function judge(): Promise<void> {
  const { doc, edits } = get();
  const told = await api.check(doc);
  if (get().edits === edits) set({ issues: told.issues, problems: told.problems, exits: told.exits });
}

function remember({ id, revision, doc }: EditorState): void {
  try {
    localStorage.setItem(key(id), JSON.stringify({ revision, document: doc }));
  } catch {
    // A full or forbidden storage only loses the second copy.
  }
}

function left(id: number): { revision: number; document: Doc } | null {
  try {
    return JSON.parse(localStorage.getItem(key(id)) ?? "null");
  } catch {
    return null;
  }
}

function forget(id: number): void {
  try {
    localStorage.removeItem(key(id));
  } catch {
    // As above.
  }
}

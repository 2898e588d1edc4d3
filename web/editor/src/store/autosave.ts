// Drafts save themselves: a moment after the last edit, one request at a time, again after a failure.
//
// What is not saved yet also lies in the browser's own storage, so that neither a crash nor a cut line loses it.

import { ApiError } from "../api/client";
import * as api from "../api/calls";
import type { Conflict, Scenario } from "../api/types";
import { sane, type Doc } from "../model/document";
import { empty } from "../model/history";
import { readOnly, useEditor } from "./editor";
import { drop, keep, take } from "./leftovers";

const QUIET_MS = 700;
const RETRY_MS = [2000, 5000, 15000];

let timer: ReturnType<typeof setTimeout> | undefined;
let failures = 0;
let running: Promise<boolean> | null = null;
// What was sent without an answer: it may be saved all the same.
let unsure: string | null = null;
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
  unsure = null;
  const kept = readOnly ? null : take(found.id);
  if (!kept) return;
  if (JSON.stringify(kept.document) === JSON.stringify(found.draft?.document)) drop(found.id);
  else if (kept.revision === revision) {
    set({ doc: sane(kept.document), edits: 1, saving: "changed" });
    schedule();
  } else
    set({
      doc: sane(kept.document),
      edits: 1,
      saving: "conflict",
      dialog: { kind: "conflict", theirs: found.draft! },
    });
}

export function watch(): () => void {
  let edits = get().edits;
  const stop = useEditor.subscribe((state) => {
    if (state.edits === edits) return;
    edits = state.edits;
    if (edits === state.saved) return;
    keep(state.id, state.revision, state.doc);
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
//
// One request at a time, whatever is typed meanwhile: the next one changes the revision that this one makes.
export function save(): Promise<boolean> {
  clearTimeout(timer);
  running ??= all().finally(() => {
    running = null;
  });
  return running;
}

async function all(): Promise<boolean> {
  while (get().saving !== "conflict" && get().edits !== get().saved) if (!(await once())) return false;
  return get().saving !== "conflict";
}

// False: it came to nothing, and the state says why.
async function once(): Promise<boolean> {
  const { id, doc, edits, revision } = get();
  set({ saving: "saving" });
  try {
    const told = await api.saveDraft(id, revision, doc);
    failures = 0;
    unsure = null;
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
    if (newest) drop(id);
    else keep(id, told.revision, get().doc);
    return true;
  } catch (error) {
    const status = error instanceof ApiError ? error.status : 0;
    const theirs =
      error instanceof ApiError && status === 409 ? (error.body as unknown as Conflict).theirs : null;
    if (theirs && unsure !== null && JSON.stringify(theirs.document) === unsure) {
      // Nobody else's: our own change of before, whose answer was lost on the way.
      unsure = null;
      set({ revision: theirs.revision });
      return true;
    }
    if (theirs) {
      set({ saving: "conflict", dialog: { kind: "conflict", theirs } });
      return false;
    }
    if (status === 0 || status >= 500) unsure = JSON.stringify(doc);
    set({ saving: "failed", saveError: error instanceof ApiError ? error.message : "" });
    if (status === 0 || status >= 429) schedule(RETRY_MS[Math.min(failures++, RETRY_MS.length - 1)]);
    return false;
  }
}

// The three ways out of a conflict; each leaves the other's work where it can be found.
export function takeTheirs(theirs: { revision: number; document: Doc }): void {
  const { history, doc, edits, id } = get();
  drop(id);
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
  void judge().catch(() => undefined);
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

// Undo and redo of everything: the documents before and after, which share what they have in common.

import type { Doc } from "./document";

export interface History {
  past: { doc: Doc; label: string }[];
  future: { doc: Doc; label: string }[];
  // What the last edit was and when: one more of the same within a moment belongs to it, as letters to a word.
  last: { key: string; at: number } | null;
}

export const LIMIT = 500;
export const MOMENT_MS = 1500;

export const empty: History = { past: [], future: [], last: null };

export function record(history: History, before: Doc, label: string, key: string, at: number): History {
  const continues =
    key !== "" && history.last?.key === key && at - history.last.at < MOMENT_MS && history.past.length > 0;
  if (continues) return { ...history, future: [], last: { key, at } };
  return { past: [...history.past, { doc: before, label }].slice(-LIMIT), future: [], last: { key, at } };
}

export function undo(history: History, now: Doc): { history: History; doc: Doc } | null {
  const step = history.past.at(-1);
  if (!step) return null;
  const future = [...history.future, { doc: now, label: step.label }];
  return { doc: step.doc, history: { past: history.past.slice(0, -1), future, last: null } };
}

export function redo(history: History, now: Doc): { history: History; doc: Doc } | null {
  const step = history.future.at(-1);
  if (!step) return null;
  const past = [...history.past, { doc: now, label: step.label }];
  return { doc: step.doc, history: { past, future: history.future.slice(0, -1), last: null } };
}

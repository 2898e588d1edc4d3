// What is not saved yet, in the browser's own storage: a copy a tab, so that tabs take nothing from each other.

import type { Doc } from "../model/document";

export interface Leftover {
  revision: number;
  document: Doc;
}

// A tab that lives saves sooner; what is older belongs to one that is gone, or that cannot save.
export const FRESH_MS = 10_000;
const TAB = "oklik.tab";
const prefix = (id: number) => `oklik.draft.${id}.`;

// The tab's own mark; a reload keeps it.
function tab(): string {
  const known = sessionStorage.getItem(TAB) ?? crypto.randomUUID?.() ?? String(Math.random()).slice(2);
  sessionStorage.setItem(TAB, known);
  return known;
}

// A full or forbidden storage only loses the second copy.
function attempt<T>(work: () => T, otherwise: T): T {
  try {
    return work();
  } catch {
    return otherwise;
  }
}

export function keep(id: number, revision: number, document: Doc): void {
  attempt(
    () => localStorage.setItem(prefix(id) + tab(), JSON.stringify({ revision, document, at: Date.now() })),
    undefined,
  );
}

export function drop(id: number): void {
  attempt(() => localStorage.removeItem(prefix(id) + tab()), undefined);
}

// The copy of this tab, else the newest of a tab that is gone: it is this tab's from now on.
export function take(id: number): Leftover | null {
  return attempt(() => {
    const own = prefix(id) + tab();
    const copies = Object.keys(localStorage)
      .filter((key) => key.startsWith(prefix(id)))
      .map((key) => ({ key, ...(JSON.parse(localStorage.getItem(key)!) as Leftover & { at: number }) }))
      .filter((one) => one.key === own || Date.now() - one.at >= FRESH_MS)
      .sort((a, b) => Number(b.key === own) - Number(a.key === own) || b.at - a.at);
    const found = copies[0];
    if (!found) return null;
    if (found.key !== own) {
      keep(id, found.revision, found.document);
      if (localStorage.getItem(own)) localStorage.removeItem(found.key);
    }
    return { revision: found.revision, document: found.document };
  }, null);
}

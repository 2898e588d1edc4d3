// The shapes of /api/v1 that the editor uses.

import type { Doc, Fields } from "../model/document";
import type { Schema } from "../model/schema";

export interface ExitTitle {
  name: string;
  title: string;
}

// fixed: exits that such a node has; from: the field whose parts name further ones; each: the part's own field of that,
// "" where the part itself is the name.
export interface ExitsRule {
  fixed: ExitTitle[];
  from: string | null;
  each: string | null;
}

export interface Kind {
  title: string;
  help: string;
  icon: string;
  group: string;
  silent: boolean;
  example: Fields;
  schema: Schema;
  exits: ExitsRule;
}

export interface Group {
  code: string;
  title: string;
  kinds: string[];
}

export interface NodeKinds {
  groups: Group[];
  kinds: { [kind: string]: Kind };
  scenario: Schema;
}

export interface DraftInfo {
  revision: number;
  changed_at: string;
  by: string | null;
}

export interface ScenarioRow {
  id: number;
  name: string;
  title: string;
  project: string | null;
  draft: DraftInfo | null;
  version: number | null;
  used_by: number;
}

export interface VersionInfo {
  number: number;
  published_at: string;
  by: string | null;
  note: string | null;
  used_by: number;
}

export interface Scenario {
  id: number;
  name: string;
  draft: (DraftInfo & { document: Doc }) | null;
  versions: VersionInfo[];
}

export interface Template {
  code: string;
  title: string;
  description: string;
  languages: string[];
  nodes: number;
}

export interface Issue {
  node: string | null;
  field: string | null;
  code: string;
  severity: "error" | "warning";
  sentence: string;
}

export interface Problem {
  node: string | null;
  field: string | null;
  sentence: string;
}

export interface Review {
  issues: Issue[];
  problems: Problem[];
  exits: { [node: string]: ExitTitle[] };
}

export interface Saved extends Review {
  revision: number;
}

export interface Conflict {
  theirs: DraftInfo & { document: Doc };
}

export interface Explored {
  paths: number;
  dead_ends: { node: string; sentence: string }[];
  never_reached: string[];
}

export interface SimulationState {
  node: string | null;
  said: { text: string; audio: string | null; node?: string | null }[];
  typed?: string;
  instruction: unknown;
  variables: { [name: string]: string };
  facts: { kind: string; sentence?: string; [key: string]: unknown }[];
  path: string[];
  over: boolean;
  outcome: string | null;
  accepts: string[];
}

export interface Simulation {
  id: string;
  state: SimulationState;
}

export type SimulationEvent = { kind: string } & Fields;

export interface Golden {
  name: string;
  passed: boolean;
  sentence?: string | null;
}

export interface Voice {
  code: string;
  title: string;
  languages: string[];
}

export interface Prompt {
  key: string;
  language: string;
  title: string | null;
  duration_s: number | null;
  source: string;
}

export interface Uploaded {
  duration_s: number;
  clipped: boolean;
  levelled_db: number;
  trimmed_s: number;
}

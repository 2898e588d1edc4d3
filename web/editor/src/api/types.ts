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
  complete: boolean;
  dead_ends: { node: string; sentence: string }[];
  never_reached: string[];
  longest_s: number;
}

export interface Option {
  code: string;
  title: string;
}

// said: what is heard since the last event; accepts: kinds of events that are possible; keys: that make sense now.
export interface SimulationState {
  node: string | null;
  said: { node: string; text: string; audio: string | null }[];
  whisper: string;
  variables: { [name: string]: string };
  now: string;
  facts: Fact[];
  path: string[];
  typed: string;
  over: boolean;
  outcome_title: string | null;
  fault: string | null;
  accepts: string[];
  keys: string;
  outcomes: Option[];
  wanted: string[];
  events: string | null;
}

export type Fact = { type: string } & { [field: string]: unknown };

export interface Simulation {
  id: string;
  state: SimulationState;
}

export type SimulationEvent = { kind: string } & Fields;

export interface Golden {
  id: number;
  name: string;
  same: boolean;
  differences: string[];
}

export interface ContactList {
  id: number;
  name: string;
  contacts: number;
}

export interface Person {
  id: number;
  phones: string[];
  fields: { [heading: string]: string };
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

// virtual: nobody real is rung; dialer: one lives that would make the call.
export interface TestCallOptions {
  phones: { number: string; shown: string }[];
  trunks: string[];
  virtual: boolean;
  dialer: boolean;
}

export interface TestCallWanted {
  phone: string;
  revision?: number;
  contact?: { [column: string]: string };
  contact_id?: number;
  trunk?: string;
}

export interface TestCallState {
  order: number;
  state: string;
  over: boolean;
  sentence: string | null;
  fault: string | null;
  leg: string | null;
  node: string | null;
  path: string[];
  answers: { node: string; value: string; title: string }[];
  outcome: string | null;
  outcome_title: string | null;
  ended_by: string | null;
  cause: string | null;
  talk_s: number | null;
}

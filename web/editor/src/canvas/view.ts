// What the canvas draws, made of the document: one entry a step, the same object as before where nothing has changed.

import type { Edge, Node as FlowNode } from "@xyflow/react";
import type { ExitTitle, Issue, Kind, NodeKinds, Problem } from "../api/types";
import { type Doc, firstText, isRecord, type Node, point, type Point } from "../model/document";
import { exitsOf, type ExitView } from "../model/exits";
import { pieces } from "../model/names";
import { choices, widget } from "../model/schema";

export interface StepData extends Record<string, unknown> {
  name: string;
  title: string;
  kindTitle: string;
  icon: string;
  group: string;
  summary: { text: string; slot: boolean }[];
  exits: ExitView[];
  errors: number;
  warnings: number;
  start: boolean;
  current: boolean;
  passed: boolean;
  dead: string;
  unreached: boolean;
}

export type StepNode = FlowNode<StepData, "step">;

export interface Scene {
  doc: Doc;
  kinds: NodeKinds;
  told: { [node: string]: ExitTitle[] };
  issues: Issue[];
  problems: Problem[];
  selected: string[];
  current: string | null;
  path: string[];
  dead: { node: string; sentence: string }[];
  unreached: string[];
  language: string;
}

const NOWHERE: Point = { x: 0, y: 0 };

export class View {
  private steps = new Map<string, { inputs: unknown[]; step: StepNode }>();
  private ways = new Map<string, { inputs: unknown[]; edge: Edge }>();
  private exits = new Map<string, { inputs: unknown[]; exits: ExitView[] }>();

  exitsOf(scene: Scene, name: string, node: Node): ExitView[] {
    const inputs = [node, scene.kinds, scene.told[name]];
    const kept = this.exits.get(name);
    if (kept && equal(kept.inputs, inputs)) return kept.exits;
    const exits = exitsOf(node, scene.kinds.kinds[node.kind], scene.told[name]);
    this.exits.set(name, { inputs, exits });
    return exits;
  }

  nodes(scene: Scene): StepNode[] {
    const counts = countsOf(scene);
    const selected = new Set(scene.selected);
    const passed = new Set(scene.path);
    const dead = new Map(scene.dead.map((one) => [one.node, one.sentence]));
    const unreached = new Set(scene.unreached);
    const made: StepNode[] = [];
    for (const [name, node] of Object.entries(scene.doc.nodes)) {
      const exits = this.exitsOf(scene, name, node);
      const { errors, warnings } = counts.get(name) ?? { errors: 0, warnings: 0 };
      const place = scene.doc.layout?.[name];
      const flags = [
        scene.doc.start === name,
        scene.current === name,
        passed.has(name),
        dead.get(name) ?? "",
        unreached.has(name),
      ];
      const inputs = [
        node,
        exits,
        errors,
        warnings,
        place,
        selected.has(name),
        scene.doc.languages,
        scene.doc.columns,
        scene.doc.variables,
        ...flags,
      ];
      const kept = this.steps.get(name);
      if (kept && equal(kept.inputs, inputs)) {
        made.push(kept.step);
        continue;
      }
      const data: StepData = {
        ...words(name, node, scene.kinds.kinds[node.kind], scene.doc),
        exits,
        errors,
        warnings,
        start: flags[0] as boolean,
        current: flags[1] as boolean,
        passed: flags[2] as boolean,
        dead: flags[3] as string,
        unreached: flags[4] as boolean,
      };
      const step: StepNode = {
        id: name,
        type: "step",
        position: point(scene.doc, name) ?? NOWHERE,
        selected: selected.has(name),
        data,
        ariaLabel: `${data.title}, ${data.kindTitle}`,
      };
      this.steps.set(name, { inputs, step });
      made.push(step);
    }
    return made;
  }

  edges(scene: Scene): Edge[] {
    const trail = new Set(scene.path.slice(1).map((name, index) => `${scene.path[index]} ${name}`));
    const selected = new Set(scene.selected);
    const made: Edge[] = [];
    for (const [name, node] of Object.entries(scene.doc.nodes))
      for (const exit of this.exitsOf(scene, name, node)) {
        const target = exit.target;
        if (!target || !(target in scene.doc.nodes)) continue;
        const id = `${name}:${exit.name}`;
        const passed = trail.has(`${name} ${target}`);
        const near = selected.has(name) || selected.has(target);
        const inputs = [target, passed, near];
        const kept = this.ways.get(id);
        if (kept && equal(kept.inputs, inputs)) {
          made.push(kept.edge);
          continue;
        }
        const className = passed ? "oe-way-passed" : near ? "oe-way-near" : "";
        const edge: Edge = {
          id,
          source: name,
          sourceHandle: exit.name,
          target,
          targetHandle: "in",
          type: "way",
          className,
        };
        this.ways.set(id, { inputs, edge });
        made.push(edge);
      }
    return made;
  }
}

const equal = (a: unknown[], b: unknown[]) =>
  a.length === b.length && a.every((one, index) => one === b[index]);

function countsOf({ issues, problems }: Scene): Map<string, { errors: number; warnings: number }> {
  const counts = new Map<string, { errors: number; warnings: number }>();
  const add = (node: string | null, bad: boolean) => {
    if (!node) return;
    const count = counts.get(node) ?? { errors: 0, warnings: 0 };
    if (bad) count.errors++;
    else count.warnings++;
    counts.set(node, count);
  };
  for (const issue of issues) add(issue.node, issue.severity === "error");
  for (const problem of problems) add(problem.node, true);
  return counts;
}

function words(name: string, node: Node, kind: Kind | undefined, doc: Doc) {
  const { languages } = doc;
  const kindTitle = kind?.title ?? node.kind;
  const own = firstText(node.title, languages);
  return {
    name,
    title: own || kindTitle,
    kindTitle: own ? kindTitle : name,
    icon: kind?.icon ?? "help-circle",
    group: kind?.group ?? "",
    summary: pieces(summary(node, kind, languages)).map((piece) =>
      piece.slot ? { ...piece, text: titleOf(doc, piece.text) } : piece,
    ),
  };
}

// The first text that is spoken, else what is filled in first.
function summary(node: Node, kind: Kind | undefined, languages: string[]): string {
  const root = kind?.schema ?? {};
  const fields = Object.entries(root.properties ?? {});
  // The main text stands before what is said around it.
  for (const [field, schema] of [...fields].sort(([a], [b]) => Number(b === "text") - Number(a === "text")))
    if (widget(schema) === "speech") {
      const text = firstText(node[field], languages);
      if (text) return text.replace(/\s+/g, " ");
    }
  for (const [field, schema] of fields) {
    const value = node[field];
    if (field === "kind" || field === "title" || field === "exits" || value == null) continue;
    const known = choices(schema, root).find(([code]) => code === value);
    if (known) return known[1];
    if (typeof value === "string" || typeof value === "number") return String(value);
    if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value.join(", ");
    if (Array.isArray(value) || isRecord(value)) continue;
  }
  return "";
}

function titleOf(doc: Doc, name: string): string {
  const declared = doc.columns?.[name] ?? doc.variables?.[name];
  return firstText(declared?.title, doc.languages) || name;
}

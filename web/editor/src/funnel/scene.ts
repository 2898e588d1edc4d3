// What the funnel draws: a version of a scenario and what calls did in each of its steps.

import type { Edge, Node as FlowNode } from "@xyflow/react";
import type { NodeKinds } from "../api/types";
import { View, type StepData } from "../canvas/view";
import type { Doc } from "../model/document";

export interface Stage {
  node: string;
  title: string;
  text: string;
  kind_title: string;
  entered: number;
  exits: { exit: string; title: string; to: string | null; count: number }[];
  ended: number;
  hung_up: number;
  hung_up_second: number | null;
  waited: number;
  prompt_s: number | null;
  seconds: { second: number; count: number }[];
}

export interface Choice {
  node: string;
  at?: "entered" | "hung_up";
  exit?: string;
  label?: string;
}

// What the page gives: its words, and what to do when calls are to be shown.
export interface Page {
  say: (key: string, values?: { [name: string]: string | number }) => string;
  language: string;
  pick: (choice: Choice) => void;
}

export interface Scene {
  document: Doc;
  kinds: NodeKinds;
  stages: Stage[];
  answered: number;
}

export interface CountedData extends StepData {
  stage: Stage | undefined;
  page: Page;
}
export type CountedNode = FlowNode<CountedData, "counted">;
export type CountedEdge = Edge<{ count: number; width: number; label: string }, "counted">;

const THIN = 1;
const THICK = 16;

// Steps and ways as the editor draws them, with the numbers of the stages.
export function counted(scene: Scene, page: Page): { nodes: CountedNode[]; edges: CountedEdge[] } {
  const stages = new Map(scene.stages.map((one) => [one.node, one]));
  const view = new View();
  const drawn = {
    doc: scene.document,
    kinds: scene.kinds,
    told: Object.fromEntries(
      scene.stages.map((one) => [one.node, one.exits.map(({ exit, title }) => ({ name: exit, title }))]),
    ),
    issues: [],
    problems: [],
    selected: [],
    current: null,
    path: [],
    dead: [],
    unreached: [],
    language: scene.document.languages[0] ?? "ru",
  };
  const most = Math.max(1, ...scene.stages.flatMap((one) => one.exits.map((exit) => exit.count)));
  const nodes = view.nodes(drawn).map((step): CountedNode => {
    const stage = stages.get(step.id);
    const ariaLabel = page.say("canvas_node", {
      step: step.data.title,
      entered: stage?.entered ?? 0,
      gone: stage?.hung_up ?? 0,
    });
    // Keys that share an exit are all named, for here it is one number of them together.
    const titles = new Map(stage?.exits.map((exit) => [exit.exit, exit.title]));
    const exits = step.data.exits.map((exit) => ({ ...exit, title: titles.get(exit.name) ?? exit.title }));
    const data = { ...step.data, exits, stage, page };
    return { ...step, type: "counted", draggable: false, ariaLabel, data };
  });
  const edges = view.edges(drawn).map((way): CountedEdge => {
    const count = stages.get(way.source)?.exits.find((exit) => exit.exit === way.sourceHandle)?.count ?? 0;
    const width = count ? THIN + (THICK - THIN) * (count / most) : THIN;
    const label = count ? count.toLocaleString(page.language) : "";
    return { ...way, type: "counted", focusable: false, data: { count, width, label } };
  });
  return { nodes, edges };
}

export const percent = (part: number, whole: number): string =>
  `${whole ? Math.round((100 * part) / whole) : 0} %`;

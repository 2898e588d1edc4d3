// Where nodes go by themselves: dagre, left to right, loaded only when it is asked for.

import type { Doc, Point } from "./document";

export const WIDTH = 248;
export const heightOf = (exits: number): number => 96 + exits * 24;

export async function arranged(
  doc: Doc,
  exits: (name: string) => string[],
): Promise<{ [name: string]: Point }> {
  const { Graph, layout } = await import("@dagrejs/dagre").then((module) => {
    const dagre = module as unknown as {
      default?: typeof import("@dagrejs/dagre");
    } & typeof import("@dagrejs/dagre");
    const found = dagre.default ?? dagre;
    return { Graph: found.graphlib.Graph, layout: found.layout };
  });
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: "LR", nodesep: 36, ranksep: 96, edgesep: 16, marginx: 0, marginy: 0 });
  graph.setDefaultEdgeLabel(() => ({}));
  const names = ordered(doc, exits);
  for (const name of names) graph.setNode(name, { width: WIDTH, height: heightOf(exits(name).length) });
  for (const name of names)
    for (const exit of exits(name)) {
      const target = doc.nodes[name]!.exits?.[exit];
      if (target && target in doc.nodes) graph.setEdge(name, target, { weight: 1 }, exit);
    }
  layout(graph);
  const places: { [name: string]: Point } = {};
  for (const name of names) {
    const { x, y, height } = graph.node(name) as { x: number; y: number; height: number };
    places[name] = { x: Math.round(x - WIDTH / 2), y: Math.round(y - height / 2) };
  }
  return places;
}

// From the beginning along the exits, so that the drawing reads as the call goes.
function ordered(doc: Doc, exits: (name: string) => string[]): string[] {
  const seen = new Set<string>();
  const queue = doc.start in doc.nodes ? [doc.start] : [];
  while (queue.length) {
    const name = queue.shift()!;
    if (seen.has(name)) continue;
    seen.add(name);
    for (const exit of exits(name)) {
      const target = doc.nodes[name]!.exits?.[exit];
      if (target && target in doc.nodes && !seen.has(target)) queue.push(target);
    }
  }
  return [...seen, ...Object.keys(doc.nodes).filter((name) => !seen.has(name))];
}

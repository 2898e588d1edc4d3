// Pieces of scenarios as text, so that they can be copied between scenarios, tabs and machines.

import { freeName, isRecord, point, type Doc, type Fields, type Node, type Point } from "./document";
import { namesIn } from "./graph";

export interface Piece {
  oklik: "nodes";
  from: string;
  nodes: { [name: string]: Node };
  layout: { [name: string]: Point };
  columns: { [name: string]: Fields };
  variables: { [name: string]: Fields };
}

export function copy(doc: Doc, names: string[]): Piece | null {
  const chosen = names.filter((name) => name in doc.nodes);
  if (!chosen.length) return null;
  const nodes = Object.fromEntries(chosen.map((name) => [name, doc.nodes[name]!]));
  const used = namesIn(nodes as Fields);
  const needed = (all: { [name: string]: Fields } | undefined) =>
    Object.fromEntries(Object.entries(all ?? {}).filter(([name]) => used.has(name)));
  return {
    oklik: "nodes",
    from: doc.name,
    nodes,
    layout: Object.fromEntries(chosen.map((name) => [name, point(doc, name) ?? { x: 0, y: 0 }])),
    columns: needed(doc.columns),
    variables: needed(doc.variables),
  };
}

export function parse(text: string): Piece | null {
  try {
    const data: unknown = JSON.parse(text);
    if (!isRecord(data) || data.oklik !== "nodes" || !isRecord(data.nodes)) return null;
    const nodes = Object.fromEntries(
      Object.entries(data.nodes).filter(([, node]) => isRecord(node) && typeof node.kind === "string"),
    );
    if (!Object.keys(nodes).length) return null;
    const record = (value: unknown) => (isRecord(value) ? value : {});
    return {
      oklik: "nodes",
      from: String(data.from ?? ""),
      nodes: nodes as Piece["nodes"],
      layout: record(data.layout) as unknown as Piece["layout"],
      columns: record(data.columns) as Piece["columns"],
      variables: record(data.variables) as Piece["variables"],
    };
  } catch {
    return null;
  }
}

// Ways among the pasted nodes stay; those that led out stay only where they come from the same scenario.
export function paste(doc: Doc, piece: Piece, at: Point): { doc: Doc; names: string[] } {
  const names = new Map<string, string>();
  const taken = (name: string) => name in doc.nodes || [...names.values()].includes(name);
  for (const name of Object.keys(piece.nodes)) names.set(name, freeName(name, taken));
  const own = piece.from === doc.name;
  const places = Object.keys(piece.nodes).map((name) => piece.layout[name] ?? { x: 0, y: 0 });
  const left = Math.min(...places.map((place) => place.x));
  const top = Math.min(...places.map((place) => place.y));
  const nodes = { ...doc.nodes };
  const layout = { ...doc.layout };
  for (const [name, node] of Object.entries(piece.nodes)) {
    const exits: { [exit: string]: string } = {};
    for (const [exit, target] of Object.entries(node.exits ?? {})) {
      const inner = names.get(target);
      if (inner) exits[exit] = inner;
      else if (own && target in doc.nodes) exits[exit] = target;
    }
    const put = names.get(name)!;
    const place = piece.layout[name] ?? { x: left, y: top };
    nodes[put] = { ...node, exits };
    layout[put] = { x: Math.round(at.x + place.x - left), y: Math.round(at.y + place.y - top) };
  }
  const put = [...names.values()];
  return {
    names: put,
    doc: {
      ...doc,
      start: doc.start || put[0]!,
      nodes,
      layout,
      columns: { ...piece.columns, ...doc.columns },
      variables: { ...piece.variables, ...doc.variables },
    },
  };
}

// What can be done to the canvas, whoever asks for it: a button, a key, the mouse.

import type { ReactFlowInstance } from "@xyflow/react";
import * as clipboard from "../model/clipboard";
import type { Point } from "../model/document";
import { exitsOf } from "../model/exits";
import * as graph from "../model/graph";
import { arranged } from "../model/layout";
import { edit, select, show, tell, useEditor } from "../store/editor";
import { t } from "../texts";

const { getState: get } = useEditor;

export function add(kind: string, at: Point, from?: { node: string; exit: string }): string {
  let made = "";
  const definition = get().kinds.kinds[kind];
  edit(t("did.add", { title: definition?.title ?? kind }), (doc) => {
    const added = graph.addNode(doc, kind, definition, { x: Math.round(at.x), y: Math.round(at.y) });
    made = added.name;
    return from ? graph.connect(added.doc, from.node, from.exit, made) : added.doc;
  });
  select([made]);
  show("step");
  return made;
}

export function connect(node: string, exit: string, target: string): void {
  edit(t("did.connect"), (doc) => graph.connect(doc, node, exit, target));
}

export function disconnect(ways: { node: string; exit: string }[]): void {
  edit(t("did.disconnect"), (doc) =>
    ways.reduce((now, { node, exit }) => graph.disconnect(now, node, exit), doc),
  );
}

export function remove(names: string[]): void {
  if (!names.length) return;
  edit(t("did.remove", { n: names.length }), (doc) => graph.removeNodes(doc, names));
  select([]);
}

export function place(places: { [name: string]: Point }): void {
  edit(t("did.move"), (doc) => graph.move(doc, places));
}

const exitNames = (name: string): string[] => {
  const { doc, kinds, exits } = get();
  const node = doc.nodes[name]!;
  return exitsOf(node, kinds.kinds[node.kind], exits[name]).map((exit) => exit.name);
};

export async function arrange(): Promise<void> {
  const places = await arranged(get().doc, exitNames);
  edit(t("did.arrange"), (doc) => graph.move(doc, places));
}

// A scenario that nobody has drawn yet is laid out before it is shown; that is no edit of anybody's.
export async function arrangeUndrawn(): Promise<void> {
  const { doc } = get();
  if (Object.keys(doc.nodes).every((name) => graph.hasPlace(doc, name))) return;
  const places = await arranged(doc, exitNames);
  if (get().doc !== doc) return;
  useEditor.setState({ doc: graph.move(doc, { ...places, ...doc.layout }) });
}

export const copied = (): string | null => {
  const piece = clipboard.copy(get().doc, get().selected);
  return piece && JSON.stringify(piece, null, 1);
};

export function paste(text: string, at: Point): boolean {
  const piece = clipboard.parse(text);
  if (!piece) return false;
  let names: string[] = [];
  edit(t("did.paste", { n: Object.keys(piece.nodes).length }), (doc) => {
    const pasted = clipboard.paste(doc, piece, at);
    names = pasted.names;
    return pasted.doc;
  });
  select(names);
  return true;
}

export function duplicate(): void {
  const { doc, selected } = get();
  const piece = clipboard.copy(doc, selected);
  if (!piece) return;
  const places = Object.values(piece.layout);
  const at = {
    x: Math.min(...places.map((one) => one.x)) + 40,
    y: Math.min(...places.map((one) => one.y)) + 40,
  };
  paste(JSON.stringify(piece), at);
}

export const middle = (flow: ReactFlowInstance, host: HTMLElement): Point => {
  const box = host.getBoundingClientRect();
  const at = flow.screenToFlowPosition({ x: box.left + box.width / 2, y: box.top + box.height / 2 });
  return { x: at.x - 120, y: at.y - 60 };
};

export async function copyByButton(): Promise<void> {
  const text = copied();
  if (!text) return;
  await navigator.clipboard?.writeText(text).then(
    () => tell(t("copied")),
    () => tell(t("copy_by_keys"), "bad"),
  );
}

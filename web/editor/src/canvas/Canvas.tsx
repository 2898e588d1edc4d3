// The canvas: steps and ways as the document has them; every gesture becomes an edit of the document.

import {
  applyNodeChanges,
  type Connection,
  type Edge,
  type EdgeChange,
  type NodeChange,
  type OnConnectEnd,
  ReactFlow,
  type ReactFlowInstance,
  SelectionMode,
} from "@xyflow/react";
import { type DragEvent, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { select, show, useEditor } from "../store/editor";
import { useSimulation } from "../store/simulation";
import { useTestCall } from "../store/testCall";
import { t } from "../texts";
import * as actions from "./actions";
import { Arrow, SIGHT } from "./common";
import { DRAGGED } from "./Palette";
import { Ground } from "./Ground";
import { Overview } from "./Overview";
import { QuickAdd } from "./QuickAdd";
import { StepNode } from "./StepNode";
import { type StepNode as Step, View } from "./view";
import { WayEdge } from "./WayEdge";

const NODE_TYPES = { step: StepNode };
const EDGE_TYPES = { way: WayEdge };
const DELETE_KEYS: string[] = [];

export type Flow = ReactFlowInstance<Step, Edge>;

interface Adding {
  x: number;
  y: number;
  from?: { node: string; exit: string };
}

export function Canvas({ onFlow }: { onFlow: (flow: Flow, host: HTMLElement) => void }) {
  const scene = useScene();
  const [view] = useState(() => new View());
  const wanted = useMemo(() => view.nodes(scene), [view, scene]);
  const drawn = useMemo(() => view.edges(scene), [view, scene]);
  const [nodes, setNodes] = useState<Step[]>(wanted);
  const [chosenEdges, setChosenEdges] = useState<ReadonlySet<string>>(new Set());
  const [adding, setAdding] = useState<Adding | null>(null);
  const flow = useRef<Flow | null>(null);
  const host = useRef<HTMLDivElement>(null);

  useEffect(() => setNodes((before) => merged(before, wanted)), [wanted]);
  const edges = useMemo(
    () =>
      chosenEdges.size
        ? drawn.map((edge) => (chosenEdges.has(edge.id) ? { ...edge, selected: true } : edge))
        : drawn,
    [drawn, chosenEdges],
  );

  const onNodesChange = useCallback((changes: NodeChange<Step>[]) => {
    const choices = changes.filter((change) => change.type === "select");
    const rest = changes.filter((change) => change.type !== "select" && change.type !== "remove");
    if (rest.length) setNodes((now) => applyNodeChanges(rest, now));
    if (!choices.length) return;
    const now = new Set(useEditor.getState().selected);
    for (const choice of choices) {
      if (choice.selected) now.add(choice.id);
      else now.delete(choice.id);
    }
    select([...now]);
  }, []);

  const onEdgesChange = useCallback((changes: EdgeChange[]) => {
    const choices = changes.filter((change) => change.type === "select");
    if (!choices.length) return;
    setChosenEdges((before) => {
      const now = new Set(before);
      for (const choice of choices) {
        if (choice.selected) now.add(choice.id);
        else now.delete(choice.id);
      }
      return now;
    });
  }, []);

  const onDragStop = useCallback((_event: unknown, _node: Step, moved: Step[]) => {
    const layout = useEditor.getState().doc.layout ?? {};
    const places = Object.fromEntries(moved.map((node) => [node.id, node.position]));
    if (
      moved.some((node) => node.position.x !== layout[node.id]?.x || node.position.y !== layout[node.id]?.y)
    )
      actions.place(places);
  }, []);

  const onConnect = useCallback(({ source, sourceHandle, target }: Connection) => {
    if (sourceHandle) actions.connect(source, sourceHandle, target);
  }, []);

  const onConnectEnd: OnConnectEnd = useCallback((event, state) => {
    const { fromNode, fromHandle, toNode } = state;
    if (toNode && fromNode && fromHandle?.type === "source" && fromHandle.id) {
      // Dropped anywhere on a step, not only on its point.
      actions.connect(fromNode.id, fromHandle.id, toNode.id);
      return;
    }
    if (toNode || !fromNode || fromHandle?.type !== "source" || !fromHandle.id) return;
    const at = "changedTouches" in event ? event.changedTouches[0]! : event;
    setAdding({ x: at.clientX, y: at.clientY, from: { node: fromNode.id, exit: fromHandle.id } });
  }, []);

  const onReconnect = useCallback((old: Edge, next: Connection) => {
    if (!next.sourceHandle) return;
    if (old.source !== next.source || old.sourceHandle !== next.sourceHandle)
      actions.disconnect([{ node: old.source, exit: old.sourceHandle ?? "" }]);
    actions.connect(next.source, next.sourceHandle, next.target);
  }, []);

  const onDrop = useCallback((event: DragEvent) => {
    const kind = event.dataTransfer.getData(DRAGGED);
    if (!kind || !flow.current) return;
    event.preventDefault();
    const at = flow.current.screenToFlowPosition({ x: event.clientX, y: event.clientY });
    actions.add(kind, { x: at.x - 120, y: at.y - 24 });
  }, []);

  useCanvasKeys(chosenEdges, setChosenEdges, host, flow, setAdding);

  const focus = useEditor((state) => state.focus);
  useEffect(() => {
    const shown = focus && flow.current?.getNode(focus.node);
    if (!shown || !flow.current) return;
    const { x, y } = shown.position;
    void flow.current.setCenter(x + 124, y + 70, {
      zoom: Math.max(flow.current.getZoom(), 0.8),
      duration: 250,
    });
  }, [focus]);
  useFollowing(flow);

  const place = (kind: string) => {
    if (!adding || !flow.current) return;
    const at = flow.current.screenToFlowPosition({ x: adding.x, y: adding.y });
    actions.add(kind, { x: at.x, y: at.y - 24 }, adding.from);
    setAdding(null);
  };

  return (
    <div className="oe-canvas" ref={host} tabIndex={-1}>
      <ReactFlow<Step, Edge>
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        edgeTypes={EDGE_TYPES}
        onInit={(made) => {
          flow.current = made;
          onFlow(made, host.current!);
          requestAnimationFrame(() => firstSight(made, host.current!));
        }}
        onNodesChange={onNodesChange}
        onEdgesChange={onEdgesChange}
        onNodeDragStop={onDragStop}
        onSelectionDragStop={(event, moved) => onDragStop(event, moved[0]!, moved)}
        onNodeClick={() => show("step")}
        onConnect={onConnect}
        onConnectEnd={onConnectEnd}
        onReconnect={onReconnect}
        onDragOver={(event) => {
          if (!event.dataTransfer.types.includes(DRAGGED)) return;
          event.preventDefault();
          event.dataTransfer.dropEffect = "copy";
        }}
        onDrop={onDrop}
        onMoveStart={() => host.current?.classList.add("is-moving")}
        onMoveEnd={() => host.current?.classList.remove("is-moving")}
        onPaneClick={() => setAdding(null)}
        connectionRadius={36}
        deleteKeyCode={DELETE_KEYS}
        selectionMode={SelectionMode.Partial}
        multiSelectionKeyCode={["Shift", "Control", "Meta"]}
        {...SIGHT}
        snapToGrid
        snapGrid={[8, 8]}
        nodeDragThreshold={2}
        elevateNodesOnSelect={false}
        ariaLabelConfig={{
          "node.a11yDescription.default": t("a11y.node"),
          "node.a11yDescription.keyboardDisabled": t("a11y.node"),
          "edge.a11yDescription.default": t("a11y.edge"),
          "minimap.ariaLabel": t("canvas.minimap"),
          "handle.ariaLabel": t("a11y.handle"),
        }}
      >
        <Ground />
        <Overview nodes={nodes} />
      </ReactFlow>
      <Arrow id="oe-arrow" size={9} />
      {nodes.length === 0 && (
        <div className="oe-empty">
          <h3>{t("canvas.empty")}</h3>
          <p>{t("canvas.empty_help")}</p>
        </div>
      )}
      {adding && (
        <QuickAdd
          x={adding.x}
          y={adding.y}
          connects={!!adding.from}
          onKind={place}
          onNode={(name) => {
            if (adding.from) actions.connect(adding.from.node, adding.from.exit, name);
            setAdding(null);
          }}
          onClose={() => setAdding(null)}
        />
      )}
    </div>
  );
}

const READABLE = 0.62;
const EDGE = 48;

// The whole of it, if it can be read so; else the beginning of the call.  Either begins at the top, where one reads on.
function firstSight(flow: Flow, host: HTMLElement): void {
  const nodes = flow.getNodes();
  if (!nodes.length) return;
  const bounds = flow.getNodesBounds(nodes);
  const fits = Math.min(
    1,
    (host.clientWidth - 2 * EDGE) / bounds.width,
    (host.clientHeight - 2 * EDGE) / bounds.height,
  );
  if (fits >= READABLE) {
    const x = (host.clientWidth - bounds.width * fits) / 2 - bounds.x * fits;
    void flow.setViewport({ zoom: fits, x, y: EDGE - bounds.y * fits });
    return;
  }
  const { doc } = useEditor.getState();
  const first = flow.getNode(doc.start) ?? nodes[0]!;
  const zoom = 0.75;
  void flow.setViewport({ zoom, x: EDGE - first.position.x * zoom, y: 2 * EDGE - first.position.y * zoom });
}

function merged(before: Step[], wanted: Step[]): Step[] {
  const known = new Map(before.map((node) => [node.id, node]));
  return wanted.map((node) => {
    const old = known.get(node.id);
    if (!old) return node;
    const stays = old.dragging || (old.position.x === node.position.x && old.position.y === node.position.y);
    if (old.data === node.data && old.selected === node.selected && stays) return old;
    return {
      ...node,
      measured: old.measured,
      ...(old.dragging ? { position: old.position, dragging: true } : {}),
    };
  });
}

function useScene() {
  const { doc, kinds, exits: told, issues, problems, selected, explored } = useEditor();
  const { node: current, path } = useHeard();
  return useMemo(
    () => ({
      doc,
      kinds,
      told,
      issues,
      problems,
      selected,
      current,
      path,
      dead: explored?.dead_ends ?? NO_ENDS,
      unreached: explored?.never_reached ?? NOTHING,
      language: doc.languages[0] ?? "ru",
    }),
    [doc, kinds, told, issues, problems, selected, explored, current, path],
  );
}

const NOTHING: string[] = [];
const NO_ENDS: { node: string; sentence: string }[] = [];

// Where a call is: that to a phone of ours, else the one that is tried out beside the canvas.
function useHeard(): { node: string | null; path: string[] } {
  const tried = useSimulation((now) => now.state);
  const called = useTestCall((now) => (now.order === null ? null : now.state));
  const beside = useEditor((now) => now.panel) === "simulator";
  const heard = called ?? (beside ? tried : null);
  return { node: heard?.node ?? null, path: heard?.path ?? NOTHING };
}

// While a call goes, the canvas keeps the step where it stands in sight.
function useFollowing(flow: { current: Flow | null }) {
  const current = useHeard().node;
  useEffect(() => {
    const node = current ? flow.current?.getNode(current) : null;
    if (!node || !flow.current) return;
    const { x, y } = node.position;
    void flow.current.setCenter(x + 124, y + 70, {
      zoom: Math.max(flow.current.getZoom(), 0.7),
      duration: 300,
    });
  }, [current, flow]);
}

function useCanvasKeys(
  chosen: ReadonlySet<string>,
  setChosen: (none: ReadonlySet<string>) => void,
  host: { current: HTMLDivElement | null },
  flow: { current: Flow | null },
  setAdding: (adding: Adding) => void,
) {
  useEffect(() => {
    const remove = () => {
      const ways = [...chosen].map((id) => ({
        node: id.slice(0, id.indexOf(":")),
        exit: id.slice(id.indexOf(":") + 1),
      }));
      if (ways.length) actions.disconnect(ways);
      else actions.remove(useEditor.getState().selected);
      setChosen(new Set());
    };
    // N: a step after the chosen one, at its first exit that leads nowhere; without one, in the middle.
    const next = () => {
      const name = useEditor.getState().selected[0];
      const node = name ? flow.current?.getNode(name) : undefined;
      const exit = node?.data.exits.find((one) => !one.target)?.name;
      if (node && exit && flow.current) {
        const at = flow.current.flowToScreenPosition({ x: node.position.x + 320, y: node.position.y + 24 });
        setAdding({ ...at, from: { node: node.id, exit } });
      } else if (host.current) {
        const box = host.current.getBoundingClientRect();
        setAdding({ x: box.left + box.width / 2 - 140, y: box.top + 80 });
      }
    };
    const ask = (event: Event) => {
      const { node, exit, x, y } = (
        event as CustomEvent<{ node: string; exit: string; x: number; y: number }>
      ).detail;
      setAdding({ x, y, from: { node, exit } });
    };
    window.addEventListener("oklik:delete", remove);
    window.addEventListener("oklik:next", next);
    window.addEventListener("oklik:add", ask);
    return () => {
      window.removeEventListener("oklik:delete", remove);
      window.removeEventListener("oklik:next", next);
      window.removeEventListener("oklik:add", ask);
    };
  }, [chosen, setChosen, host, flow, setAdding]);
}

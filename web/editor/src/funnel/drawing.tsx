// The funnel on the scenario's canvas: nothing can be changed; a click on a step opens its numbers.

import { Background, BackgroundVariant, ReactFlow, type ReactFlowInstance } from "@xyflow/react";
import { useEffect, useMemo, useRef, useState } from "react";
import { createRoot } from "react-dom/client";
import { Arrow, SIGHT } from "../canvas/common";
import { View } from "../canvas/view";
import { point, sane } from "../model/document";
import { arranged } from "../model/layout";
import { Icon } from "../ui/Icon";
import { CountedStep } from "./CountedStep";
import { CountedWay } from "./CountedWay";
import { Panel } from "./Panel";
import { counted, type CountedEdge, type CountedNode, type Page, type Scene } from "./scene";

const NODE_TYPES = { counted: CountedStep };
const EDGE_TYPES = { counted: CountedWay };
const PANEL = 336;
const READABLE = 0.55;

export function draw(place: HTMLElement, page: Page): (scene: Scene) => void {
  const root = createRoot(place);
  let latest = 0;
  return (scene) => {
    const mine = ++latest;
    void placed(scene).then((ready) => {
      if (mine === latest) root.render(<Funnel scene={ready} page={page} />);
    });
  };
}

// A document whose steps all have their places.
async function placed(scene: Scene): Promise<Scene> {
  const document = sane(scene.document);
  const names = Object.keys(document.nodes);
  if (names.every((name) => point(document, name))) return { ...scene, document };
  const view = new View();
  const told = Object.fromEntries(
    scene.stages.map((one) => [one.node, one.exits.map(({ exit, title }) => ({ name: exit, title }))]),
  );
  const drawn = { doc: document, kinds: scene.kinds, told } as unknown as Parameters<View["exitsOf"]>[0];
  const places = await arranged(document, (name) =>
    // Room for the numbers, as for two exits more.
    [...view.exitsOf(drawn, name, document.nodes[name]!).map((exit) => exit.name), "", ""],
  );
  return { ...scene, document: { ...document, layout: { ...places, ...document.layout } } };
}

type Flow = ReactFlowInstance<CountedNode, CountedEdge>;

function Funnel({ scene, page }: { scene: Scene; page: Page }) {
  const { nodes, edges } = useMemo(() => counted(scene, page), [scene, page]);
  const [chosen, setChosen] = useState<string | null>(null);
  const flow = useRef<Flow | null>(null);
  const host = useRef<HTMLDivElement>(null);
  const stage = scene.stages.find((one) => one.node === chosen);
  const shown = useMemo(
    () => nodes.map((node) => (node.id === chosen ? { ...node, selected: true } : node)),
    [nodes, chosen],
  );

  useEffect(() => {
    const close = (event: KeyboardEvent) => event.key === "Escape" && setChosen(null);
    addEventListener("keydown", close);
    return () => removeEventListener("keydown", close);
  }, []);

  // The step that is told of stays in sight beside the panel.
  const choose = (name: string) => {
    setChosen(name);
    const node = flow.current?.getNode(name);
    if (!node || !flow.current || !host.current) return;
    const { zoom, x } = flow.current.getViewport();
    const right = (node.position.x + 248) * zoom + x;
    const over = right - (host.current.clientWidth - PANEL - 24);
    if (over > 0)
      void flow.current.setViewport({ ...flow.current.getViewport(), x: x - over }, { duration: 200 });
  };

  return (
    <div className="of-funnel" ref={host}>
      <div className="oe-canvas" role="region" aria-label={page.say("canvas_label")}>
        <ReactFlow<CountedNode, CountedEdge>
          nodes={shown}
          edges={edges}
          nodeTypes={NODE_TYPES}
          edgeTypes={EDGE_TYPES}
          onInit={(made) => {
            flow.current = made;
            requestAnimationFrame(() => firstSight(made, host.current, scene.document.start));
          }}
          onNodeClick={(_event, node) => choose(node.id)}
          onNodesChange={(changes) => {
            for (const change of changes) if (change.type === "select" && change.selected) choose(change.id);
          }}
          onPaneClick={() => setChosen(null)}
          nodesDraggable={false}
          nodesConnectable={false}
          edgesFocusable={false}
          deleteKeyCode={null}
          preventScrolling={false}
          zoomOnScroll={false}
          zoomActivationKeyCode={["Control", "Meta"]}
          {...SIGHT}
        >
          <Background variant={BackgroundVariant.Dots} gap={24} size={1.5} />
        </ReactFlow>
        <Arrow id="of-arrow" size={10} />
        <div className="of-zoom">
          <Zoom icon="plus" title={page.say("zoom_in")} press={() => void flow.current?.zoomIn()} />
          <Zoom icon="minus" title={page.say("zoom_out")} press={() => void flow.current?.zoomOut()} />
          <Zoom
            icon="maximize"
            title={page.say("fit")}
            press={() => void flow.current?.fitView({ maxZoom: 1, padding: 0.08 })}
          />
        </div>
      </div>
      {stage && (
        <Panel
          stage={stage}
          page={page}
          stages={scene.stages}
          answered={scene.answered}
          onClose={() => setChosen(null)}
        />
      )}
    </div>
  );
}

function Zoom({ icon, title, press }: { icon: string; title: string; press: () => void }) {
  return (
    <button type="button" className="btn btn-icon btn-sm" title={title} aria-label={title} onClick={press}>
      <Icon name={icon} />
    </button>
  );
}

// The whole of it where it can be read so, else the beginning of the call.
function firstSight(flow: Flow, host: HTMLElement | null, start: string): void {
  const nodes = flow.getNodes();
  if (!nodes.length || !host) return;
  const bounds = flow.getNodesBounds(nodes);
  const fits = Math.min((host.clientWidth - 48) / bounds.width, (host.clientHeight - 48) / bounds.height);
  if (fits >= READABLE) {
    void flow.fitView({ maxZoom: 1, padding: 0.06 });
    return;
  }
  const first = flow.getNode(start) ?? nodes[0]!;
  const zoom = 0.75;
  void flow.setViewport({
    zoom,
    x: 40 - first.position.x * zoom,
    y: host.clientHeight / 2 - (first.position.y + 90) * zoom,
  });
}

// The editor of one scenario: palette, canvas, panel; loads the scenario and keeps it saved.

import { ReactFlowProvider } from "@xyflow/react";
import { lazy, Suspense, useCallback, useEffect, useRef, useState } from "react";
import * as api from "./api/calls";
import * as actions from "./canvas/actions";
import { Canvas, type Flow } from "./canvas/Canvas";
import { Palette } from "./canvas/Palette";
import { SearchBox } from "./canvas/SearchBox";
import { Dialogs } from "./dialogs/Dialogs";
import { useKeyboard } from "./keyboard";
import { Panel } from "./panels/Panel";
import { begin, judge, watch } from "./store/autosave";
import { useEditor } from "./store/editor";
import { useTestCall } from "./store/testCall";
import { Toolbar } from "./Toolbar";
import { t } from "./texts";
import { sentenceOf } from "./ui/Failure";
import { Notice } from "./ui/Notice";

const TestCallCard = lazy(() =>
  import("./simulator/TestCallCard").then((part) => ({ default: part.TestCallCard })),
);

export function Editor({ id, home }: { id: number; home: string }) {
  const [ready, setReady] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [searching, setSearching] = useState(false);
  const called = useTestCall((state) => state.order !== null);
  const flow = useRef<{ flow: Flow; host: HTMLElement } | null>(null);

  useEffect(() => {
    let here = true;
    const load = async () => {
      const [kinds, found] = await Promise.all([api.nodeKinds(), api.scenario(id)]);
      if (!here) return;
      useEditor.setState({ kinds });
      begin(found);
      await judge().catch(() => undefined);
      await actions.arrangeUndrawn();
      if (here) setReady(true);
    };
    load().catch((failed: unknown) => here && setError(failed));
    return () => {
      here = false;
    };
  }, [id]);
  useEffect(() => (ready ? watch() : undefined), [ready]);

  const fit = useCallback(
    () => void flow.current?.flow.fitView({ duration: 250, maxZoom: 1, padding: 0.12 }),
    [],
  );
  const search = useCallback(() => setSearching(true), []);
  const middle = useCallback(
    () => (flow.current ? actions.middle(flow.current.flow as never, flow.current.host) : { x: 0, y: 0 }),
    [],
  );
  const onFlow = useCallback((made: Flow, host: HTMLElement) => {
    flow.current = { flow: made, host };
  }, []);
  useKeyboard({ search, fit, middle });

  if (error)
    return (
      <div className="oe-load" role="alert">
        <p>{sentenceOf(error)}</p>
        <button type="button" className="btn" onClick={() => location.reload()}>
          {t("again")}
        </button>
      </div>
    );
  if (!ready)
    return (
      <div className="oe-load">
        <span className="oe-spinner" /> {t("loading")}
      </div>
    );
  return (
    <div className="oe-editor">
      <Toolbar home={home} onSearch={search} onFit={fit} />
      <div className="oe-work">
        <Palette onAdd={(kind) => actions.add(kind, middle())} />
        <div className="oe-stage">
          <ReactFlowProvider>
            <Canvas onFlow={onFlow} />
          </ReactFlowProvider>
          <Suspense fallback={null}>{called && <TestCallCard />}</Suspense>
          {searching && <SearchBox onClose={() => setSearching(false)} />}
        </div>
        <Panel />
      </div>
      <Dialogs />
      <Notice />
    </div>
  );
}

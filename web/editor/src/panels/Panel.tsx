// The panel at the right: the chosen step, the simulator, the scenario, findings, versions.

import { lazy, Suspense } from "react";
import { useEditor, show, type Panel as Name } from "../store/editor";
import { StepForm } from "../form/StepForm";
import { t } from "../texts";
import { Icon } from "../ui/Icon";
import { Many } from "./Many";

// What is not there at first is loaded when it is wanted.
const Simulator = lazy(() => import("../simulator/Simulator").then((part) => ({ default: part.Simulator })));
const Issues = lazy(() => import("./Issues").then((part) => ({ default: part.Issues })));
const SettingsForm = lazy(() =>
  import("../form/SettingsForm").then((part) => ({ default: part.SettingsForm })),
);
const Versions = lazy(() => import("./Versions").then((part) => ({ default: part.Versions })));

const TABS: [Name, string][] = [
  ["step", "forms"],
  ["simulator", "device-mobile"],
  ["issues", "list-check"],
  ["settings", "adjustments"],
  ["versions", "history"],
];

export function Panel() {
  const panel = useEditor((state) => state.panel);
  const bad = useEditor(
    (state) => state.problems.length + state.issues.filter((one) => one.severity === "error").length,
  );
  const move = (by: number) => {
    const at = TABS.findIndex(([name]) => name === panel);
    const next = TABS[(at + by + TABS.length) % TABS.length]![0];
    show(next);
    document.getElementById(`oe-tab-${next}`)?.focus();
  };
  return (
    <aside className="oe-panel" aria-label={t(`panel.${panel}`)}>
      <div className="oe-tabs" role="tablist" aria-label={t("panel.tabs")}>
        {TABS.map(([name, icon]) => (
          <button
            type="button"
            role="tab"
            id={`oe-tab-${name}`}
            key={name}
            aria-selected={panel === name}
            aria-controls="oe-panel"
            tabIndex={panel === name ? 0 : -1}
            title={t(`panel.${name}`)}
            onClick={() => show(name)}
            onKeyDown={(event) => {
              const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
              if (by) move(by);
            }}
          >
            <Icon name={icon} />
            <span>{t(`panel.${name}`)}</span>
            {name === "issues" && bad > 0 && <em>{bad}</em>}
          </button>
        ))}
      </div>
      <div className="oe-panel-body" role="tabpanel" id="oe-panel" aria-labelledby={`oe-tab-${panel}`}>
        {panel === "step" && <Chosen />}
        <Suspense fallback={<span className="oe-spinner" />}>
          {panel === "simulator" && <Simulator />}
          {panel === "issues" && <Issues />}
          {panel === "settings" && <SettingsForm />}
          {panel === "versions" && <Versions />}
        </Suspense>
      </div>
    </aside>
  );
}

function Chosen() {
  const selected = useEditor((state) => state.selected);
  const only = useEditor((state) =>
    state.selected.length === 1 && state.selected[0]! in state.doc.nodes ? state.selected[0]! : null,
  );
  if (only) return <StepForm name={only} key={only} />;
  if (selected.length > 1) return <Many names={selected} />;
  return (
    <div className="oe-hint">
      <Icon name="hand-click" />
      <p>{t("step.choose")}</p>
      <ul>
        <li>{t("step.tip_drag")}</li>
        <li>{t("step.tip_way")}</li>
        <li>{t("step.tip_keys")}</li>
      </ul>
    </div>
  );
}

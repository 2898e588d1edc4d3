// Everything that is wrong or worth a look, each with the way to its place; and what walking all paths has shown.

import { useState } from "react";
import * as api from "../api/calls";
import { firstText } from "../model/document";
import { goTo, show, useEditor } from "../store/editor";
import { duration, t } from "../texts";
import { Failure } from "../ui/Failure";
import { Icon } from "../ui/Icon";
import { useTask } from "../ui/useTask";

export function Issues() {
  const { doc, issues, problems, explored } = useEditor();
  const task = useTask();
  const [asked, setAsked] = useState(false);
  const title = (node: string) => firstText(doc.nodes[node]?.title, doc.languages) || node;
  const all = [
    ...problems.map((one) => ({ ...one, bad: true })),
    ...issues.map((one) => ({ ...one, bad: one.severity === "error" })),
  ].sort((a, b) => Number(b.bad) - Number(a.bad));
  const go = (node: string | null) => (node && node in doc.nodes ? goTo(node) : show("settings"));
  const explore = () =>
    task.run(async () => {
      setAsked(true);
      useEditor.setState({ explored: await api.explore(useEditor.getState().doc) });
    });
  return (
    <div className="oe-issues">
      {all.length === 0 && (
        <div className="oe-good">
          <Icon name="circle-check" />
          <p>{t("issues.none")}</p>
        </div>
      )}
      <ul>
        {all.map((one, index) => (
          <li key={index}>
            <button
              type="button"
              className={one.bad ? "is-error" : "is-warning"}
              onClick={() => go(one.node)}
            >
              <Icon name={one.bad ? "circle-x" : "alert-triangle"} />
              <span>
                {one.sentence}
                <small>{one.node ? title(one.node) : t("panel.settings")}</small>
              </span>
            </button>
          </li>
        ))}
      </ul>
      <section>
        <h4>{t("explore.title")}</h4>
        <p className="oe-quiet">{t("explore.help")}</p>
        <Failure error={task.error} />
        <button type="button" className="btn" disabled={task.busy} onClick={() => void explore()}>
          {task.busy ? <span className="oe-spinner" /> : <Icon name="route" />} {t("explore.run")}
        </button>
        {explored && (
          <div className="oe-explored">
            <p>
              {t("explore.paths", { n: explored.paths })}.{" "}
              {t("explore.longest", { time: duration(explored.longest_s) })}
              {!explored.complete && ` ${t("explore.part")}`}
            </p>
            {explored.dead_ends.length + explored.never_reached.length === 0 && (
              <p className="oe-good-line">
                <Icon name="circle-check" /> {t("explore.good")}
              </p>
            )}
            <ul>
              {explored.dead_ends.map((one, index) => (
                <li key={`dead ${index}`}>
                  <button type="button" className="is-error" onClick={() => go(one.node)}>
                    <Icon name="barrier-block" />
                    <span>
                      {one.sentence}
                      <small>{title(one.node)}</small>
                    </span>
                  </button>
                </li>
              ))}
              {explored.never_reached.map((node) => (
                <li key={`never ${node}`}>
                  <button type="button" className="is-warning" onClick={() => go(node)}>
                    <Icon name="eye-off" />
                    <span>
                      {t("explore.never")}
                      <small>{title(node)}</small>
                    </span>
                  </button>
                </li>
              ))}
            </ul>
          </div>
        )}
        {asked && !explored && !task.busy && !task.error && <p className="oe-quiet">{t("explore.stale")}</p>}
      </section>
    </div>
  );
}

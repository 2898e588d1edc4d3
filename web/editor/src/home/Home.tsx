// All scenarios, and the gallery of ready ones that a new scenario begins with.

import { useEffect, useState } from "react";
import * as api from "../api/calls";
import type { ScenarioRow, Template } from "../api/types";
import { moment, t, who } from "../texts";
import { Failure } from "../ui/Failure";
import { readOnly } from "../store/editor";
import { Icon } from "../ui/Icon";
import { useTask } from "../ui/useTask";
import { NewScenario } from "./NewScenario";

export function Home({ home }: { home: string }) {
  const [rows, setRows] = useState<ScenarioRow[] | null>(null);
  const [templates, setTemplates] = useState<Template[]>([]);
  const [wanted, setWanted] = useState<Template | "empty" | null>(null);
  const [word, setWord] = useState("");
  const { run, error } = useTask();
  useEffect(() => {
    void run(async () => {
      const [known, ready] = await Promise.all([api.scenarios(), api.templates()]);
      setRows(known);
      setTemplates(ready);
    });
  }, [run]);
  const fits = (row: ScenarioRow) =>
    `${row.title} ${row.name}`.toLowerCase().includes(word.trim().toLowerCase());
  const shown = rows?.filter(fits) ?? [];
  return (
    <div className="ok-home">
      <header className="ok-home-head">
        <h1>{t("home.title")}</h1>
        {rows && rows.length > 6 && (
          <input
            type="search"
            className="form-control"
            value={word}
            placeholder={t("home.search")}
            aria-label={t("home.search")}
            onChange={(event) => setWord(event.target.value)}
          />
        )}
        {!readOnly && (
          <button type="button" className="btn btn-primary" onClick={() => setWanted("empty")}>
            <Icon name="plus" /> {t("home.new")}
          </button>
        )}
      </header>
      <Failure error={error} />
      {rows && rows.length > 0 && (
        <div className="card">
          <table className="table table-vcenter card-table ok-rows">
            <thead>
              <tr>
                <th>{t("home.scenario")}</th>
                <th>{t("home.version")}</th>
                <th>{t("home.changed")}</th>
                <th className="ok-right">{t("home.used")}</th>
              </tr>
            </thead>
            <tbody>
              {shown.map((row) => (
                <tr key={row.id}>
                  <td>
                    <a href={`${home}/${row.id}`}>{row.title || row.name}</a>
                    <div className="ok-quiet">{row.name}</div>
                  </td>
                  <td>
                    {row.version ? (
                      t("versions.number", { number: row.version })
                    ) : (
                      <span className="badge bg-secondary-lt">{t("home.draft")}</span>
                    )}
                  </td>
                  <td>
                    {row.draft ? moment(row.draft.changed_at) : "—"}
                    <div className="ok-quiet">{who(row.draft?.by ?? null)}</div>
                  </td>
                  <td className="ok-right ok-numbers">{row.used_by || "—"}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <h2>{rows?.length === 0 ? t("home.first") : t("home.gallery")}</h2>
      <p className="ok-quiet">{t("home.gallery_help")}</p>
      <div className="ok-gallery">
        {templates.map((one) => (
          <button
            type="button"
            className="ok-template"
            disabled={readOnly}
            key={one.code}
            onClick={() => setWanted(one)}
          >
            <strong>{one.title}</strong>
            <span>{one.description}</span>
            <small>
              {t("home.steps", { n: one.nodes })} · {one.languages.join(", ")}
            </small>
          </button>
        ))}
      </div>
      {wanted && (
        <NewScenario
          template={wanted === "empty" ? null : wanted}
          taken={rows?.map((row) => row.name) ?? []}
          home={home}
          onClose={() => setWanted(null)}
        />
      )}
    </div>
  );
}

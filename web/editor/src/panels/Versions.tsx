// Published versions, what differs between them in words, files, and golden runs.

import { useEffect, useState } from "react";
import * as api from "../api/calls";
import type { Golden } from "../api/types";
import { sane } from "../model/document";
import { edit, goTo, open, tell, useEditor } from "../store/editor";
import { save } from "../store/autosave";
import { moment, t, who } from "../texts";
import { Failure } from "../ui/Failure";
import { Icon } from "../ui/Icon";
import { useTask } from "../ui/useTask";

type Which = number | "draft";

export function Versions() {
  const id = useEditor((state) => state.id);
  const versions = useEditor((state) => state.versions);
  const [shown, setShown] = useState<Which | null>(versions[0]?.number ?? null);
  const restore = async (number: number) => {
    const { document } = await api.version(id, number);
    edit(t("did.restore", { number }), (now) => ({
      ...sane(document),
      layout: { ...document.layout, ...kept(now.layout, document.nodes) },
    }));
    tell(t("versions.restored", { number }));
  };
  return (
    <div className="oe-versions">
      <section>
        <div className={`oe-version is-draft ${shown === "draft" ? "is-open" : ""}`}>
          <div className="oe-version-line">
            <strong>{t("versions.draft")}</strong>
            <span className="oe-file">
              {(["yaml", "json"] as const).map((format) => (
                <a
                  key={format}
                  className="btn btn-sm"
                  href={api.exportAddress(id, "draft", format)}
                  download
                  onClick={() => void save()}
                >
                  <Icon name="download" /> {format.toUpperCase()}
                </a>
              ))}
              <button type="button" className="btn btn-sm" onClick={() => open({ kind: "import" })}>
                <Icon name="upload" /> {t("versions.import")}
              </button>
            </span>
          </div>
        </div>
        {versions.length === 0 && <p className="oe-quiet">{t("versions.none")}</p>}
        {versions.map((version) => (
          <div key={version.number} className={`oe-version ${shown === version.number ? "is-open" : ""}`}>
            <button
              type="button"
              className="oe-version-line"
              aria-expanded={shown === version.number}
              onClick={() => setShown(shown === version.number ? null : version.number)}
            >
              <strong>{t("versions.number", { number: version.number })}</strong>
              <span className="oe-quiet">{moment(version.published_at)}</span>
            </button>
            {version.note && <p className="oe-note">{version.note}</p>}
            <p className="oe-quiet oe-small">
              {who(version.by)}
              {version.used_by > 0 && ` · ${t("versions.used", { n: version.used_by })}`}
            </p>
            {shown === version.number && (
              <>
                <Diff from={version.number} />
                <div className="oe-version-tools">
                  <button
                    type="button"
                    className="btn btn-sm"
                    onClick={() => void restore(version.number).catch(() => tell(t("error.unknown"), "bad"))}
                  >
                    <Icon name="restore" /> {t("versions.restore")}
                  </button>
                  <a className="btn btn-sm" href={api.exportAddress(id, version.number, "yaml")} download>
                    <Icon name="download" /> YAML
                  </a>
                </div>
              </>
            )}
          </div>
        ))}
      </section>
      <Goldens id={id} />
    </div>
  );
}

const kept = <T,>(layout: { [name: string]: T } | undefined, nodes: { [name: string]: unknown }) =>
  Object.fromEntries(Object.entries(layout ?? {}).filter(([name]) => name in nodes));

// From a version to the draft as it is saved.
function Diff({ from }: { from: number }) {
  const id = useEditor((state) => state.id);
  const revision = useEditor((state) => state.revision);
  const nodes = useEditor((state) => state.doc.nodes);
  const [lines, setLines] = useState<{ node: string | null; sentence: string }[] | null>(null);
  const { run, error } = useTask();
  useEffect(() => {
    void run(async () => {
      await save();
      setLines(await api.diff(id, from, "draft"));
    });
  }, [id, from, revision, run]);
  if (error) return <Failure error={error} />;
  if (!lines) return <span className="oe-spinner" />;
  return (
    <div className="oe-diff">
      <h5>{t("versions.changed_since")}</h5>
      {lines.length === 0 && <p className="oe-quiet">{t("versions.same")}</p>}
      <ul>
        {lines.map((line, index) => (
          <li key={index}>
            {line.node && line.node in nodes ? (
              <button type="button" onClick={() => goTo(line.node!, null)}>
                {line.sentence}
              </button>
            ) : (
              line.sentence
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Goldens({ id }: { id: number }) {
  const [found, setFound] = useState<Golden[] | null>(null);
  const { run, busy } = useTask();
  const look = () =>
    run(async () => {
      await save();
      setFound(await api.goldens(id));
    });
  return (
    <section>
      <h4>{t("golden.title")}</h4>
      <p className="oe-quiet">{t("golden.about")}</p>
      <button type="button" className="btn btn-sm" disabled={busy} onClick={() => void look()}>
        <Icon name="checklist" /> {t("golden.check")}
      </button>
      {found?.length === 0 && <p className="oe-quiet">{t("golden.none")}</p>}
      <ul className="oe-goldens">
        {found?.map((one) => (
          <li key={one.id} className={one.same ? "is-good" : "is-error"}>
            <Icon name={one.same ? "circle-check" : "circle-x"} />
            <span>
              {one.name}
              {one.differences.map((difference) => (
                <small key={difference}>{difference}</small>
              ))}
            </span>
            <button
              type="button"
              className="oe-icon-button"
              aria-label={t("form.remove_item", { item: one.name })}
              onClick={() => void run(() => api.forgetGolden(id, one.id)).then(look)}
            >
              <Icon name="trash" />
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

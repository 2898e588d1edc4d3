// The bar above the canvas: which scenario, whether it is saved, what one can do with it.

import * as actions from "./canvas/actions";
import { firstText } from "./model/document";
import { save } from "./store/autosave";
import { open, readOnly, redo, show, undo, useEditor } from "./store/editor";
import { t, type Key } from "./texts";
import { Icon } from "./ui/Icon";

interface Props {
  home: string;
  onSearch: () => void;
  onFit: () => void;
}

export function Toolbar({ home, onSearch, onFit }: Props) {
  const doc = useEditor((state) => state.doc);
  const past = useEditor((state) => state.history.past.at(-1));
  const future = useEditor((state) => state.history.future.at(-1));
  const version = useEditor((state) => state.versions[0]?.number);
  return (
    <header className="oe-bar">
      <a className="oe-icon-button" href={home} aria-label={t("bar.home")} title={t("bar.home")}>
        <Icon name="arrow-left" />
      </a>
      <button
        type="button"
        className="oe-scenario-title"
        title={t("bar.settings")}
        onClick={() => show("settings")}
      >
        <strong>{firstText(doc.title, doc.languages) || doc.name}</strong>
        <span>
          {doc.name}
          {version ? ` · ${t("bar.version", { number: version })}` : ""}
        </span>
      </button>
      {readOnly ? <span className="badge bg-secondary-lt">{t("bar.read_only")}</span> : <Saved />}
      <span className="oe-grow" />
      <div className="oe-bar-group">
        <Tool
          icon="arrow-back-up"
          words={past ? `${t("bar.undo")}: ${past.label}` : t("bar.undo")}
          keys="Ctrl+Z"
          disabled={!past}
          onClick={undo}
        />
        <Tool
          icon="arrow-forward-up"
          words={future ? `${t("bar.redo")}: ${future.label}` : t("bar.redo")}
          keys="Ctrl+Y"
          disabled={!future}
          onClick={redo}
        />
      </div>
      <div className="oe-bar-group">
        <Tool icon="search" words={t("bar.search")} keys="Ctrl+F" onClick={onSearch} />
        <Tool
          icon="layout-distribute-horizontal"
          words={t("bar.arrange")}
          keys="L"
          onClick={() => void actions.arrange().then(onFit)}
        />
        <Tool icon="maximize" words={t("bar.fit")} keys="0" onClick={onFit} />
        <Tool icon="keyboard" words={t("bar.keys")} keys="?" onClick={() => open({ kind: "shortcuts" })} />
      </div>
      {!readOnly && (
        <button type="button" className="btn" onClick={() => open({ kind: "test-call" })}>
          <Icon name="phone-call" /> {t("bar.test_call")}
        </button>
      )}
      <button type="button" className="btn" onClick={() => show("simulator")}>
        <Icon name="player-play" /> {t("bar.simulate")}
      </button>
      {!readOnly && (
        <button type="button" className="btn btn-primary" onClick={() => open({ kind: "publish" })}>
          {t("bar.publish")}
        </button>
      )}
    </header>
  );
}

interface ToolProps {
  icon: string;
  words: string;
  keys: string;
  disabled?: boolean;
  onClick: () => void;
}

function Tool({ icon, words, keys, disabled, onClick }: ToolProps) {
  return (
    <button
      type="button"
      className="oe-icon-button"
      title={`${words} (${keys})`}
      aria-label={words}
      disabled={disabled}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  );
}

function Saved() {
  const saving = useEditor((state) => state.saving);
  const why = useEditor((state) => state.saveError);
  const words: { [state in typeof saving]: Key } = {
    saved: "save.saved",
    changed: "save.saving",
    saving: "save.saving",
    failed: "save.failed",
    conflict: "save.conflict",
  };
  const bad = saving === "failed" || saving === "conflict";
  const again = () => {
    if (saving === "conflict") useEditor.setState({ saving: "changed" });
    void save();
  };
  return (
    <span className={`oe-saved is-${saving}`} role="status" title={why || undefined}>
      {bad ? (
        <button type="button" onClick={again}>
          <Icon name="alert-triangle" /> {t(words[saving])}
        </button>
      ) : (
        <>
          <Icon name={saving === "saved" ? "check" : "refresh"} /> {t(words[saving])}
        </>
      )}
    </span>
  );
}

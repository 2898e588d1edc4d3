// The kinds of steps by group, to be dragged onto the canvas or put there by a click.

import { useState } from "react";
import { t } from "../texts";
import { useEditor } from "../store/editor";
import { Icon } from "../ui/Icon";

export const DRAGGED = "application/x-oklik-kind";

export function Palette({ onAdd }: { onAdd: (kind: string) => void }) {
  const kinds = useEditor((state) => state.kinds);
  const [wanted, setWanted] = useState("");
  const fits = (kind: string) => {
    const words = `${kinds.kinds[kind]?.title} ${kinds.kinds[kind]?.help} ${kind}`.toLowerCase();
    return words.includes(wanted.trim().toLowerCase());
  };
  const groups = kinds.groups
    .map((group) => ({ ...group, kinds: group.kinds.filter(fits) }))
    .filter((group) => group.kinds.length);
  return (
    <aside className="oe-palette" aria-label={t("palette.title")}>
      <div className="oe-palette-search">
        <Icon name="search" />
        <input
          type="search"
          value={wanted}
          placeholder={t("palette.search")}
          aria-label={t("palette.search")}
          onChange={(event) => setWanted(event.target.value)}
        />
      </div>
      <div className="oe-palette-list">
        {groups.map((group) => (
          <section key={group.code}>
            <h3>{group.title}</h3>
            {group.kinds.map((kind) => (
              <button
                type="button"
                key={kind}
                className={`oe-kind oe-group-${group.code}`}
                title={kinds.kinds[kind]?.help}
                draggable
                onDragStart={(event) => {
                  event.dataTransfer.setData(DRAGGED, kind);
                  event.dataTransfer.effectAllowed = "copy";
                }}
                onClick={() => onAdd(kind)}
              >
                <span className="oe-step-icon">
                  <Icon name={kinds.kinds[kind]?.icon ?? "help-circle"} />
                </span>
                <span>{kinds.kinds[kind]?.title}</span>
              </button>
            ))}
          </section>
        ))}
        {groups.length === 0 && <p className="oe-quiet">{t("palette.nothing")}</p>}
      </div>
    </aside>
  );
}

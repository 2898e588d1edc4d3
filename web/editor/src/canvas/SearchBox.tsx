// Finding a step by its words: the canvas goes to each hit in turn.

import { useEffect, useMemo, useRef, useState } from "react";
import { firstText } from "../model/document";
import { search } from "../model/search";
import { goTo, useEditor } from "../store/editor";
import { t } from "../texts";
import { Icon } from "../ui/Icon";

export function SearchBox({ onClose }: { onClose: () => void }) {
  const doc = useEditor((state) => state.doc);
  const kinds = useEditor((state) => state.kinds);
  const [wanted, setWanted] = useState("");
  const [at, setAt] = useState(0);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), []);
  const found = useMemo(
    () => search(doc, wanted, (kind) => kinds.kinds[kind]?.title ?? kind),
    [doc, wanted, kinds],
  );
  const go = (index: number) => {
    if (!found.length) return;
    const next = (index + found.length) % found.length;
    setAt(next);
    goTo(found[next]!, null);
  };
  return (
    <div className="oe-search" role="search">
      <div className="oe-search-line">
        <Icon name="search" />
        <input
          ref={input}
          value={wanted}
          placeholder={t("search.placeholder")}
          aria-label={t("search.placeholder")}
          onChange={(event) => {
            setWanted(event.target.value);
            setAt(0);
          }}
          onKeyDown={(event) => {
            if (event.key === "Escape") onClose();
            else if (event.key === "Enter")
              go(
                event.shiftKey
                  ? at - 1
                  : doc.nodes[found[at] ?? ""] && wanted
                    ? at + (input.current?.dataset.went === wanted ? 1 : 0)
                    : at,
              );
            else if (event.key === "ArrowDown") go(at + 1);
            else if (event.key === "ArrowUp") go(at - 1);
            else return;
            if (input.current) input.current.dataset.went = wanted;
            event.preventDefault();
            event.stopPropagation();
          }}
        />
        <span className="oe-quiet">{wanted ? t("search.found", { n: found.length }) : ""}</span>
        <button type="button" className="oe-icon-button" aria-label={t("close")} onClick={onClose}>
          <Icon name="x" />
        </button>
      </div>
      {wanted && found.length > 0 && (
        <ul>
          {found.slice(0, 8).map((name, index) => (
            <li key={name}>
              <button type="button" aria-current={index === at} onClick={() => go(index)}>
                {firstText(doc.nodes[name]?.title, doc.languages) ||
                  kinds.kinds[doc.nodes[name]!.kind]?.title}
                <span className="oe-quiet">{name}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

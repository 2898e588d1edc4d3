// A small list at the place where a way was dropped, or by the key N: a new step or one that is there already.

import { useEffect, useMemo, useRef, useState } from "react";
import { firstText } from "../model/document";
import { search } from "../model/search";
import { useEditor } from "../store/editor";
import { t } from "../texts";
import { Icon } from "../ui/Icon";

interface Props {
  x: number;
  y: number;
  // Whether a way begins here, so that it can also lead to a step that exists.
  connects: boolean;
  onKind: (kind: string) => void;
  onNode: (name: string) => void;
  onClose: () => void;
}

interface Choice {
  id: string;
  title: string;
  icon: string;
  group: string;
  act: () => void;
}

export function QuickAdd({ x, y, connects, onKind, onNode, onClose }: Props) {
  const kinds = useEditor((state) => state.kinds);
  const doc = useEditor((state) => state.doc);
  const [wanted, setWanted] = useState("");
  const [at, setAt] = useState(0);
  const box = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), []);

  const choices = useMemo(() => {
    const word = wanted.trim().toLowerCase();
    const made: Choice[] = [];
    for (const group of kinds.groups)
      for (const kind of group.kinds) {
        const { title, help, icon } = kinds.kinds[kind]!;
        if (!`${title} ${kind} ${help}`.toLowerCase().includes(word)) continue;
        made.push({ id: `kind ${kind}`, title, icon, group: group.code, act: () => onKind(kind) });
      }
    if (connects)
      for (const name of word
        ? search(doc, word, (kind) => kinds.kinds[kind]?.title ?? kind)
        : Object.keys(doc.nodes)) {
        const node = doc.nodes[name]!;
        const kind = kinds.kinds[node.kind];
        const title = `→ ${firstText(node.title, doc.languages) || kind?.title || ""} · ${name}`;
        made.push({
          id: `node ${name}`,
          title,
          icon: kind?.icon ?? "",
          group: kind?.group ?? "",
          act: () => onNode(name),
        });
      }
    return made;
  }, [kinds, doc, wanted, connects, onKind, onNode]);

  const marked = Math.min(at, choices.length - 1);
  useEffect(() => {
    box.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  });

  return (
    <div
      ref={box}
      className="oe-quick"
      style={{ left: Math.min(x, window.innerWidth - 300), top: Math.min(y, window.innerHeight - 380) }}
      onBlur={(event) => !event.currentTarget.contains(event.relatedTarget) && onClose()}
    >
      <input
        ref={input}
        className="form-control"
        placeholder={connects ? t("quick.find_any") : t("quick.find")}
        aria-label={t("quick.find")}
        value={wanted}
        role="combobox"
        aria-expanded="true"
        aria-controls="oe-quick-list"
        onChange={(event) => {
          setWanted(event.target.value);
          setAt(0);
        }}
        onKeyDown={(event) => {
          if (event.key === "Escape") onClose();
          else if (event.key === "ArrowDown") setAt(Math.min(marked + 1, choices.length - 1));
          else if (event.key === "ArrowUp") setAt(Math.max(marked - 1, 0));
          else if (event.key === "Enter") choices[marked]?.act();
          else return;
          event.preventDefault();
          event.stopPropagation();
        }}
      />
      <div className="oe-quick-list" id="oe-quick-list" role="listbox">
        {choices.map((choice, index) => (
          <button
            type="button"
            tabIndex={-1}
            key={choice.id}
            role="option"
            aria-selected={index === marked}
            className={`oe-kind oe-group-${choice.group}`}
            onMouseEnter={() => setAt(index)}
            onMouseDown={(event) => event.preventDefault()}
            onClick={choice.act}
          >
            <span className="oe-step-icon">
              <Icon name={choice.icon} />
            </span>
            <span>{choice.title}</span>
          </button>
        ))}
      </div>
    </div>
  );
}

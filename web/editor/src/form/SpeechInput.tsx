// A text that is spoken or shown: one input a language, values put in from a list, a button to hear it.

import { useLayoutEffect, useRef, useState } from "react";
import { textIn, withText } from "../model/document";
import { type Known, slot } from "../model/names";
import { ListenButton } from "../speech/Listen";
import { RecordingMark } from "../speech/RecordingMark";
import { t } from "../texts";
import { Icon } from "../ui/Icon";
import { type InputProps, useForm } from "./context";

export function TextsInput({ value, onChange }: InputProps) {
  const { languages } = useForm();
  return (
    <div className="oe-texts">
      {languages.map((language) => (
        <div className="oe-text-line" key={language}>
          <input
            className="form-control"
            lang={language}
            aria-label={language}
            value={textIn(value, language, languages)}
            onChange={(event) => onChange(withText(value, language, languages, event.target.value))}
          />
          {languages.length > 1 && <span className="oe-language">{language}</span>}
        </div>
      ))}
    </div>
  );
}

export function SpeechInput({ value, path, onChange }: InputProps) {
  const { languages, known, node } = useForm();
  return (
    <div className="oe-texts">
      {languages.map((language) => (
        <Wording
          key={language}
          language={language}
          several={languages.length > 1}
          text={textIn(value, language, languages)}
          known={known}
          node={node}
          field={path.join(".")}
          onChange={(text) => onChange(withText(value, language, languages, text))}
        />
      ))}
    </div>
  );
}

interface WordingProps {
  language: string;
  several: boolean;
  text: string;
  known: Known[];
  node: string | null;
  field: string;
  onChange: (text: string) => void;
}

function Wording({ language, several, text, known, node, field, onChange }: WordingProps) {
  const area = useRef<HTMLTextAreaElement>(null);
  const [picking, setPicking] = useState(false);
  useLayoutEffect(() => {
    const box = area.current;
    if (!box) return;
    box.style.height = "auto";
    box.style.height = `${Math.min(box.scrollHeight + 2, 260)}px`;
  }, [text]);
  const put = (one: Known) => {
    const box = area.current;
    const at = box ? box.selectionStart : text.length;
    const end = box ? box.selectionEnd : at;
    const before = text.slice(0, at);
    const gap = before && !/\s$/.test(before) ? " " : "";
    onChange(before + gap + slot(one) + text.slice(end));
    setPicking(false);
    box?.focus();
  };
  return (
    <div className="oe-wording">
      <textarea
        ref={area}
        lang={language}
        rows={2}
        value={text}
        maxLength={2000}
        aria-label={several ? t("speech.text_in", { language }) : t("speech.text")}
        placeholder={t("speech.placeholder")}
        onChange={(event) => onChange(event.target.value)}
      />
      <div className="oe-wording-tools">
        {several && <span className="oe-language">{language}</span>}
        <ListenButton text={text} language={language} />
        <div className="oe-pick">
          <button
            type="button"
            className="oe-tool"
            aria-expanded={picking}
            disabled={!known.length}
            title={known.length ? t("speech.slot_help") : t("speech.no_slots")}
            onClick={() => setPicking(!picking)}
          >
            <Icon name="braces" /> {t("speech.slot")}
          </button>
          {picking && (
            <ul
              className="oe-pick-list"
              onKeyDown={(event) => {
                if (event.key === "Escape") {
                  event.stopPropagation();
                  setPicking(false);
                }
              }}
            >
              {known.map((one) => (
                <li key={one.name}>
                  <button type="button" onClick={() => put(one)}>
                    <span>{one.title}</span>
                    <small>{t(`source.${one.source}`)}</small>
                  </button>
                </li>
              ))}
            </ul>
          )}
        </div>
        {node && <RecordingMark node={node} field={field} language={language} />}
      </div>
    </div>
  );
}

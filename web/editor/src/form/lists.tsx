// Inputs of what has parts: lists of words, lists and maps of parts with fields of their own, free JSON.

import { useEffect, useState } from "react";
import { isRecord, type Fields, type Json } from "../model/document";
import { parts } from "../model/exits";
import { setAt } from "../model/graph";
import { initial, isKeyPattern, KEYS, mapOf, plain, type Schema, shape } from "../model/schema";
import { t } from "../texts";
import { Icon } from "../ui/Icon";
import { type InputProps, useForm } from "./context";
import { Field } from "./Field";

export function ListInput({ id, schema, value, onChange }: InputProps) {
  const items = Array.isArray(value) ? value.map(String) : [];
  const [typed, setTyped] = useState("");
  const add = () => {
    const word = typed.trim();
    if (word && !items.includes(word)) onChange([...items, word]);
    setTyped("");
  };
  return (
    <div className="oe-words">
      {items.map((item) => (
        <span key={item} className="oe-word">
          {item}
          <button
            type="button"
            aria-label={t("form.remove_item", { item })}
            onClick={() => onChange(items.filter((one) => one !== item))}
          >
            <Icon name="x" />
          </button>
        </span>
      ))}
      <input
        id={id}
        value={typed}
        aria-label={t("form.add")}
        placeholder={t("form.add_word")}
        onChange={(event) => setTyped(event.target.value)}
        onBlur={add}
        onKeyDown={(event) => {
          if (event.key === "Enter" || event.key === ",") {
            event.preventDefault();
            add();
          } else if (event.key === "Backspace" && !typed && items.length) onChange(items.slice(0, -1));
        }}
        disabled={schema.maxItems !== undefined && items.length >= schema.maxItems}
      />
    </div>
  );
}

export function PartsInput({ schema, value, path, onChange }: InputProps) {
  const { root, rule, newExit } = useForm();
  const items = Array.isArray(value) ? value : [];
  const part = plain(schema.items ?? {}, root);
  const named = path.length === 1 && rule?.from === path[0] && rule?.each ? rule.each : null;
  const add = () => {
    const made = initial(part, root) as Fields;
    onChange([...items, named ? { ...made, [named]: newExit("") } : made]);
  };
  const swap = (index: number, other: number) => {
    const next = [...items];
    [next[index], next[other]] = [next[other]!, next[index]!];
    onChange(next);
  };
  return (
    <div className="oe-parts">
      {items.map((item, index) => (
        <div className="oe-part" key={index}>
          <div className="oe-part-tools">
            <span className="oe-part-number">{index + 1}</span>
            {named && <ExitTarget exit={String((item as Fields)?.[named] ?? "")} />}
            {index > 0 && (
              <button
                type="button"
                className="oe-icon-button"
                aria-label={t("form.up")}
                onClick={() => swap(index, index - 1)}
              >
                <Icon name="arrow-up" />
              </button>
            )}
            <button
              type="button"
              className="oe-icon-button"
              aria-label={t("form.remove")}
              onClick={() => onChange(items.filter((_, at) => at !== index))}
            >
              <Icon name="trash" />
            </button>
          </div>
          <PartFields
            root={root}
            schema={part}
            value={item}
            path={[...path, index]}
            onChange={(next) => onChange(items.map((one, at) => (at === index ? next : one)))}
          />
        </div>
      ))}
      {(schema.maxItems === undefined || items.length < schema.maxItems) && (
        <button type="button" className="oe-add" onClick={add}>
          <Icon name="plus" /> {t("form.add")}
        </button>
      )}
    </div>
  );
}

function PartFields({
  schema,
  root,
  value,
  path,
  hidden,
  onChange,
}: {
  schema: Schema;
  root: Schema;
  // A field that is seldom of interest although it must be there: the name of a key's exit.
  hidden?: string;
  value: Json;
  path: (string | number)[];
  onChange: (next: Json) => void;
}) {
  const { wrong } = useForm();
  const record = isRecord(value) ? value : {};
  const required = schema.required ?? [];
  const fields = Object.entries(schema.properties ?? {});
  // Shown at once: what must be there, what is words, what has parts; the rest when it is wanted.
  const aside = ([name, field]: [string, Schema]) =>
    name === hidden ||
    (!required.includes(name) && !["texts", "parts"].includes(shape(field, root)) && fields.length > 3);
  const more = fields.filter(aside);
  const touched = more.filter(([name]) => name !== hidden && record[name] !== undefined).length;
  const bad = more.some(([name]) => wrong([...path, name]).length > 0);
  const draw = ([name, field]: [string, Schema]) => (
    <Field
      key={name}
      name={name}
      schema={field}
      value={record[name]}
      path={[...path, name]}
      required={required.includes(name)}
      onChange={(at, next) => onChange(setAt(record, at.slice(path.length), next) as Json)}
    />
  );
  return (
    <div className="oe-part-fields">
      {fields.filter((one) => !aside(one)).map(draw)}
      {more.length > 0 && (
        <details className="oe-more" open={bad || undefined}>
          <summary>
            <Icon name="chevron-right" />
            {t("form.more")}
            {touched > 0 && <span className="oe-count">{touched}</span>}
          </summary>
          <div>{more.map(draw)}</div>
        </details>
      )}
    </div>
  );
}

// Where an exit that a part names leads, chosen right there.
function ExitTarget({ exit }: { exit: string }) {
  const { nodes, exitTarget, setExitTarget } = useForm();
  if (!exit) return null;
  return (
    <select
      className="form-select form-select-sm oe-exit-target"
      aria-label={t("form.leads_to", { exit })}
      value={exitTarget(exit)}
      onChange={(event) => setExitTarget(exit, event.target.value)}
    >
      <option value="">{t("form.nowhere")}</option>
      {nodes.map((name) => (
        <option key={name} value={name}>
          → {name}
        </option>
      ))}
    </select>
  );
}

export function MapInput({ schema, value, path, onChange }: InputProps) {
  const { root, rule, newExit } = useForm();
  const { pattern, value: part } = mapOf(schema, root);
  const record = isRecord(value) ? value : {};
  const entries = parts(record);
  const byKeys = isKeyPattern(pattern);
  const named = path.length === 1 && rule?.from === path[0] && rule?.each ? rule.each : null;
  const whole = shape(part, root) === "json" && part.properties !== undefined;
  const free = byKeys ? KEYS.find((key) => !(key in record)) : undefined;

  const rekey = (from: string, to: string) => {
    if (to === from || to in record || !new RegExp(pattern).test(to)) return;
    onChange(Object.fromEntries(entries.map(([key, item]) => [key === from ? to : key, item])));
  };
  const add = () => {
    let key = free ?? "";
    for (let n = 1; !key || key in record; n++) key = `name_${n}`;
    const made = initial(part, root);
    onChange({ ...record, [key]: named ? { ...(made as Fields), [named]: newExit(key) } : made });
  };
  return (
    <div className="oe-parts">
      {entries.map(([key, item], index) => (
        <div className={`oe-part ${whole ? "" : "is-line"}`} key={byKeys ? key : index}>
          <div className="oe-part-tools">
            {byKeys ? (
              <select
                className="form-select form-select-sm oe-key"
                aria-label={t("form.key")}
                value={key}
                onChange={(event) => rekey(key, event.target.value)}
              >
                {KEYS.filter((one) => one === key || !(one in record)).map((one) => (
                  <option key={one}>{one}</option>
                ))}
              </select>
            ) : (
              <KeyText value={key} pattern={pattern} onChange={(to) => rekey(key, to)} />
            )}
            {named && <ExitTarget exit={String((item as Fields)?.[named] ?? "")} />}
            {!whole && (
              <div className="oe-part-value">
                <Field
                  name=""
                  schema={{ ...part, title: "", description: "" }}
                  value={item}
                  path={[...path, key]}
                  required
                  onChange={(_, next) => onChange({ ...record, [key]: next ?? initial(part, root) })}
                />
              </div>
            )}
            <button
              type="button"
              className="oe-icon-button"
              aria-label={t("form.remove_item", { item: key })}
              onClick={() => onChange(Object.fromEntries(entries.filter(([one]) => one !== key)))}
            >
              <Icon name="trash" />
            </button>
          </div>
          {whole && (
            <PartFields
              root={root}
              hidden={named ?? undefined}
              schema={part}
              value={item}
              path={[...path, key]}
              onChange={(next) => onChange({ ...record, [key]: next })}
            />
          )}
        </div>
      ))}
      {(schema.maxProperties === undefined || entries.length < schema.maxProperties) && (!byKeys || free) && (
        <button type="button" className="oe-add" onClick={add}>
          <Icon name="plus" /> {byKeys ? t("form.add_key") : t("form.add")}
        </button>
      )}
    </div>
  );
}

// The name of an entry: taken over when one is done typing, so that half a name is never one.
function KeyText({
  value,
  pattern,
  onChange,
}: {
  value: string;
  pattern: string;
  onChange: (to: string) => void;
}) {
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  const good = new RegExp(pattern).test(typed);
  return (
    <input
      className={`form-control form-control-sm oe-map-key ${good ? "" : "is-invalid"}`}
      aria-label={t("form.name")}
      value={typed}
      spellCheck={false}
      onChange={(event) => setTyped(event.target.value)}
      onBlur={() => (good ? onChange(typed) : setTyped(value))}
      onKeyDown={(event) => event.key === "Enter" && good && onChange(typed)}
    />
  );
}

export function JsonInput({ id, value, onChange }: InputProps) {
  const shown = value == null ? "" : JSON.stringify(value, null, 2);
  const [typed, setTyped] = useState(shown);
  const [bad, setBad] = useState(false);
  useEffect(() => {
    setTyped(shown);
    setBad(false);
  }, [shown]);
  return (
    <textarea
      id={id}
      className={`form-control oe-json ${bad ? "is-invalid" : ""}`}
      rows={4}
      spellCheck={false}
      value={typed}
      onChange={(event) => setTyped(event.target.value)}
      onBlur={() => {
        if (!typed.trim()) return onChange(undefined);
        try {
          onChange(JSON.parse(typed));
        } catch {
          setBad(true);
        }
      }}
    />
  );
}

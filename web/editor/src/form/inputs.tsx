// The plain inputs: text, number, switch, choice, key, name.

import { useEffect, useState } from "react";
import { choices, KEYS, widget } from "../model/schema";
import { t } from "../texts";
import { type InputProps, useForm } from "./context";

const asText = (value: unknown): string =>
  typeof value === "string" || typeof value === "number" ? String(value) : "";

export function TextInput({ id, schema, value, onChange }: InputProps) {
  const { known } = useForm();
  // Values of calls can stand in texts that are long enough to hold one; they are offered as one types.
  const takesSlots = (schema.maxLength ?? 0) >= 200 && !schema.pattern;
  return (
    <>
      <input
        id={id}
        className="form-control"
        value={asText(value)}
        maxLength={schema.maxLength}
        placeholder={widget(schema) === "time" ? "09:00" : undefined}
        list={takesSlots && known.length ? `${id}-slots` : undefined}
        spellCheck={false}
        onChange={(event) => onChange(event.target.value)}
      />
      {takesSlots && (
        <datalist id={`${id}-slots`}>
          {known.map((one) => (
            <option key={one.name} value={`{{ ${one.name} }}`} label={one.title} />
          ))}
        </datalist>
      )}
    </>
  );
}

// What is typed is kept until it is a number, so that «-» and «1.» can be typed at all.
export function NumberInput({ id, schema, value, onChange }: InputProps) {
  const [typed, setTyped] = useState(asText(value));
  useEffect(() => {
    setTyped((now) => (now !== "" && Number(now.replace(",", ".")) === value ? now : asText(value)));
  }, [value]);
  const whole = schema.type === "integer";
  const seconds = widget(schema) === "seconds";
  return (
    <div className={`oe-numeric ${seconds ? "has-unit" : ""}`}>
      <input
        id={id}
        className="form-control"
        type="number"
        inputMode={whole ? "numeric" : "decimal"}
        step={whole ? 1 : "any"}
        min={schema.minimum}
        max={schema.maximum}
        value={typed}
        onChange={(event) => {
          const text = event.target.value;
          setTyped(text);
          const number = Number(text.replace(",", "."));
          if (text.trim() === "") onChange(undefined);
          else if (Number.isFinite(number)) onChange(number);
        }}
      />
      {seconds && <span className="oe-unit">{t("unit.seconds")}</span>}
    </div>
  );
}

export function SwitchInput({ id, value, onChange }: InputProps) {
  return (
    <input
      id={id}
      type="checkbox"
      role="switch"
      className="form-check-input"
      checked={value === true}
      onChange={(event) => onChange(event.target.checked)}
    />
  );
}

export function ChoiceInput({ id, schema, value, required, onChange }: InputProps) {
  const { root } = useForm();
  const offered = choices(schema, root);
  const empty = value === undefined || value === null;
  return (
    <select
      id={id}
      className="form-select"
      value={asText(value)}
      onChange={(event) => onChange(event.target.value === "" ? undefined : event.target.value)}
    >
      {(empty || !required) && schema.default === undefined && <option value="">—</option>}
      {offered.map(([code, words]) => (
        <option key={code} value={code}>
          {words}
        </option>
      ))}
    </select>
  );
}

export function ChoicesInput({ schema, value, onChange }: InputProps) {
  const { root } = useForm();
  const chosen = Array.isArray(value) ? value.map(String) : [];
  const offered = choices(schema, root);
  return (
    <div className="oe-chips">
      {offered.map(([code, words]) => {
        const on = chosen.includes(code);
        const next = () =>
          offered.map(([one]) => one).filter((one) => (one === code ? !on : chosen.includes(one)));
        return (
          <button
            type="button"
            key={code}
            className={`oe-chip ${on ? "is-on" : ""}`}
            aria-pressed={on}
            onClick={() => onChange(next())}
          >
            {words}
          </button>
        );
      })}
    </div>
  );
}

export function KeyInput({ id, schema, value, required, onChange }: InputProps) {
  const allowed = KEYS.filter((key) => !schema.pattern || new RegExp(schema.pattern).test(key));
  const none = schema.pattern ? new RegExp(schema.pattern).test("") : false;
  return (
    <select
      id={id}
      className="form-select oe-key-select"
      value={asText(value)}
      onChange={(event) => onChange(event.target.value === "" ? (none ? "" : undefined) : event.target.value)}
    >
      {(!required || none || !value) && <option value="">{t("form.no_key")}</option>}
      {allowed.map((key) => (
        <option key={key}>{key}</option>
      ))}
    </select>
  );
}

// A name of something that exists: columns, values, steps; what is not offered can be typed all the same.
export function NameInput({ id, schema, value, onChange }: InputProps) {
  const { known, nodes } = useForm();
  const wanted = widget(schema);
  const steps = wanted === "node" ? nodes.map((name) => ({ name, title: name })) : [];
  const values =
    wanted === "column" ? known.filter((one) => one.source === "column") : wanted === "name" ? known : [];
  const offered = [...steps, ...values];
  return (
    <>
      <input
        id={id}
        className="form-control"
        value={asText(value)}
        list={offered.length ? `${id}-names` : undefined}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => onChange(event.target.value)}
      />
      {offered.length > 0 && (
        <datalist id={`${id}-names`}>
          {offered.map((one) => (
            <option key={one.name} value={one.name} label={one.title} />
          ))}
        </datalist>
      )}
    </>
  );
}

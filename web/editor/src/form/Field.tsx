// One field of a form, drawn from its schema: the heading with its help, the input that fits, what is wrong with it.

import { type ComponentType, createElement, useId } from "react";
import type { Json } from "../model/document";
import type { Path } from "../model/graph";
import { isKeyPattern, label, plain, type Schema, shape, same, widget } from "../model/schema";
import { t } from "../texts";
import { Icon } from "../ui/Icon";
import { type InputProps, useForm } from "./context";
import {
  ChoiceInput,
  ChoicesInput,
  KeyInput,
  NameInput,
  NumberInput,
  SwitchInput,
  TextInput,
} from "./inputs";
import { JsonInput, ListInput, MapInput, PartsInput } from "./lists";
import { SpeechInput, TextsInput } from "./SpeechInput";

const NAMES = new Set(["name", "column", "node", "scenario", "group", "recording"]);

// Which input a field gets; follows from its widget and, where that says nothing, from its shape.
function inputFor(schema: Schema, root: Schema): ComponentType<InputProps> | null {
  const field = plain(schema, root);
  const wanted = widget(field);
  if (wanted === "hidden" || wanted === "exits" || field.const !== undefined) return null;
  if (wanted === "speech") return SpeechInput;
  switch (shape(field, root)) {
    case "texts":
      return TextsInput;
    case "switch":
      return SwitchInput;
    case "number":
      return NumberInput;
    case "choice":
      return ChoiceInput;
    case "choices":
      return ChoicesInput;
    case "list":
      return ListInput;
    case "parts":
      return PartsInput;
    case "map":
      return MapInput;
    case "json":
      return JsonInput;
    default:
      if (isKeyPattern(field.pattern ?? "") || wanted === "key") return KeyInput;
      return NAMES.has(wanted) ? NameInput : TextInput;
  }
}

interface Props {
  name: string;
  schema: Schema;
  value: Json | undefined;
  path: Path;
  required: boolean;
  onChange: (path: Path, next: Json | undefined) => void;
}

export function Field({ name, schema, value, path, required, onChange }: Props) {
  const { root, wrong } = useForm();
  const id = useId();
  const Input = inputFor(schema, root);
  if (!Input) return null;
  const field = plain(schema, root);
  const faults = wrong(path);
  const isSwitch = Input === SwitchInput;
  const groups = [PartsInput, MapInput, ListInput, ChoicesInput, SpeechInput, TextsInput].includes(
    Input as never,
  );
  const change = (next: Json | undefined) => {
    const gone = next === undefined || (next === "" && !required) || (!required && same(next, field.default));
    onChange(path, gone ? undefined : next);
  };
  const heading = (
    <>
      {label(field, name)}
      {required && (
        <span className="oe-required" title={t("form.required")}>
          *
        </span>
      )}
      {field.description && <Help text={field.description} />}
    </>
  );
  const input = createElement(Input, {
    id,
    schema: field,
    value: value ?? field.default ?? undefined,
    path,
    required,
    onChange: change,
  });
  return (
    <div className={`oe-field ${faults.some((one) => one.bad) ? "is-bad" : ""}`} data-field={path.join(".")}>
      {isSwitch ? (
        <div className="oe-switch-line">
          {input}
          <label htmlFor={id}>{heading}</label>
        </div>
      ) : groups ? (
        <div role="group" aria-labelledby={`${id}-label`}>
          <div className="oe-label" id={`${id}-label`}>
            {heading}
          </div>
          {input}
        </div>
      ) : (
        <>
          <label className="oe-label" htmlFor={id}>
            {heading}
          </label>
          {input}
        </>
      )}
      {faults.map((one) => (
        <div key={one.sentence} className={one.bad ? "oe-fault" : "oe-warning"}>
          {one.sentence}
        </div>
      ))}
    </div>
  );
}

export function Help({ text }: { text: string }) {
  return (
    <span className="oe-help" tabIndex={0} role="note" aria-label={text} data-tip={text}>
      <Icon name="help-circle" />
    </span>
  );
}

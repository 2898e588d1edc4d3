// The form of the chosen step: its name, its fields as its kind defines them, where its exits lead.

import { useEffect, useMemo, useRef, useState } from "react";
import { type Json, SLUG } from "../model/document";
import { exitsOf, newExit } from "../model/exits";
import * as graph from "../model/graph";
import { knownNames } from "../model/names";
import { isAdvanced, type Schema } from "../model/schema";
import * as actions from "../canvas/actions";
import { edit, goTo, select, useEditor } from "../store/editor";
import { t } from "../texts";
import { Icon } from "../ui/Icon";
import { type FormContext, FormProvider } from "./context";
import { Field, Help } from "./Field";
import { faultsOf } from "./faults";

const NOTHING: Schema = {};

export function StepForm({ name }: { name: string }) {
  const doc = useEditor((state) => state.doc);
  const kinds = useEditor((state) => state.kinds);
  const told = useEditor((state) => state.exits[name]);
  const issues = useEditor((state) => state.issues);
  const problems = useEditor((state) => state.problems);
  const node = doc.nodes[name]!;
  const kind = kinds.kinds[node.kind];
  const root = kind?.schema ?? NOTHING;
  const rule = kind?.exits ?? null;
  const known = useMemo(() => knownNames(doc, kinds.kinds), [doc, kinds]);
  const faults = useMemo(() => faultsOf(name, issues, problems), [name, issues, problems]);
  const set = (path: graph.Path, next: Json | undefined) =>
    edit(
      t("did.change", { title: name }),
      (now) => graph.setField(now, name, path, next, rule ?? undefined),
      `${name}.${path.join(".")}`,
    );
  const form: FormContext = {
    root,
    languages: doc.languages,
    known,
    nodes: Object.keys(doc.nodes),
    node: name,
    rule,
    wrong: faults.at,
    newExit: (key) => (rule ? newExit(node, rule, key) : ""),
    exitTarget: (exit) => node.exits?.[exit] ?? "",
    setExitTarget: (exit, target) =>
      target ? actions.connect(name, exit, target) : actions.disconnect([{ node: name, exit }]),
  };
  const fields = Object.entries(root.properties ?? {}).filter(
    ([field]) => field !== "kind" && field !== "exits" && field !== "title",
  );
  const main = fields.filter(([field, schema]) => !isAdvanced(field, schema, root));
  const more = fields.filter(([field, schema]) => isAdvanced(field, schema, root));
  const touched = more.filter(([field]) => node[field] !== undefined || faults.at([field]).length > 0).length;
  const draw = ([field, schema]: [string, Schema]) => (
    <Field
      key={field}
      name={field}
      schema={schema}
      value={node[field]}
      path={[field]}
      required={(root.required ?? []).includes(field)}
      onChange={set}
    />
  );
  const own = faults.whole;
  return (
    <FormProvider value={form}>
      <div className={`oe-form oe-group-${kind?.group ?? ""}`} key={name}>
        <header className="oe-form-head">
          <span className="oe-step-icon">
            <Icon name={kind?.icon ?? "help-circle"} />
          </span>
          <div>
            <strong>{kind?.title ?? node.kind}</strong>
            {kind?.help && <Help text={kind.help} />}
            <StepName name={name} />
          </div>
          <div className="oe-form-tools">
            {doc.start !== name && (
              <button
                type="button"
                className="oe-icon-button"
                title={t("step.make_start")}
                aria-label={t("step.make_start")}
                onClick={() => edit(t("did.start"), (now) => graph.setStart(now, name))}
              >
                <Icon name="flag" />
              </button>
            )}
            <button
              type="button"
              className="oe-icon-button"
              title={t("step.duplicate")}
              aria-label={t("step.duplicate")}
              onClick={actions.duplicate}
            >
              <Icon name="copy" />
            </button>
            <button
              type="button"
              className="oe-icon-button"
              title={t("step.remove")}
              aria-label={t("step.remove")}
              onClick={() => actions.remove([name])}
            >
              <Icon name="trash" />
            </button>
          </div>
        </header>
        {own.map((one) => (
          <div key={one.sentence} className={`oe-form-fault ${one.bad ? "is-bad" : ""}`}>
            {one.sentence}
          </div>
        ))}
        {root.properties?.title && draw(["title", root.properties.title])}
        {main.map(draw)}
        {more.length > 0 && (
          <More open={touched > 0} title={t("form.more")} count={touched}>
            {more.map(draw)}
          </More>
        )}
        <Exits name={name} exits={exitsOf(node, kind, told)} wrong={faults.at(["exits"])} />
      </div>
    </FormProvider>
  );
}

function More({
  open,
  title,
  count,
  children,
}: {
  open: boolean;
  title: string;
  count: number;
  children: React.ReactNode;
}) {
  return (
    <details className="oe-more" open={open}>
      <summary>
        <Icon name="chevron-right" />
        {title}
        {count > 0 && <span className="oe-count">{count}</span>}
      </summary>
      <div>{children}</div>
    </details>
  );
}

// The step's own name, which others refer to; a new one is taken over everywhere.
function StepName({ name }: { name: string }) {
  const [typed, setTyped] = useState(name);
  const taken = useEditor((state) => typed !== name && typed in state.doc.nodes);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => setTyped(name), [name]);
  const good = SLUG.test(typed) && !taken;
  const apply = () => {
    if (!good) return setTyped(name);
    if (typed === name) return;
    edit(t("did.rename"), (doc) => graph.rename(doc, name, typed));
    select([typed]);
  };
  return (
    <input
      ref={input}
      className={`oe-step-name ${good ? "" : "is-invalid"}`}
      value={typed}
      aria-label={t("step.name")}
      title={t("step.name_help")}
      spellCheck={false}
      onChange={(event) => setTyped(event.target.value)}
      onBlur={apply}
      onKeyDown={(event) => {
        if (event.key === "Enter") input.current?.blur();
        if (event.key === "Escape") {
          event.stopPropagation();
          setTyped(name);
        }
      }}
    />
  );
}

interface ExitsProps {
  name: string;
  exits: ReturnType<typeof exitsOf>;
  wrong: { sentence: string; bad: boolean }[];
}

function Exits({ name, exits, wrong }: ExitsProps) {
  const nodes = useEditor((state) => state.doc.nodes);
  if (!exits.length) return null;
  return (
    <section className="oe-exits-form" data-field="exits">
      <h4>{t("step.exits")}</h4>
      {exits.map((exit) => (
        <div key={exit.name} className="oe-exit-line">
          <label htmlFor={`exit-${name}-${exit.name}`} title={exit.name}>
            {exit.title}
          </label>
          <select
            id={`exit-${name}-${exit.name}`}
            className="form-select form-select-sm"
            value={exit.target ?? ""}
            onChange={(event) =>
              event.target.value
                ? actions.connect(name, exit.name, event.target.value)
                : actions.disconnect([{ node: name, exit: exit.name }])
            }
          >
            <option value="">{t("form.nowhere")}</option>
            {exit.target && !(exit.target in nodes) && <option value={exit.target}>{exit.target}</option>}
            {Object.keys(nodes).map((one) => (
              <option key={one} value={one}>
                {one}
              </option>
            ))}
          </select>
          <button
            type="button"
            className="oe-icon-button"
            disabled={!exit.target || !(exit.target in nodes)}
            aria-label={t("step.go_to")}
            title={t("step.go_to")}
            onClick={() => exit.target && goTo(exit.target)}
          >
            <Icon name="arrow-right" />
          </button>
        </div>
      ))}
      {wrong.map((one) => (
        <div key={one.sentence} className={one.bad ? "oe-fault" : "oe-warning"}>
          {one.sentence}
        </div>
      ))}
    </section>
  );
}

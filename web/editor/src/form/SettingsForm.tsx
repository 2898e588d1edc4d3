// The scenario itself: title, languages, purpose, columns of the list, variables; from the schema of the document.

import { useMemo } from "react";
import type { Json } from "../model/document";
import { type Path, setSetting } from "../model/graph";
import { knownNames } from "../model/names";
import { edit, useEditor } from "../store/editor";
import { t } from "../texts";
import { type FormContext, FormProvider } from "./context";
import { Field } from "./Field";
import { faultsOf } from "./faults";

// The name is what campaigns and files call it; it was given when the scenario was made.
const ELSEWHERE = new Set(["name", "format", "layout", "nodes", "recordings", "subscenarios"]);

export function SettingsForm() {
  const doc = useEditor((state) => state.doc);
  const kinds = useEditor((state) => state.kinds);
  const issues = useEditor((state) => state.issues);
  const problems = useEditor((state) => state.problems);
  const known = useMemo(() => knownNames(doc, kinds.kinds), [doc, kinds]);
  const faults = useMemo(() => faultsOf(null, issues, problems), [issues, problems]);
  const root = kinds.scenario;
  const form: FormContext = {
    root,
    languages: doc.languages,
    known,
    nodes: Object.keys(doc.nodes),
    node: null,
    rule: null,
    wrong: faults.at,
    newExit: () => "",
    exitTarget: () => "",
    setExitTarget: () => undefined,
  };
  const set = (path: Path, next: Json | undefined) =>
    edit(t("did.settings"), (now) => setSetting(now, path, next), `scenario.${path.join(".")}`);
  return (
    <FormProvider value={form}>
      <div className="oe-form">
        {faults.whole.map((one) => (
          <div key={one.sentence} className={`oe-form-fault ${one.bad ? "is-bad" : ""}`}>
            {one.sentence}
          </div>
        ))}
        {Object.entries(root.properties ?? {})
          .filter(([name]) => !ELSEWHERE.has(name))
          .map(([name, schema]) => (
            <Field
              key={name}
              name={name}
              schema={schema}
              value={(doc as { [key: string]: unknown })[name] as Json | undefined}
              path={[name]}
              required={(root.required ?? []).includes(name)}
              onChange={set}
            />
          ))}
      </div>
    </FormProvider>
  );
}

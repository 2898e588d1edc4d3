// What the call knows by now: variables and answers, and the facts that it noted.

import type { Fact, SimulationState } from "../api/types";
import { t, tried } from "../texts";

export function Values({ state }: { state: SimulationState }) {
  const variables = Object.entries(state.variables);
  return (
    <div className="oe-values">
      <h4>{t("sim.variables")}</h4>
      {variables.length === 0 ? (
        <p className="oe-quiet">{t("sim.no_variables")}</p>
      ) : (
        <dl>
          {variables.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value || "—"}</dd>
            </div>
          ))}
        </dl>
      )}
      <details open={state.over}>
        <summary>
          {t("sim.facts")} <span className="oe-count">{state.facts.length}</span>
        </summary>
        <ol className="oe-facts">
          {state.facts.map((fact, index) => (
            <li key={index}>{words(fact)}</li>
          ))}
        </ol>
      </details>
    </div>
  );
}

function words(fact: Fact): string {
  const values = Object.fromEntries(
    Object.entries(fact).filter(
      (entry): entry is [string, string | number] =>
        typeof entry[1] === "string" || typeof entry[1] === "number",
    ),
  );
  return tried(`fact.${fact.type}`, values) ?? [fact.type, ...Object.values(values).slice(1)].join(" · ");
}

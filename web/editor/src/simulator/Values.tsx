// What the call knows by now: variables and answers, and the facts that it noted.

import type { SimulationState } from "../api/types";
import { t } from "../texts";

export function Values({ state }: { state: SimulationState }) {
  const variables = Object.entries(state.variables);
  return (
    <div className="ok-values">
      <h4>{t("sim.variables")}</h4>
      {variables.length === 0 ? (
        <p className="ok-quiet">{t("sim.no_variables")}</p>
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
      <details>
        <summary>
          {t("sim.facts")} <span className="ok-count">{state.facts.length}</span>
        </summary>
        <ol className="ok-facts">
          {state.facts.map((fact, index) => (
            <li key={index}>{words(fact)}</li>
          ))}
        </ol>
      </details>
    </div>
  );
}

function words(fact: SimulationState["facts"][number]): string {
  if (typeof fact.sentence === "string") return fact.sentence;
  const { kind, type, ...rest } = fact;
  const values = Object.values(rest).filter((value) => typeof value === "string" || typeof value === "number");
  return [kind ?? type, ...values].join(" · ");
}

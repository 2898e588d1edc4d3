// The call to a phone of ours as it goes: a card over the canvas, where its steps light up.

import { useEffect } from "react";
import { goTo, open, useEditor } from "../store/editor";
import { cancel, dismiss, type Stage, stageOf, useTestCall } from "../store/testCall";
import { firstText } from "../model/document";
import { duration, t, type Key } from "../texts";
import { Icon } from "../ui/Icon";

const STAGES: [Stage, Key, string][] = [
  ["waiting", "test.stage_waiting", "microphone"],
  ["dialing", "test.stage_dialing", "phone-outgoing"],
  ["ringing", "test.stage_ringing", "bell-ringing"],
  ["talking", "test.stage_talking", "phone-call"],
];

export function TestCallCard() {
  const { order, phone, virtual, state, error } = useTestCall();
  const doc = useEditor((now) => now.doc);
  const scenario = useEditor((now) => now.id);
  useEffect(() => dismiss, [scenario]);
  if (order === null) return null;
  const stage = stageOf(state);
  const at = STAGES.findIndex(([one]) => one === (stage === "preparing" ? "waiting" : stage));
  const title = (node: string) => firstText(doc.nodes[node]?.title, doc.languages) || node;
  return (
    <section className="oe-test-card" aria-label={t("test.card")}>
      <header>
        <strong>
          <Icon name="phone-call" /> {phone}
        </strong>
        <button type="button" className="oe-icon-button" aria-label={t("close")} onClick={dismiss}>
          <Icon name="x" />
        </button>
      </header>
      <div aria-live="polite">
        {stage !== "over" ? (
          <ol>
            {STAGES.map(([name, words, icon], index) => (
              <li key={name} className={index < at ? "is-past" : index === at ? "is-now" : ""}>
                {index === at ? <span className="oe-spinner" /> : <Icon name={index < at ? "check" : icon} />}
                <span>{t(words)}</span>
              </li>
            ))}
          </ol>
        ) : (
          <p className={`oe-test-end ${state?.state === "done" ? "" : "is-bad"}`}>
            <Icon name={state?.state === "done" ? "phone-off" : "circle-x"} />
            <span>
              {state?.outcome_title ?? t(ENDS[state?.state ?? ""] ?? "test.end_failed")}
              {state?.ended_by && <small>{t("test.ended_by", { who: state.ended_by })}</small>}
              {state?.talk_s != null && <small>{t("test.talked", { time: duration(state.talk_s) })}</small>}
            </span>
          </p>
        )}
        {state?.sentence && <p className="oe-quiet">{state.sentence}</p>}
        {state?.fault && <p className="oe-quiet">{state.fault}</p>}
        {virtual && stage === "over" && state?.cause && <p className="oe-quiet">{t("test.virtual_again")}</p>}
        {error && <p className="oe-quiet">{error}</p>}
        {state?.node && (
          <button type="button" className="oe-test-node" onClick={() => goTo(state.node!, null)}>
            <Icon name="volume" /> {title(state.node)}
          </button>
        )}
        {(state?.answers.length ?? 0) > 0 && (
          <dl>
            {state!.answers.map((one, index) => (
              <div key={index}>
                <dt>{title(one.node)}</dt>
                <dd>{one.title || one.value}</dd>
              </div>
            ))}
          </dl>
        )}
      </div>
      <footer>
        {state?.state === "asked" && (
          <button type="button" className="btn btn-sm" onClick={() => void cancel()}>
            {t("cancel")}
          </button>
        )}
        {stage === "over" && (
          <button type="button" className="btn btn-sm" onClick={() => open({ kind: "test-call" })}>
            <Icon name="refresh" /> {t("sim.again")}
          </button>
        )}
      </footer>
    </section>
  );
}

const ENDS: { [state: string]: Key } = {
  denied: "test.end_denied",
  expired: "test.end_expired",
  cancelled: "test.end_cancelled",
  failed: "test.end_failed",
};

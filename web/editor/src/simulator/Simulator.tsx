// The simulator beside the canvas: a call with the draft as it stands, with a person played by the reader.

import { useEffect, useMemo, useRef, useState } from "react";
import * as api from "../api/calls";
import type { SimulationEvent, SimulationState } from "../api/types";
import { goTo, tell, useEditor } from "../store/editor";
import { happen, type Line, start, stop, useSimulation } from "../store/simulation";
import { t } from "../texts";
import { sentenceOf } from "../ui/Failure";
import { Icon } from "../ui/Icon";
import { ContactForm } from "./ContactForm";
import { contactOf, keepContact } from "./contact";
import { Keypad } from "./Keypad";
import { useSpeaker } from "./useSpeaker";
import { Values } from "./Values";

export function Simulator() {
  const { id, state, lines, busy, error, edits } = useSimulation();
  const scenario = useEditor((now) => now.id);
  const doc = useEditor((now) => now.doc);
  const stale = useEditor((now) => now.edits) !== edits;
  const [contact, setContact] = useState(() => contactOf(scenario, doc));
  const [person, setPerson] = useState<number | null>(null);
  const [aloud, setAloud] = useState(true);
  const speaking = useSpeaker(aloud);
  const filled = useMemo(() => ({ ...contactOf(scenario, doc), ...contact }), [scenario, doc, contact]);
  const can = (kind: string) => !busy && !!state?.accepts.includes(kind);
  const ring = () => void start(person === null ? { contact: filled } : { contact_id: person });
  return (
    <div className="oe-simulator">
      {!id && (
        <>
          <p className="oe-quiet">{t("sim.intro")}</p>
          <ContactForm
            contact={filled}
            person={person}
            onPerson={setPerson}
            onChange={(next) => {
              setContact(next);
              keepContact(scenario, next);
            }}
          />
        </>
      )}
      {error && (
        <div className="alert alert-danger py-2" role="alert">
          {error}
        </div>
      )}
      <div className="oe-sim-start">
        <button type="button" className="btn btn-primary" disabled={busy} onClick={ring}>
          <Icon name={id ? "refresh" : "phone"} /> {id ? t("sim.again") : t("sim.start")}
        </button>
        {id && (
          <button type="button" className="btn" onClick={stop}>
            {t("sim.contact")}
          </button>
        )}
        <label className="oe-aloud">
          <input
            type="checkbox"
            role="switch"
            className="form-check-input"
            checked={aloud}
            onChange={(event) => setAloud(event.target.checked)}
          />
          {t("sim.aloud")}
        </label>
      </div>
      {id && stale && <p className="oe-warning">{t("sim.stale")}</p>}
      {state && (
        <>
          <Transcript
            lines={lines}
            speaking={speaking}
            over={state.over ? (state.outcome_title ?? "") : null}
          />
          {state.fault && (
            <div className="alert alert-danger py-2" role="alert">
              {state.fault}
            </div>
          )}
          {state.whisper && <p className="oe-quiet">{t("sim.whisper", { text: state.whisper })}</p>}
          {!state.over && (
            <div className="oe-phone">
              <Keypad
                enabled={can("key")}
                typed={state.typed}
                sense={state.keys}
                onKey={(key) => void happen({ kind: "key", keys: key }, key)}
              />
              <Events can={can} state={state} />
            </div>
          )}
          {state.over && state.events !== null && <KeepGolden />}
          <Values state={state} />
        </>
      )}
    </div>
  );
}

function Transcript({
  lines,
  speaking,
  over,
}: {
  lines: Line[];
  speaking: Line | null;
  over: string | null;
}) {
  const box = useRef<HTMLOListElement>(null);
  useEffect(() => {
    box.current?.lastElementChild?.scrollIntoView({ block: "nearest" });
  }, [lines, over]);
  return (
    <ol className="oe-transcript" ref={box} aria-live="polite">
      {lines.map((line) => (
        <li key={line.id} className={`oe-line is-${line.who} ${line === speaking ? "is-speaking" : ""}`}>
          {line.who === "call" ? (
            <button
              type="button"
              onClick={() => line.node && goTo(line.node, null)}
              title={line.node ?? undefined}
            >
              {line.text}
            </button>
          ) : (
            <span>{line.text}</span>
          )}
        </li>
      ))}
      {over !== null && <li className="oe-line is-end">{t("sim.over", { outcome: over })}</li>}
    </ol>
  );
}

interface Button {
  kind: string;
  icon: string;
  words: string;
  event: SimulationEvent;
}

function Events({ can, state }: { can: (kind: string) => boolean; state: SimulationState }) {
  const [values, setValues] = useState<{ [name: string]: string }>({});
  const given = Object.fromEntries(
    state.wanted.flatMap((name) => (values[name] ? [[name, values[name]]] : [])),
  );
  const answer = { kind: "request", ok: true, ...(Object.keys(given).length ? { values: given } : {}) };
  // How much of the last words was heard before the receiver was put down.
  const unheard = useSimulation((now) => now.queue.length);
  const buttons: Button[] = [
    { kind: "silence", icon: "volume-3", words: t("sim.silence"), event: { kind: "silence" } },
    { kind: "voice", icon: "message", words: t("sim.voice"), event: { kind: "voice", seconds: 5 } },
    ...(can("transfer") ? state.outcomes : []).map((one) => ({
      kind: "transfer",
      icon: "headset",
      words: one.title,
      event: { kind: "transfer", outcome: one.code },
    })),
    ...(can("request") && state.outcomes.length
      ? state.outcomes.map((one) => ({
          kind: "request",
          icon: "cloud-check",
          words: one.title,
          event: { ...answer, exit: one.code },
        }))
      : [{ kind: "request", icon: "cloud-check", words: t("sim.request_ok"), event: answer }]),
    {
      kind: "request",
      icon: "cloud-off",
      words: t("sim.request_failed"),
      event: { kind: "request", ok: false },
    },
    { kind: "machine", icon: "device-speaker", words: t("sim.machine"), event: { kind: "machine" } },
    {
      kind: "hangup",
      icon: "phone-x",
      words: t("sim.hangup"),
      event: { kind: "hangup", ...(unheard ? { heard: Math.max(0, state.said.length - unheard) } : {}) },
    },
  ];
  return (
    <div className="oe-events">
      {can("request") &&
        state.wanted.map((name) => (
          <input
            key={name}
            className="form-control form-control-sm"
            placeholder={name}
            aria-label={`${t("sim.value")}: ${name}`}
            value={values[name] ?? ""}
            onChange={(event) => setValues({ ...values, [name]: event.target.value })}
          />
        ))}
      {buttons
        .filter((one) => can(one.kind))
        .map((one) => (
          <button
            type="button"
            key={`${one.kind} ${one.words}`}
            className="oe-event"
            onClick={() => void happen(one.event, one.words)}
          >
            <Icon name={one.icon} /> {one.words}
          </button>
        ))}
      {can("clock") && <Clock now={state.now} />}
    </div>
  );
}

function Clock({ now }: { now: string }) {
  const [at, setAt] = useState(now.slice(0, 16));
  return (
    <details className="oe-clock">
      <summary>
        <Icon name="clock" /> {t("sim.clock")}
      </summary>
      <div>
        <input
          type="datetime-local"
          className="form-control form-control-sm"
          aria-label={t("sim.clock")}
          value={at}
          onChange={(event) => setAt(event.target.value)}
        />
        <button
          type="button"
          className="btn btn-sm"
          disabled={!at}
          onClick={() => void happen({ kind: "clock", to: at }, `${t("sim.clock")}: ${at.replace("T", " ")}`)}
        >
          {t("sim.clock_set")}
        </button>
      </div>
    </details>
  );
}

function KeepGolden() {
  const id = useSimulation((now) => now.id);
  const [name, setName] = useState("");
  const [kept, setKept] = useState(false);
  const keep = async () => {
    try {
      await api.keepGolden(id!, name.trim());
      setKept(true);
      tell(t("golden.kept"));
    } catch (error) {
      tell(sentenceOf(error), "bad");
    }
  };
  if (kept) return <p className="oe-quiet">{t("golden.kept")}</p>;
  return (
    <form
      className="oe-golden"
      onSubmit={(event) => {
        event.preventDefault();
        void keep();
      }}
    >
      <label htmlFor="oe-golden-name">{t("golden.help")}</label>
      <div>
        <input
          id="oe-golden-name"
          className="form-control form-control-sm"
          value={name}
          maxLength={60}
          placeholder={t("golden.name")}
          onChange={(event) => setName(event.target.value)}
        />
        <button type="submit" className="btn btn-sm" disabled={!name.trim()}>
          {t("golden.keep")}
        </button>
      </div>
    </form>
  );
}

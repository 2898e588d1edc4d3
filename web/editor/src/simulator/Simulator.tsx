// The simulator beside the canvas: a call with the draft as it stands, with a person played by the reader.

import { useEffect, useMemo, useRef, useState } from "react";
import * as api from "../api/calls";
import type { SimulationEvent } from "../api/types";
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
  const [aloud, setAloud] = useState(true);
  const speaking = useSpeaker(aloud);
  const filled = useMemo(() => ({ ...contactOf(scenario, doc), ...contact }), [scenario, doc, contact]);
  const can = (kind: string) => !busy && !!state?.accepts.includes(kind);
  const ring = () => void start(filled);
  return (
    <div className="ok-simulator">
      {!id && (
        <>
          <p className="ok-quiet">{t("sim.intro")}</p>
          <ContactForm
            contact={filled}
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
      <div className="ok-sim-start">
        <button type="button" className="btn btn-primary" disabled={busy} onClick={ring}>
          <Icon name={id ? "refresh" : "phone"} /> {id ? t("sim.again") : t("sim.start")}
        </button>
        {id && (
          <button type="button" className="btn" onClick={stop}>
            {t("sim.contact")}
          </button>
        )}
        <label className="ok-aloud">
          <input type="checkbox" role="switch" className="form-check-input" checked={aloud} onChange={(event) => setAloud(event.target.checked)} />
          {t("sim.aloud")}
        </label>
      </div>
      {id && stale && <p className="ok-warning">{t("sim.stale")}</p>}
      {state && (
        <>
          <Transcript lines={lines} speaking={speaking} over={state.over ? (state.outcome ?? "") : null} />
          {!state.over && (
            <div className="ok-phone">
              <Keypad
                enabled={can("key")}
                typed={state.typed ?? ""}
                onKey={(key) => void happen({ kind: "key", keys: key }, key)}
              />
              <Events can={can} instruction={state.instruction} />
            </div>
          )}
          {state.over && <KeepGolden />}
          <Values state={state} />
        </>
      )}
    </div>
  );
}

function Transcript({ lines, speaking, over }: { lines: Line[]; speaking: Line | null; over: string | null }) {
  const box = useRef<HTMLOListElement>(null);
  useEffect(() => {
    box.current?.lastElementChild?.scrollIntoView({ block: "nearest" });
  }, [lines, over]);
  return (
    <ol className="ok-transcript" ref={box} aria-live="polite">
      {lines.map((line) => (
        <li key={line.id} className={`ok-line is-${line.who} ${line === speaking ? "is-speaking" : ""}`}>
          {line.who === "call" ? (
            <button type="button" onClick={() => line.node && goTo(line.node, null)} title={line.node ?? undefined}>
              {line.text}
            </button>
          ) : (
            <span>{line.text}</span>
          )}
        </li>
      ))}
      {over !== null && <li className="ok-line is-end">{t("sim.over", { outcome: over })}</li>}
    </ol>
  );
}

interface Button {
  kind: string;
  icon: string;
  words: string;
  event: SimulationEvent;
}

function Events({ can, instruction }: { can: (kind: string) => boolean; instruction: unknown }) {
  const buttons: Button[] = [
    { kind: "silence", icon: "volume-3", words: t("sim.silence"), event: { kind: "silence" } },
    { kind: "voice", icon: "message", words: t("sim.voice"), event: { kind: "voice", seconds: 5 } },
    { kind: "transfer", icon: "headset", words: t("sim.answered"), event: { kind: "transfer", outcome: "answered" } },
    { kind: "transfer", icon: "phone-off", words: t("sim.busy"), event: { kind: "transfer", outcome: "busy" } },
    { kind: "request", icon: "cloud-check", words: t("sim.request_ok"), event: { kind: "request", ok: true } },
    { kind: "request", icon: "cloud-off", words: t("sim.request_failed"), event: { kind: "request", ok: false } },
    { kind: "machine", icon: "device-speaker", words: t("sim.machine"), event: { kind: "machine" } },
    { kind: "hangup", icon: "phone-x", words: t("sim.hangup"), event: { kind: "hangup" } },
  ];
  void instruction;
  return (
    <div className="ok-events">
      {buttons
        .filter((one) => can(one.kind))
        .map((one) => (
          <button type="button" key={one.words} className="ok-event" onClick={() => void happen(one.event, one.words)}>
            <Icon name={one.icon} /> {one.words}
          </button>
        ))}
      {can("clock") && <Clock />}
    </div>
  );
}

function Clock() {
  const [at, setAt] = useState("");
  const [holiday, setHoliday] = useState(false);
  return (
    <details className="ok-clock">
      <summary>
        <Icon name="clock" /> {t("sim.clock")}
      </summary>
      <div>
        <input type="datetime-local" className="form-control form-control-sm" aria-label={t("sim.clock")} value={at} onChange={(event) => setAt(event.target.value)} />
        <label>
          <input type="checkbox" className="form-check-input" checked={holiday} onChange={(event) => setHoliday(event.target.checked)} /> {t("sim.holiday")}
        </label>
        <button
          type="button"
          className="btn btn-sm"
          disabled={!at}
          onClick={() => void happen({ kind: "clock", now: `${at}:00`, holiday }, `${t("sim.clock")}: ${at.replace("T", " ")}`)}
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
  if (kept) return <p className="ok-quiet">{t("golden.kept")}</p>;
  return (
    <form
      className="ok-golden"
      onSubmit={(event) => {
        event.preventDefault();
        void keep();
      }}
    >
      <label htmlFor="ok-golden-name">{t("golden.help")}</label>
      <div>
        <input id="ok-golden-name" className="form-control form-control-sm" value={name} maxLength={60} placeholder={t("golden.name")} onChange={(event) => setName(event.target.value)} />
        <button type="submit" className="btn btn-sm" disabled={!name.trim()}>
          {t("golden.keep")}
        </button>
      </div>
    </form>
  );
}

// Giving a text a voice: recorded here, uploaded, or chosen from the library; trimmed before it is kept.

import { useEffect, useRef, useState } from "react";
import * as api from "../api/calls";
import type { Prompt, Uploaded } from "../api/types";
import { textIn } from "../model/document";
import { getAt, setSetting } from "../model/graph";
import { keyFor } from "../model/recordings";
import { edit, open, tell, useEditor } from "../store/editor";
import { t } from "../texts";
import { Failure } from "../ui/Failure";
import { Icon } from "../ui/Icon";
import { Modal } from "../ui/Modal";
import { useTask } from "../ui/useTask";
import { decode, fetched, play, stop } from "./player";
import { isClipped, spoken, wav } from "./wave";
import { Waveform } from "./Waveform";

interface Props {
  node: string;
  field: string;
  language: string;
}

const MOST_S = 300;

export default function RecordingDialog({ node, field, language }: Props) {
  const doc = useEditor((state) => state.doc);
  const place = `${node}.${field}`;
  const key = doc.recordings?.[place];
  const [sound, setSound] = useState<AudioBuffer | null>(null);
  const [range, setRange] = useState({ from: 0, to: 0 });
  const [told, setTold] = useState<Uploaded | null>(null);
  const task = useTask();
  const text = textIn(getAt(doc.nodes[node], field.split(".")), language, doc.languages);
  const close = () => {
    stop();
    open(null);
  };
  const take = (blob: Blob) =>
    task.run(async () => {
      const decoded = await decode(blob).catch(() => {
        throw new Error(t("recording.unreadable"));
      });
      if (decoded.duration > MOST_S) throw new Error(t("recording.too_long"));
      setSound(decoded);
      setRange(spoken(decoded));
      setTold(null);
    });
  const use = (chosen: string | undefined) =>
    edit(t("did.recording"), (now) => setSetting(now, ["recordings", place], chosen));
  const keep = () =>
    task.run(async () => {
      if (!sound) return;
      // Another scenario's recording, chosen from the library, stays what it is; a text in several languages has one key.
      const own = key && (key.startsWith(`${doc.name}.`) || doc.languages.length > 1);
      const wanted = own ? key : keyFor(doc.name, node, field);
      const file = new Blob([wav(sound, range.from, range.to)], { type: "audio/wav" });
      const result = await api.uploadPrompt(file, `${wanted}.wav`, wanted, language);
      use(wanted);
      setTold(result);
      setSound(null);
      tell(t("recording.kept"));
    });
  return (
    <Modal
      title={t("recording.title")}
      wide
      onClose={close}
      footer={
        sound && (
          <>
            <button type="button" className="btn" onClick={() => setSound(null)}>
              {t("recording.again")}
            </button>
            <button
              type="button"
              className="btn btn-primary"
              disabled={task.busy}
              onClick={() => void keep()}
            >
              {t("recording.keep")}
            </button>
          </>
        )
      }
    >
      {text && <blockquote className="oe-said">{text}</blockquote>}
      <Failure error={task.error} />
      {told && <Told told={told} />}
      {key && !sound && <Present recording={key} language={language} onRemove={() => use(undefined)} />}
      {sound ? (
        <Trim sound={sound} range={range} onChange={setRange} />
      ) : (
        <div className="oe-sources">
          <Recorder
            onDone={(blob) => void take(blob)}
            onError={(error) => void task.run(() => Promise.reject(error))}
          />
          <Upload onFile={(file) => void take(file)} />
          <Library language={language} onChoose={use} />
        </div>
      )}
    </Modal>
  );
}

function Told({ told }: { told: Uploaded }) {
  return (
    <div className={`alert py-2 ${told.clipped ? "alert-warning" : "alert-success"}`} role="status">
      {t("recording.result", { seconds: told.duration_s.toFixed(1) })}
      {told.clipped && ` ${t("recording.clipped")}`}
    </div>
  );
}

function Present({
  recording,
  language,
  onRemove,
}: {
  recording: string;
  language: string;
  onRemove: () => void;
}) {
  const task = useTask();
  const hear = () => task.run(async () => play(await fetched(api.promptAudio(recording, language))));
  return (
    <>
      <div className="oe-present">
        <Icon name="microphone" />
        <span>{t("recording.has", { key: recording })}</span>
        <button type="button" className="btn btn-sm" disabled={task.busy} onClick={() => void hear()}>
          <Icon name="player-play" /> {t("speech.listen")}
        </button>
        <button type="button" className="btn btn-sm" onClick={onRemove}>
          {t("recording.remove")}
        </button>
      </div>
      {task.error ? <p className="oe-warning">{t("recording.not_in_library", { language })}</p> : null}
    </>
  );
}

interface TrimProps {
  sound: AudioBuffer;
  range: { from: number; to: number };
  onChange: (range: { from: number; to: number }) => void;
}

function Trim({ sound, range, onChange }: TrimProps) {
  return (
    <div>
      <Waveform
        sound={sound}
        from={range.from}
        to={range.to}
        onChange={(from, to) => onChange({ from, to })}
      />
      <div className="oe-trim-line">
        <button type="button" className="btn btn-sm" onClick={() => void play(sound, range.from, range.to)}>
          <Icon name="player-play" /> {t("speech.listen")}
        </button>
        <button type="button" className="btn btn-sm" onClick={() => onChange(spoken(sound))}>
          <Icon name="cut" /> {t("recording.trim")}
        </button>
        <span className="oe-quiet oe-numbers">
          {t("recording.length", { seconds: (range.to - range.from).toFixed(1) })}
        </span>
      </div>
      {isClipped(sound) && <p className="oe-warning">{t("recording.clipped")}</p>}
    </div>
  );
}

function Recorder({ onDone, onError }: { onDone: (blob: Blob) => void; onError: (error: Error) => void }) {
  const [recorder, setRecorder] = useState<MediaRecorder | null>(null);
  const [seconds, setSeconds] = useState(0);
  const stream = useRef<MediaStream | null>(null);
  const here = useRef(true);
  useEffect(() => {
    here.current = true;
    return () => {
      here.current = false;
      stream.current?.getTracks().forEach((track) => track.stop());
    };
  }, []);
  useEffect(() => {
    if (!recorder) return;
    const begun = Date.now();
    const timer = setInterval(() => {
      const passed = (Date.now() - begun) / 1000;
      setSeconds(passed);
      if (passed >= MOST_S && recorder.state === "recording") recorder.stop();
    }, 200);
    return () => clearInterval(timer);
  }, [recorder]);
  const begin = async () => {
    if (!navigator.mediaDevices) return onError(new Error(t("recording.needs_https")));
    try {
      stream.current = await navigator.mediaDevices.getUserMedia({
        audio: { channelCount: 1, echoCancellation: false },
      });
    } catch (refused) {
      const none = refused instanceof DOMException && refused.name === "NotFoundError";
      return onError(new Error(t(none ? "recording.no_microphone" : "recording.forbidden")));
    }
    // Who has left the dialog before they allowed it is not listened to.
    if (!here.current) return stream.current.getTracks().forEach((track) => track.stop());
    const made = new MediaRecorder(stream.current);
    const pieces: Blob[] = [];
    made.ondataavailable = (event) => pieces.push(event.data);
    made.onstop = () => {
      stream.current?.getTracks().forEach((track) => track.stop());
      if (!here.current) return;
      setRecorder(null);
      onDone(new Blob(pieces, { type: made.mimeType }));
    };
    made.start();
    setSeconds(0);
    setRecorder(made);
  };
  return (
    <button
      type="button"
      className={`oe-source ${recorder ? "is-recording" : ""}`}
      onClick={() => (recorder ? recorder.stop() : void begin())}
    >
      <Icon name={recorder ? "player-stop" : "microphone"} />
      <strong>{recorder ? t("recording.stop") : t("recording.start")}</strong>
      <small className="oe-numbers">
        {recorder ? t("recording.length", { seconds: seconds.toFixed(1) }) : t("recording.start_help")}
      </small>
    </button>
  );
}

function Upload({ onFile }: { onFile: (file: File) => void }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button
        type="button"
        className="oe-source"
        onClick={() => input.current?.click()}
        onDragOver={(event) => event.preventDefault()}
        onDrop={(event) => {
          event.preventDefault();
          const file = event.dataTransfer.files[0];
          if (file) onFile(file);
        }}
      >
        <Icon name="upload" />
        <strong>{t("recording.upload")}</strong>
        <small>{t("recording.upload_help")}</small>
      </button>
      <input
        ref={input}
        type="file"
        accept="audio/*,.wav,.mp3,.ogg"
        hidden
        onChange={(event) => {
          const file = event.target.files?.[0];
          event.target.value = "";
          if (file) onFile(file);
        }}
      />
    </>
  );
}

function Library({ language, onChoose }: { language: string; onChoose: (key: string) => void }) {
  const [wanted, setWanted] = useState("");
  const [found, setFound] = useState<Prompt[] | null>(null);
  const task = useTask();
  const { run } = task;
  useEffect(() => {
    const timer = setTimeout(
      () =>
        void run(async () =>
          setFound((await api.prompts(language, wanted)).filter((one) => one.source === "recording")),
        ),
      250,
    );
    return () => clearTimeout(timer);
  }, [wanted, language, run]);
  return (
    <div className="oe-library">
      <input
        className="form-control form-control-sm"
        type="search"
        value={wanted}
        placeholder={t("recording.library")}
        aria-label={t("recording.library")}
        onChange={(event) => setWanted(event.target.value)}
      />
      <ul>
        {found?.slice(0, 20).map((one) => (
          <li key={one.key}>
            <button type="button" onClick={() => onChoose(one.key)}>
              {one.title || one.key}
              {one.duration_s != null && <small className="oe-numbers">{one.duration_s.toFixed(1)}</small>}
            </button>
          </li>
        ))}
        {(task.error || found?.length === 0) && <li className="oe-quiet">{t("recording.library_empty")}</li>}
      </ul>
    </div>
  );
}

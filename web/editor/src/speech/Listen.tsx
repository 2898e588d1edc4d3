// Hear a text as the call would say it, with the values of the contact that is tried out.

import { useEffect, useRef, useState } from "react";
import * as api from "../api/calls";
import { tell, useEditor } from "../store/editor";
import { t } from "../texts";
import { sentenceOf } from "../ui/Failure";
import { Icon } from "../ui/Icon";
import { contactOf } from "../simulator/contact";
import { decode, play, stop } from "./player";

type Listening = "idle" | "waiting" | "playing";

export function ListenButton({ text, language }: { text: string; language: string }) {
  const [now, setNow] = useState<Listening>("idle");
  const turn = useRef(0);
  useEffect(
    () => () => {
      turn.current++;
    },
    [],
  );
  const listen = async () => {
    const mine = ++turn.current;
    if (now !== "idle") {
      stop();
      setNow("idle");
      return;
    }
    setNow("waiting");
    try {
      const { id, doc } = useEditor.getState();
      const sound = await decode(await api.speech({ text, language, values: contactOf(id, doc) }));
      if (turn.current !== mine) return;
      setNow("playing");
      await play(sound);
    } catch (error) {
      tell(sentenceOf(error), "bad");
    }
    if (turn.current === mine) setNow("idle");
  };
  return (
    <button
      type="button"
      className={`oe-tool ${now === "playing" ? "is-on" : ""}`}
      disabled={!text.trim()}
      aria-busy={now === "waiting"}
      title={t("speech.listen_help")}
      onClick={() => void listen()}
    >
      {now === "waiting" ? (
        <span className="oe-spinner" />
      ) : (
        <Icon name={now === "playing" ? "player-stop" : "player-play"} />
      )}
      {now === "playing" ? t("speech.stop") : t("speech.listen")}
    </button>
  );
}

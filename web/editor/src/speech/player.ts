// One thing is heard at a time.  Sound goes through Web Audio, so that no address of a blob is needed for it.

let context: AudioContext | null = null;
let playing: AudioBufferSourceNode | null = null;

export function audioContext(): AudioContext {
  context ??= new AudioContext();
  return context;
}

export async function decode(data: Blob | ArrayBuffer): Promise<AudioBuffer> {
  return audioContext().decodeAudioData(data instanceof Blob ? await data.arrayBuffer() : data);
}

export async function fetched(url: string): Promise<AudioBuffer> {
  const response = await fetch(url, { credentials: "same-origin" });
  if (!response.ok) throw new Error(response.statusText);
  return decode(await response.arrayBuffer());
}

// Resolves when it was heard to its end (true) or stopped (false).
export async function play(buffer: AudioBuffer, from = 0, to = buffer.duration): Promise<boolean> {
  stop();
  const audio = audioContext();
  if (audio.state === "suspended") await audio.resume();
  const source = audio.createBufferSource();
  source.buffer = buffer;
  source.connect(audio.destination);
  playing = source;
  return new Promise((done) => {
    source.onended = () => {
      const whole = playing === source;
      if (whole) playing = null;
      done(whole);
    };
    source.start(0, from, Math.max(0.01, to - from));
  });
}

export function stop(): void {
  const source = playing;
  playing = null;
  try {
    source?.stop();
  } catch {
    // It had not begun.
  }
}

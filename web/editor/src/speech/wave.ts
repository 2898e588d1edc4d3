// Sound as numbers: how loud it is over its length, where the silence ends, a piece of it as a WAV file.

export interface Samples {
  length: number;
  sampleRate: number;
  numberOfChannels: number;
  getChannelData: (channel: number) => Float32Array;
}

export function peaks(sound: Samples, columns: number): number[] {
  const data = sound.getChannelData(0);
  const step = Math.max(1, Math.floor(data.length / columns));
  const made: number[] = [];
  for (let column = 0; column < columns; column++) {
    let most = 0;
    const end = Math.min(data.length, (column + 1) * step);
    for (let at = column * step; at < end; at++) most = Math.max(most, Math.abs(data[at]!));
    made.push(most);
  }
  return made;
}

const QUIET = 0.02;
const MARGIN_S = 0.12;

// Where speech begins and ends, with a little room; the whole of it where nothing is loud enough.
export function spoken(sound: Samples): { from: number; to: number } {
  const data = sound.getChannelData(0);
  let first = 0;
  while (first < data.length && Math.abs(data[first]!) < QUIET) first++;
  let last = data.length - 1;
  while (last > first && Math.abs(data[last]!) < QUIET) last--;
  const whole = data.length / sound.sampleRate;
  if (last <= first) return { from: 0, to: whole };
  return {
    from: Math.max(0, first / sound.sampleRate - MARGIN_S),
    to: Math.min(whole, last / sound.sampleRate + MARGIN_S),
  };
}

export const isClipped = (sound: Samples): boolean => {
  const data = sound.getChannelData(0);
  let full = 0;
  for (let at = 0; at < data.length; at++) if (Math.abs(data[at]!) >= 0.999) full++;
  return full > 8;
};

// 16 bit, one channel: all that a telephone needs.
export function wav(sound: Samples, from: number, to: number): ArrayBuffer {
  const first = Math.floor(from * sound.sampleRate);
  const last = Math.min(sound.length, Math.ceil(to * sound.sampleRate));
  const count = Math.max(0, last - first);
  const channels = Array.from({ length: sound.numberOfChannels }, (_, channel) =>
    sound.getChannelData(channel),
  );
  const view = new DataView(new ArrayBuffer(44 + count * 2));
  const word = (at: number, text: string) =>
    [...text].forEach((letter, index) => view.setUint8(at + index, letter.charCodeAt(0)));
  word(0, "RIFF");
  view.setUint32(4, 36 + count * 2, true);
  word(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, sound.sampleRate, true);
  view.setUint32(28, sound.sampleRate * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  word(36, "data");
  view.setUint32(40, count * 2, true);
  for (let at = 0; at < count; at++) {
    let value = 0;
    for (const channel of channels) value += channel[first + at]!;
    value = Math.max(-1, Math.min(1, value / channels.length));
    view.setInt16(44 + at * 2, Math.round(value * (value < 0 ? 32768 : 32767)), true);
  }
  return view.buffer;
}

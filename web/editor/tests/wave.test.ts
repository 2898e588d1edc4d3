import { expect, test } from "vitest";
import { isClipped, peaks, spoken, wav } from "../src/speech/wave";

function sound(seconds: number, at: (second: number) => number, sampleRate = 8000) {
  const data = Float32Array.from({ length: seconds * sampleRate }, (_, index) => at(index / sampleRate));
  return { length: data.length, sampleRate, numberOfChannels: 1, getChannelData: () => data };
}

test("silence at the ends is found, with a little room; a silent recording is left whole", () => {
  const { from, to } = spoken(sound(3, (at) => (at > 1 && at < 2 ? 0.5 : 0.001)));
  expect(from).toBeCloseTo(0.88, 2);
  expect(to).toBeCloseTo(2.12, 2);
  expect(spoken(sound(1, () => 0))).toEqual({ from: 0, to: 1 });
});

test("a piece becomes a WAV of that length", () => {
  const view = new DataView(
    wav(
      sound(2, (at) => (at < 1 ? -1 : 0.5)),
      0.5,
      1.5,
    ),
  );
  expect(view.byteLength).toBe(44 + 8000 * 2);
  expect(view.getUint32(24, true)).toBe(8000);
  expect(view.getInt16(44, true)).toBe(-32768);
  expect(view.getInt16(44 + 7000 * 2, true)).toBe(Math.round(0.5 * 32767));
});

test("how loud it is, and whether it is too loud", () => {
  const made = peaks(
    sound(1, (at) => (at < 0.5 ? 0.2 : 0.8)),
    2,
  );
  expect(made[0]).toBeCloseTo(0.2);
  expect(made[1]).toBeCloseTo(0.8);
  expect(isClipped(sound(1, () => 1))).toBe(true);
  expect(isClipped(sound(1, () => 0.9))).toBe(false);
});

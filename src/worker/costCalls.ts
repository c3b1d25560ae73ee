// The calls of a cost block, one variant alone: the very first one, the first one at each further input shape, and
// then the steady ones. Time is handed in, so that a fake clock makes it exact under test.
import { median } from '../stats/samples.ts';

export interface FirstCalls {
  /** The very first call of the process, milliseconds. */
  readonly firstRunMs: number;
  /** Median over the further shapes of the first call at each; null with one shape. */
  readonly newShapeRunMs: number | null;
}

export interface SteadyCalls {
  readonly steadyRunMs: number;
  readonly calls: number;
  /** From the start of the first call to the end of the last. */
  readonly spanMs: number;
}

type Call = (input: number) => Promise<unknown>;

/**
 * Every input once. @param shapes of the inputs: equal names are equal shapes, of which only the first counts.
 */
export async function firstCalls(
  call: Call,
  shapes: readonly string[],
  nowMs: () => number,
): Promise<FirstCalls> {
  const timesMs: number[] = [];
  const seen = new Set<string>();
  for (const [input, shape] of shapes.entries()) {
    const start = nowMs();
    await call(input);
    if (!seen.has(shape)) timesMs.push(nowMs() - start);
    seen.add(shape);
  }
  const [first = 0, ...further] = timesMs;
  return { firstRunMs: first, newShapeRunMs: further.length === 0 ? null : median(further) };
}

/** Whole passes over the inputs, so that each weighs the same in the energy, until `leastMs` are over. */
export async function steadyCalls(
  call: Call,
  inputs: number,
  leastMs: number,
  nowMs: () => number,
): Promise<SteadyCalls> {
  const timesMs: number[] = [];
  const start = nowMs();
  let end = start;
  do {
    for (let input = 0; input < inputs; input++) {
      const before = nowMs();
      await call(input);
      end = nowMs();
      timesMs.push(end - before);
    }
  } while (end - start < leastMs);
  return { steadyRunMs: median(timesMs), calls: timesMs.length, spanMs: end - start };
}

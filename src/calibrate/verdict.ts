// What is printed at the end: asked and reached, calibration and held-out examples side by side (so that an overfitted search
// shows), the strengths, and the tokens that each layer keeps.
import { toText, type GridColumn } from '../core/textGrid.ts';
import type { Estimate } from '../stats/proportions.ts';
import { AGREEMENT, CORRELATION, type Judged } from './confirm.ts';
import type { Goal } from './goal.ts';
import type { CalibratedMethod } from './strengthMap.ts';

/** All that a calibration has found; `--json` prints it as it is. */
export interface Verdict {
  readonly model: string;
  readonly method: CalibratedMethod;
  readonly point: string;
  readonly task: string;
  readonly text: string;
  readonly seqLen: number;
  readonly goal: Goal;
  /** Null if nothing was written. */
  readonly file: string | null;
  readonly strengths: readonly number[];
  readonly calibration: Judged & { readonly source: string };
  readonly heldOut: Judged & { readonly source: string };
  readonly evaluations: number;
  /** Whether --minutes ended the search. */
  readonly cut: boolean;
  readonly notes: readonly string[];
}

const COLUMNS: readonly GridColumn[] = [
  { title: '', align: 'left' },
  { title: 'calibration', align: 'left' },
  { title: 'held out', align: 'left' },
];

export function renderVerdict(verdict: Verdict): string {
  const { model, method, point, calibration, heldOut, task, text, seqLen } = verdict;
  const row = (label: string, of: (judged: Judged & { source: string }) => string) => ({
    cells: [label, of(calibration), of(heldOut)],
  });
  const lines = [
    row('examples', ({ n, source }) => `${n} of ${source}`),
    row('mean tokens', ({ meanTokens }) => meanTokens.toFixed(1)),
    ...(heldOut.dense === null
      ? heldOut.metric === CORRELATION
        ? [row(CORRELATION, (judged) => share(judged.point))]
        : []
      : [
          row(`${heldOut.metric} of dense`, ({ dense }) => (dense === null ? '' : share(dense))),
          row(`${heldOut.metric} of the point`, (judged) => share(judged.point)),
          row('difference', ({ delta }) =>
            delta === null ? '' : `${points(delta)}, p = ${delta.pValue.toPrecision(2)}`,
          ),
        ]),
    row(AGREEMENT, ({ agreement }) => (agreement === null ? '' : share(agreement))),
    row('divergence from dense', ({ divergence }) => divergence.toFixed(4)),
    row(
      'FLOPs ratio vs dense',
      ({ flopsRatio: { value, low, high } }) =>
        `${value.toFixed(2)}x (${low.toFixed(2)} to ${high.toFixed(2)})`,
    ),
  ];
  const head = `${model} ${method}:${point} on ${task}, ${text} text of up to ${seqLen} tokens\n`;
  return [
    head,
    toText({ columns: COLUMNS, lines }),
    '',
    layerTable(verdict),
    '',
    ...sentences(verdict),
    '',
  ].join('\n');
}

function layerTable({ method, strengths, heldOut, calibration }: Verdict): string {
  const layers = strengths.map((_, layer) => ({ title: `layer ${layer + 1}`, align: 'right' }) as const);
  const kept = (judged: Judged): string[] => judged.keptTokens.map((tokens) => tokens.toFixed(1));
  return toText({
    columns: [{ title: '', align: 'left' }, ...layers],
    lines: [
      {
        cells: [method === 'topk' ? 'keep rate' : 'threshold', ...strengths.map((value) => value.toFixed(3))],
      },
      { cells: ['tokens kept, calibration', ...kept(calibration)] },
      { cells: ['tokens kept, held out', ...kept(heldOut)] },
    ],
  });
}

/** Intervals are of 95 %. */
function share({ value, low, high }: Estimate): string {
  const one = (part: number): string => (100 * part).toFixed(1);
  return `${one(value)} % (${one(low)} to ${one(high)})`;
}

function points({ value, low, high }: Estimate): string {
  const one = (part: number): string => `${part < 0 ? '' : '+'}${(100 * part).toFixed(1)}`;
  return `${one(value)} points (${one(low)} to ${one(high)})`;
}

function sentences(verdict: Verdict): string[] {
  const { goal, calibration, heldOut, evaluations, cut, notes, file } = verdict;
  return [
    goal.kind === 'flops'
      ? flopsSentence(goal.ratio, calibration, heldOut)
      : lossSentence(goal.bound, verdict),
    `${evaluations} settings were measured${cut ? '; --minutes ended the search, so a repeat may find another' : ''}.`,
    ...notes,
    file === null ? 'nothing was written' : `written: ${file}`,
  ];
}

function flopsSentence(ratio: number, calibration: Judged, heldOut: Judged): string {
  const [own, other] = [calibration.flopsRatio.value, heldOut.flopsRatio.value].map((value) =>
    value.toFixed(2),
  );
  return `asked for ${ratio}x fewer FLOPs: ${own}x on the calibration examples, ${other}x on the held-out ones.`;
}

function lossSentence(bound: number, { calibration, heldOut }: Verdict): string {
  const lost = ({ delta, point }: Judged): Estimate =>
    delta === null
      ? { value: 1 - point.value, low: 1 - point.high, high: 1 - point.low }
      : { value: -delta.value, low: -delta.high, high: -delta.low };
  const [own, other] = [lost(calibration), lost(heldOut)];
  const text = ({ value }: Estimate): string => `${(100 * value).toFixed(1)} points`;
  const judged =
    other.high <= bound ? 'holds' : other.low > bound ? 'is broken' : 'can be neither confirmed nor denied';
  return (
    `asked for a loss of at most ${(100 * bound).toFixed(1)} points: ${text(own)} on the calibration examples; on the held-out ones ` +
    `${text(other)} (${(100 * other.low).toFixed(1)} to ${(100 * other.high).toFixed(1)}), where the bound ${judged}.`
  );
}

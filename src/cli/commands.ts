// The commands there are. Each is imported only when it is called, so that `--help` and the reports need no native
// library.
import type { Command } from './command.ts';

export type Load = () => Promise<{ readonly command: Command }>;

/** Under headings, those most used first. */
export const COMMANDS: Readonly<Record<string, Readonly<Record<string, Load>>>> = {
  Measure: {
    bench: () => import('./bench.ts'),
    doctor: () => import('./doctor.ts'),
  },
  'Look at runs': {
    report: () => import('./report.ts'),
    compare: () => import('./compare.ts'),
    history: () => import('./history.ts'),
  },
  'Models and texts': {
    models: () => import('./models.ts'),
    calibrate: () => import('./calibrate.ts'),
    data: () => import('./data.ts'),
  },
  'More machines, other programs': {
    merge: () => import('./merge.ts'),
    peers: () => import('./peers.ts'),
    'verify-avx2': () => import('./verifyAvx2.ts'),
    'setup-cuda': () => import('./setupCuda.ts'),
  },
};

/** By name. */
export const LOADS: ReadonlyMap<string, Load> = new Map(
  Object.values(COMMANDS).flatMap((group) => Object.entries(group)),
);

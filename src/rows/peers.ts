// Rows of other programs (bench/peers) from the blocks in which they and our graphs took turns. Their ratios are to our
// dense graphs in the same rounds of the same process; nothing is taken across processes. They are set beside our
// rows and never among them: no FLOPs, no accuracy (the weights are the same), no part in what a run is worth.
import { AGAIN_ID, groupKey, variantKey } from '../core/keys.ts';
import type { Block, FailedBlock, TimeBlock } from '../core/schema/block.ts';
import type { Doubt } from '../core/schema/doubt.ts';
import type { Group } from '../core/schema/group.ts';
import { PEERS, type PeerBlock } from '../core/schema/peer.ts';
import type { Row } from '../core/schema/row.ts';
import { validityOf } from '../core/validity.ts';
import { detectableEffect } from '../stats/detectable.ts';
import { timingDoubts } from './rowDoubts.ts';
import { noiseFloor, speedup, timing } from './timing.ts';
import { NOT_PROFILED } from './profiled.ts';

/** Ratios that differ by less between two kinds of process are no reason for doubt. */
const PROCESS_TOLERANCE = 0.05;

/** Beside whom. `noAccuracy` as of its own rows. */
export interface PeeredGroup {
  readonly group: Group;
  readonly noAccuracy?: string | undefined;
}

/** None of a group beside which nobody was measured. @param time the group's own time blocks. */
export function peerRows(peered: PeeredGroup, blocks: readonly Block[], time: readonly TimeBlock[]): Row[] {
  const key = groupKey(peered.group);
  const own = blocks.filter((block) => groupKey(block.group) === key);
  const timed = own.filter((block) => block.kind === 'peer').sort((a, b) => a.block - b.block);
  const failures = own.filter((block) => block.kind === 'failed').filter(({ of }) => of === 'peer');
  const known = new Set([
    ...timed.flatMap(({ variants }) => variants.map(({ id }) => id)),
    ...failures.flatMap(({ variants }) => variants),
  ]);
  return PEERS.map((point) => ({ method: 'peer', point }) as const)
    .filter((variant) => known.has(variantKey(variant)))
    .map((variant) => peerRow(peered, variant, timed, failures, time));
}

function peerRow(
  { group, noAccuracy }: PeeredGroup,
  variant: { readonly method: 'peer'; readonly point: string },
  all: readonly PeerBlock[],
  allFailures: readonly FailedBlock[],
  time: readonly TimeBlock[],
): Row {
  const id = variantKey(variant);
  const blocks = all.filter(({ variants }) => variants.some((v) => v.id === id && v.samplesMs.length > 0));
  const failures = allFailures.filter(({ variants }) => variants.length === 0 || variants.includes(id));
  const clocks = timing(blocks, id);
  const measured = clocks.latencyMs !== null;
  const vsDense = speedup(blocks, id, 'dense');
  const evidence = { id, blocks, speedup: vsDense, floor: noiseFloor(blocks) };
  const doubts = measured
    ? [
        describe(id, blocks),
        ...timingDoubts(evidence),
        ...lostBlocks(failures),
        ...processDoubts(blocks, time),
      ]
    : [];
  return {
    ...group,
    ...variant,
    ...clocks,
    ...NOT_PROFILED,
    speedup: measured ? { vsDense, vsDensePadded: speedup(blocks, id, 'dense-padded') } : null,
    conversion: null,
    accuracy: null,
    ...(noAccuracy === undefined ? {} : { noAccuracy }),
    costs: null,
    detectable: detectableEffect(clocks.blockSpeedups),
    validity: measured ? validityOf(doubts) : null,
    doubts,
    ...(measured ? { status: 'ok' } : { status: 'failed', reason: reasonOf(failures) }),
  };
}

function reasonOf([first]: readonly FailedBlock[]): string {
  return first === undefined ? 'no timed calls' : `${first.phase}: ${first.reason}`;
}

/** What it is, how it was run, and that it computes the same: a row of a peer never stands without. */
function describe(id: string, blocks: readonly PeerBlock[]): Doubt {
  const newest = blocks.at(-1);
  const difference = Math.max(...blocks.map(({ agreement }) => agreement[id] ?? 0));
  const versions = Object.entries(newest?.versions ?? {}).map(([name, version]) => `${name} ${version}`);
  const how = newest?.how[id] ?? 'padded inputs';
  return {
    code: 'peer',
    message: `${id}: ${how}; ${versions.join(', ')}; its logits are within ${difference.toExponential(0)} of our dense graph's, so it computes the same`,
  };
}

function lostBlocks(failures: readonly FailedBlock[]): Doubt[] {
  const [lost] = failures;
  if (lost === undefined) return [];
  return [{ code: 'lost-blocks', message: `${failures.length} peer block(s) failed: ${lost.reason}` }];
}

/** Our own graphs ran in both kinds of process: if their ratios disagree, something there was not as it is here. */
function processDoubts(blocks: readonly PeerBlock[], time: readonly TimeBlock[]): Doubt[] {
  const ids = new Set(blocks.flatMap(({ variants }) => variants.map(({ id }) => id)));
  for (const id of ids) {
    if (id === 'dense' || id === AGAIN_ID || id.startsWith('peer:')) continue;
    const [here, there] = [speedup(time, id, 'dense'), speedup(blocks, id, 'dense')];
    if (here === null || there === null) continue;
    const apart = here.low > there.high || there.low > here.high;
    if (!apart || Math.abs(Math.log(here.median / there.median)) < PROCESS_TOLERANCE) continue;
    return [
      {
        code: 'peer-process-differs',
        message: `${id} is ${there.median.toFixed(2)} times as fast as dense beside the peers, ${here.median.toFixed(2)} times in the run's own processes`,
        advice: 'measure both again on a quiet machine: npm run peers -- --run RUN --again',
      },
    ];
  }
  return [];
}

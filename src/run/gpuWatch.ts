// Watches the GPU from beside while a time block of the CUDA provider is measured in its own process, and adds what
// was seen to the block's doubts. A wrapper around the launch, so that neither worker nor schedule knows of it.
import { gpuDoubts, watchGpu, type GpuWatch } from '../machine/gpuClock.ts';
import type { Launch } from './spawn.ts';

/** @param watch another one under test. */
export function watchingGpu(launch: Launch, watch: () => Promise<GpuWatch | null> = watchGpu): Launch {
  return async (job, options) => {
    if (job.kind !== 'time' || job.group.provider !== 'cuda') return launch(job, options);
    const watching = await watch();
    const outcome = await launch(job, options);
    const doubts = gpuDoubts((await watching?.stop()) ?? []);
    if (outcome.status !== 'done' || doubts.length === 0) return outcome;
    const { block, failures } = outcome.result;
    const doubted = { ...block, doubts: [...block.doubts, ...doubts] };
    return { status: 'done', result: { block: doubted, failures } };
  };
}

// The questions that the charts of a report answer, in order, each with what a reader must know to read them.
import type { Vocabulary } from '../vocabulary.ts';

export const SECTION_TITLES = {
  speedup: 'Is it faster?',
  accuracy: 'What does it cost in accuracy?',
  tokens: 'How many tokens survive?',
  conversion: 'How much of the saving becomes time?',
  time: 'Where does the time go?',
  throughput: 'How fast in absolute terms?',
  scenarios: 'How does it behave under load?',
  costs: 'What else does it cost?',
} as const;
export type SectionId = keyof typeof SECTION_TITLES;

export const SECTION_IDS = Object.keys(SECTION_TITLES) as readonly SectionId[]; // keys of a const literal

export function introOf(id: SectionId, { baseline, method, methods }: Vocabulary): string {
  switch (id) {
    case 'speedup':
      return `Wall-clock time of the baseline divided by that of the ${method}, on the same inputs, interleaved. Above 1 is faster. Inside the grey band this run cannot tell a ${method} from the baseline.`;
    case 'accuracy':
      return `Up and to the right is better. A hollow mark is dominated: another ${method} is at least as good in both.`;
    case 'tokens':
      return 'Mean tokens alive after the pruning of each layer, as a share of the real tokens at the input.';
    case 'conversion':
      return `Conversion is the time ratio divided by the FLOPs ratio, both against ${baseline}; 1 means nothing is lost.`;
    case 'time':
      return 'Kernel time by operator type from a profiling pass of its own, which costs 5-14 %; not the timed runs.';
    case 'throughput':
      return 'Median latency of one call, and sequences per second. These depend on the machine more than the ratios do.';
    case 'scenarios':
      return `The same graphs as they are used: one request after another (single-stream), all at once (offline), and arriving at random times (server), where latency counts from the scheduled arrival and so holds the wait for a free stream. All ${methods} answer the same requests.`;
    case 'costs':
      return `Loading, first calls, memory and energy, each ${method} alone in a process of its own.`;
  }
}

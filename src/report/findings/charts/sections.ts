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
      return `Each value is the wall-clock time of the baseline divided by that of the ${method}, on the same inputs, interleaved. Above 1 is faster. Inside the grey band this run cannot tell a ${method} from the baseline.`;
    case 'accuracy':
      return `Up and to the right is better. A hollow mark is dominated: another ${method} is at least as good in both.`;
    case 'tokens':
      return 'Each line shows how many tokens are alive after the pruning of each layer, on average, as a share of the real tokens at the input.';
    case 'conversion':
      return `Conversion is the time ratio divided by the FLOPs ratio, both against ${baseline}; 1 means nothing is lost.`;
    case 'time':
      return 'Kernel time by operator type comes from a profiling pass of its own, which costs 5-14 %, and not from the timed calls.';
    case 'throughput':
      return 'The median latency of one call and the sequences per second depend on the machine more than the ratios do.';
    case 'scenarios':
      return `The same graphs serve requests that come one after another (single-stream), all at once (offline) and at random times (server). In the last case latency counts from the scheduled arrival and so includes the wait for a free stream. All ${methods} answer the same requests.`;
    case 'costs':
      return `Loading, first calls, memory and energy are measured with each ${method} alone in a process of its own.`;
  }
}

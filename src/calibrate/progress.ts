// How far a search is, on stderr: stage, evaluations done and left, the best so far, seconds to go. On a terminal one line that
// is written over; elsewhere a line now and then. The clock is read for this alone: no decision of a search hangs
// on it, except the one limit that the user may set in minutes.
import type { NoticeSink } from '../core/notices.ts';
import { elided } from '../core/terminalWidth.ts';
import type { Evaluation } from './evaluation.ts';
import type { Stage } from './search.ts';

const LINE_EVERY = 25;

export class SearchProgress {
  readonly #output: NoticeSink;
  readonly #now: () => number;
  readonly #start: number;
  #stage: Stage = { name: 'start', evaluations: 0, share: null };
  #stageStart: number;
  #inStage = 0;
  #done = 0;
  #best: Evaluation | null = null;

  constructor(output: NoticeSink, now: () => number = () => performance.now()) {
    this.#output = output;
    this.#now = now;
    this.#start = now();
    this.#stageStart = this.#start;
  }

  get evaluations(): number {
    return this.#done;
  }

  get seconds(): number {
    return (this.#now() - this.#start) / 1000;
  }

  begin(stage: Stage): void {
    if (this.#output.isTTY === true && this.#inStage > 0) this.#output.write('\n');
    this.#stage = stage;
    this.#stageStart = this.#now();
    this.#inStage = 0;
    this.#best = null;
    if (this.#output.isTTY !== true) this.#output.write(`${this.#line()}\n`);
  }

  count(evaluation: Evaluation): void {
    this.#done++;
    this.#inStage++;
    const { share } = this.#stage;
    const near = share !== null && Math.abs(evaluation.flopsShare / share - 1) < 0.02;
    if (near && evaluation.divergence < (this.#best?.divergence ?? Infinity)) this.#best = evaluation;
    if (this.#output.isTTY === true)
      this.#output.write(`\r\u001b[K${elided(this.#line(), (this.#output.columns ?? Infinity) - 1)}`);
    else if (this.#inStage % LINE_EVERY === 0) this.#output.write(`${this.#line()}\n`);
  }

  end(): void {
    if (this.#output.isTTY === true) this.#output.write('\n');
  }

  #line(): string {
    const { name, evaluations } = this.#stage;
    const best =
      this.#best === null
        ? ''
        : `, best divergence ${this.#best.divergence.toFixed(4)} at ${(1 / this.#best.flopsShare).toFixed(2)}x`;
    return `${name}: ${this.#inStage} of about ${evaluations} evaluations${best}${this.#left()}`;
  }

  #left(): string {
    if (this.#inStage < 3) return '';
    const each = (this.#now() - this.#stageStart) / this.#inStage;
    const left = Math.max(0, this.#stage.evaluations - this.#inStage) * each;
    return `, about ${Math.ceil(left / 1000)} s left of this stage`;
  }
}

// The streams of a load block. One that has died is started again without the variant that it died of, so that a
// variant which brings its process down costs its own rows and no others.
import { fileURLToPath } from 'node:url';
import type { StreamSetup } from './messages.ts';
import { StreamProcess, type Served, type StreamOptions, type VariantFailure } from './streamProcess.ts';

/** What the scenarios need of the streams. */
export interface Streams {
  readonly count: number;
  serve(stream: number, id: string, input: number): Promise<Served>;
  /** Starts dead streams again, with these variants. @returns what failed over it. */
  restore(ids: readonly string[]): Promise<readonly VariantFailure[]>;
}

export interface PoolOptions {
  readonly count: number;
  /** CPUs of each stream; null: not pinned. */
  readonly cpuSets: readonly (readonly number[])[] | null;
  readonly hangMs: number;
  readonly path?: string;
}

const STREAM = fileURLToPath(new URL('./stream.js', import.meta.url));

export class StreamPool implements Streams {
  readonly count: number;
  private readonly setup: StreamSetup;
  private readonly options: PoolOptions;
  private streams: (StreamProcess | null)[];

  /** Starts nothing: `restore` does. */
  constructor(setup: StreamSetup, options: PoolOptions) {
    this.setup = setup;
    this.options = options;
    this.count = options.count;
    this.streams = Array.from({ length: options.count }, () => null);
  }

  /** The processes of the streams that live. */
  get processes(): readonly { readonly index: number; readonly pid: number }[] {
    return this.streams.flatMap((stream, index) => {
      const pid = stream?.alive === true ? stream.pid : undefined;
      return pid === undefined ? [] : [{ index, pid }];
    });
  }

  /** CPU time of all streams so far. @param read of a living process; what dead ones used is no longer told. */
  cpuUs(read: (pid: number) => number): number {
    return this.processes.reduce((total, { pid }) => total + read(pid), 0);
  }

  serve(stream: number, id: string, input: number): Promise<Served> {
    const chosen = this.streams[stream];
    if (chosen === null || chosen === undefined) throw new RangeError(`no stream ${stream}`);
    return chosen.serve({ id, input });
  }

  async restore(ids: readonly string[]): Promise<readonly VariantFailure[]> {
    const failures: VariantFailure[] = [];
    const lost = (id: string): boolean => failures.some((failure) => failure.id === id);
    for (;;) {
      const left = ids.filter((id) => !lost(id));
      const dead = this.streams.flatMap((stream, index) => (stream?.alive === true ? [] : [index]));
      if (dead.length === 0 || left.length === 0) return failures;
      const before = failures.length;
      const started = dead.map((index) => this.start(index, left));
      await Promise.all(started.map((stream) => stream.settled()));
      for (const failure of started.flatMap((stream) => stream.failures))
        if (!lost(failure.id)) failures.push(failure); // several streams may fail at the same variant
      if (started.some(({ alive }) => !alive) && failures.length === before)
        throw new Error(`a stream cannot be started: ${started.find(({ alive }) => !alive)?.reason ?? ''}`);
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.streams.flatMap((stream) => stream?.stop() ?? []));
  }

  private start(index: number, ids: readonly string[]): StreamProcess {
    const { path = STREAM, cpuSets, hangMs } = this.options;
    const options: StreamOptions = { path, cpus: cpuSets?.[index] ?? null, hangMs };
    const variants = this.setup.variants.filter(({ id }) => ids.includes(id));
    const stream = new StreamProcess({ ...this.setup, variants }, options);
    this.streams[index] = stream;
    return stream;
  }
}

// Runs the tests: `npm test -- [--group unit|processes] [NAME...]`, see CONTRIBUTING.md. Only files that end in .test.js
// run: `node --test FOLDER` of Node 20 would also run the fixtures that are programs of their own.
import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { run } from 'node:test';
import { spec, type TestEvent } from 'node:test/reporters';
import { messageOf } from '../src/core/errors.ts';
import { repoRoot } from '../src/core/root.ts';
import { isolate } from './runner/isolation.ts';
import { onlyMatching, quietWhilePassing, ranTests } from './runner/events.ts';
import { parseWanted, select, type Wanted } from './runner/selection.ts';

/** Ends the processes of the tests. */
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    stop.abort();
    process.exit(1);
  });
}

const inTests = (path: string): string => join(import.meta.dirname, path);

function eventsOf(files: readonly string[], pattern: RegExp | null): AsyncIterable<TestEvent> {
  const tests = run({
    files: files.map(inTests),
    concurrency: availableParallelism(),
    signal: stop.signal,
    ...(pattern === null ? {} : { testNamePatterns: pattern }),
  });
  tests.on('test:fail', () => (process.exitCode = 1));
  const shown = quietWhilePassing(tests as AsyncIterable<TestEvent>);
  return pattern === null ? shown : onlyMatching(shown);
}

function print(events: AsyncIterable<TestEvent> | readonly TestEvent[]): Promise<void> {
  return pipeline(Readable.from(events), new spec(), process.stdout, { end: false });
}

/** The first round in which a test of that name runs is the one to be seen. */
async function printFirst(rounds: readonly (readonly string[])[], pattern: RegExp): Promise<void> {
  for (const files of rounds) {
    const events: TestEvent[] = [];
    for await (const event of eventsOf(files, pattern)) events.push(event);
    if (ranTests(events)) return print(events);
  }
  process.stderr.write(`no test file's path and no test's name has ${pattern.source} in it\n`);
  process.exitCode = 1;
}

function wantedOrLeave(): Wanted {
  try {
    return parseWanted(process.argv.slice(2));
  } catch (thrown) {
    process.stderr.write(`${messageOf(thrown)}\n`);
    process.exit(2);
  }
}

// Listed by their sources, since compiled tests stay behind when those are moved.
const files = readdirSync(join(repoRoot(), 'test'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.test.ts'))
  .map((path) => path.replace(/ts$/, 'js'))
  .sort();
const { rounds, pattern } = select(files, wantedOrLeave(), (path) => readFileSync(inTests(path), 'utf8'));
isolate();
await (pattern === null ? print(eventsOf(rounds.flat(), null)) : printFirst(rounds, pattern));

// What of the runner's events is worth showing.
import type { TestEvent } from 'node:test/reporters';

type Events = AsyncIterable<TestEvent>;
type Output = TestEvent & { readonly type: 'test:stdout' | 'test:stderr' };

/** What a file's process prints is shown if one of its tests fails, and only then. */
export async function* quietWhilePassing(events: Events): AsyncGenerator<TestEvent, void> {
  const held = new Map<string, Output[]>();
  const failed = new Set<string>();
  for await (const event of events) {
    if (isOutput(event)) {
      const { file } = event.data;
      if (failed.has(file)) yield event;
      else held.set(file, [...(held.get(file) ?? []), event]);
      continue;
    }
    yield event;
    if (event.type !== 'test:fail') continue;
    for (const file of filesOf(event.data.file, held)) {
      yield* held.get(file) ?? [];
      held.delete(file);
      failed.add(file);
    }
  }
}

/** A test that a fixture declares is said to lie there: then any file may have run it. */
function filesOf(file: string | undefined, held: ReadonlyMap<string, unknown>): string[] {
  return file !== undefined && held.has(file) ? [file] : [...held.keys()];
}

function isOutput(event: TestEvent): event is Output {
  return event.type === 'test:stdout' || event.type === 'test:stderr';
}

/** Leaves out the tests that Node 20 reports as skipped because of their name, and suites with no other test. */
export async function* onlyMatching(events: Events): AsyncGenerator<TestEvent, void> {
  let begun: TestEvent[] = [];
  for await (const event of events) {
    if (event.type === 'test:start') {
      begun.push(event);
    } else if (event.type === 'test:pass' && isUnmatched(event, begun)) {
      begun.pop();
    } else if (event.type === 'test:pass' || event.type === 'test:fail') {
      yield* begun;
      begun = [];
      yield event;
    } else {
      yield event;
    }
  }
}

/** Whether a test ran, as against being left out by `onlyMatching`. */
export function ranTests(events: readonly TestEvent[]): boolean {
  return events.some(({ type }) => type === 'test:pass' || type === 'test:fail');
}

type Pass = TestEvent & { readonly type: 'test:pass' };

function isUnmatched({ data }: Pass, begun: readonly TestEvent[]): boolean {
  if (data.skip === 'test name does not match pattern') return true;
  return data.details.type === 'suite' && begun.length > 0;
}

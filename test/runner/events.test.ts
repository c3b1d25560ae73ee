import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import type { TestEvent } from 'node:test/reporters';
import { onlyMatching, quietWhilePassing, ranTests } from './events.ts';

const UNMATCHED = 'test name does not match pattern';

function start(name: string, nesting = 0): TestEvent {
  return { type: 'test:start', data: { name, nesting } };
}

function pass(name: string, more: { nesting?: number; skip?: string; type?: 'suite' } = {}): TestEvent {
  const { nesting = 0, type, ...rest } = more;
  const details = { duration_ms: 1, ...(type === undefined ? {} : { type }) };
  return { type: 'test:pass', data: { name, nesting, testNumber: 1, details, ...rest } };
}

function fail(name: string, file: string): TestEvent {
  const error = Object.assign(new Error('no'), { cause: new Error('no') });
  return {
    type: 'test:fail',
    data: { name, file, nesting: 0, testNumber: 1, details: { duration_ms: 1, error } },
  };
}

function printed(file: string, message: string): TestEvent {
  return { type: 'test:stderr', data: { file, message } };
}

function namesOf(events: readonly TestEvent[]): string[] {
  return events.map(({ type, data }) => {
    if (data === undefined) return type;
    return `${type.slice('test:'.length)} ${'message' in data ? data.message : 'name' in data ? data.name : ''}`;
  });
}

async function through(
  filter: (events: AsyncIterable<TestEvent>) => AsyncIterable<TestEvent>,
  events: readonly TestEvent[],
): Promise<string[]> {
  const left: TestEvent[] = [];
  for await (const event of filter(Readable.from(events) as AsyncIterable<TestEvent>)) left.push(event);
  return namesOf(left);
}

test('what a file prints is shown from its first failure on, and never if it passes', async () => {
  const events = [
    ...[printed('a', 'of a'), printed('b', 'of b'), pass('one'), fail('two', 'a')],
    ...[printed('a', 'more of a'), printed('b', 'more of b')],
  ];
  assert.deepEqual(await through(quietWhilePassing, events), [
    ...['pass one', 'fail two', 'stderr of a', 'stderr more of a'],
  ]);
});

test('a failure in a fixture shows what all files printed', async () => {
  const events = [printed('a', 'of a'), printed('b', 'of b'), fail('shared', 'fixture')];
  assert.deepEqual(await through(quietWhilePassing, events), [
    ...['fail shared', 'stderr of a', 'stderr of b'],
  ]);
});

test('tests of another name are left out, and suites that have no other', async () => {
  const events = [
    ...[start('no'), pass('no', { skip: UNMATCHED }), start('yes'), pass('yes')],
    ...[start('suite'), start('no', 1), pass('no', { nesting: 1, skip: UNMATCHED })],
    pass('suite', { type: 'suite' }),
    ...[start('other'), start('yes', 1), pass('yes', { nesting: 1 }), pass('other', { type: 'suite' })],
    ...[start('left'), pass('left', { skip: 'no GPU' })],
  ];
  assert.deepEqual(await through(onlyMatching, events), [
    ...['start yes', 'pass yes', 'start other', 'start yes', 'pass yes', 'pass other'],
    ...['start left', 'pass left'],
  ]);
});

test('whether a test ran', () => {
  assert.equal(ranTests([printed('a', 'of a'), start('one')]), false);
  assert.equal(ranTests([pass('one')]), true);
  assert.equal(ranTests([fail('one', 'a')]), true);
});

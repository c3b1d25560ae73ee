import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { peakRssBytes, rssBytes } from '../../src/worker/memory.ts';

const STATUS = 'Name:\tnode\nVmPeak:\t 1200000 kB\nVmHWM:\t  187432 kB\nVmRSS:\t   81200 kB\nThreads:\t7\n';

test('memory is read from the kernel where it tells, in bytes', () => {
  assert.equal(peakRssBytes(STATUS), 187_432 * 1024);
  assert.equal(rssBytes(STATUS), 81_200 * 1024);
});

test('elsewhere it is what Node says', () => {
  const least = 10 * 2 ** 20;
  assert.ok(peakRssBytes(null) > least && rssBytes(null) > least);
});

test('200 MB that were allocated and freed are in the peak, without any timer', () => {
  const { href } = new URL('../../src/worker/memory.js', import.meta.url);
  const script = `
    const { peakRssBytes, rssBytes } = await import(${JSON.stringify(href)});
    for (const timer of ['setTimeout', 'setInterval', 'setImmediate'])
      globalThis[timer] = () => { throw new Error(timer + ' was used'); };
    const before = rssBytes();
    new Uint8Array(200e6).fill(1);
    console.log(JSON.stringify({ before, peak: peakRssBytes() }));`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
  });
  const { before, peak } = JSON.parse(stdout || assert.fail(stderr)) as { before: number; peak: number };
  assert.ok(peak - before >= 200e6, `${peak} - ${before}`);
  assert.ok(peak - before < 300e6, `${peak} - ${before}`);
});

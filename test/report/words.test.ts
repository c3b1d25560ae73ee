import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chartInWords, inWords, isReady, labelOf, wording } from '../../src/report/findings/words.ts';

const READY = [{ precision: 'as-is' }] as const;
const ZOO = [{ precision: 'fp32' }] as const;

test('texts about dense and methods become texts about the baseline graph and graphs', () => {
  assert.equal(inWords(READY, 'speed-up vs dense'), 'speed-up vs baseline');
  assert.equal(inWords(READY, 'speed-up vs dense-padded'), 'speed-up vs padded baseline');
  assert.equal(
    inWords(READY, 'FLOPs of dense (unpadded) / FLOPs of the method'),
    'FLOPs of the baseline graph / FLOPs of the graph',
  );
  assert.equal(inWords(ZOO, 'speed-up vs dense of a pruned method'), 'speed-up vs dense of a pruned method');
  assert.deepEqual([isReady(READY), isReady(ZOO), isReady([])], [true, false, false]);
});

test('names that somebody gave stay as they are', () => {
  const say = wording(READY);
  assert.equal(
    say`${'graph:dense'} is the fastest method: ${1.4}x vs dense on average`,
    'graph:dense is the fastest graph: 1.4x vs the baseline graph on average',
  );
  assert.equal(wording(ZOO)`${'ltp:x2'} is the fastest method`, 'ltp:x2 is the fastest method');
});

test('rows are labelled by what they are', () => {
  assert.equal(labelOf({ method: 'dense', point: null, precision: 'as-is' }), 'baseline');
  assert.equal(labelOf({ method: 'dense-padded', point: null, precision: 'as-is' }), 'padded baseline');
  assert.equal(labelOf({ method: 'graph', point: 'mine', precision: 'as-is' }), 'graph:mine');
  assert.equal(labelOf({ method: 'dense', point: null, precision: 'fp32' }), 'dense');
});

test('a chart is put in these words as a whole', () => {
  const series = { label: 'dense', role: 'dense', shape: 'circle', dash: [], mark: '', points: [] };
  const spec = chartInWords(READY, {
    ...{ id: 'a', section: 'speedup', kind: 'lines', title: 'Speed-up vs dense', caption: 'of the method' },
    x: { title: 'method', scale: 'linear', names: ['dense', 'graph:a'] },
    y: { title: 'speed-up vs dense (x)', scale: 'linear' },
    series: [series],
    band: [],
    table: {
      headers: ['method'],
      rows: [
        ['dense', '1'],
        ['graph:a', '2'],
      ],
    },
  });
  assert.deepEqual(
    [spec.title, spec.caption, spec.y.title],
    ['Speed-up vs baseline', 'of the graph', 'speed-up vs baseline (x)'],
  );
  assert.deepEqual(spec.x.names, ['baseline', 'graph:a']);
  assert.equal(spec.series[0]?.label, 'baseline');
  assert.deepEqual(spec.table, {
    headers: ['graph'],
    rows: [
      ['baseline', '1'],
      ['graph:a', '2'],
    ],
  });
});

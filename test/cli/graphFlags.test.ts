import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { parseBench } from '../../src/cli/benchFlags.ts';
import type { GraphRequest } from '../../src/cli/graphFlags.ts';
import { refuses } from '../fixtures/refuses.ts';

function graphs(...argv: string[]): GraphRequest {
  const request = parseBench(argv).graphs;
  assert.ok(request);
  return request;
}

test('graphs come by name, in lists or one by one, behind their baselines', () => {
  const { files, model, maxLength, labels } = graphs(
    ...['--graph', 'ltp=a.onnx,topk=b,c.onnx', '--graph', 'own=/x/d.onnx'],
    ...['--baseline', 'dense.onnx', '--baseline-padded', 'padded.onnx', '--max-length', '128'],
  );
  assert.deepEqual(files, [
    { method: 'dense-padded', point: null, path: resolve('padded.onnx') },
    { method: 'dense', point: null, path: resolve('dense.onnx') },
    { method: 'graph', point: 'ltp', path: resolve('a.onnx') },
    { method: 'graph', point: 'topk', path: resolve('b,c.onnx') },
    { method: 'graph', point: 'own', path: '/x/d.onnx' },
  ]);
  assert.deepEqual([model, maxLength, labels], ['graphs', 128, null]);
});

test('names of inputs and outputs are told by role, several for a role', () => {
  const { reading } = graphs(
    ...[
      '--baseline',
      'a',
      '--graph-inputs',
      'ids=x,mask=none',
      '--graph-inputs',
      'ids=y,types=z:0',
      '--graph-outputs',
      'logits=probs',
    ],
  );
  assert.deepEqual(reading, {
    inputs: { ids: ['x', 'y'], types: ['z:0'], mask: [] },
    outputs: { logits: ['probs'] },
    maskInside: true,
    firstPosition: 0,
  });
  const plain = { inputs: {}, outputs: {}, maskInside: false, firstPosition: 0 };
  assert.deepEqual(graphs('--baseline', 'a').reading, plain);
  const { inputs } = graphs('--baseline', 'a', '--graph-inputs', 'positions=p').reading;
  assert.deepEqual(inputs, { positions: ['p'] });
});

test('what does not say what is meant is refused with the remedy', () => {
  assert.equal(parseBench(['--methods', 'ltp']).graphs, null);
  const cases: [string[], RegExp][] = [
    [['--graph', 'a=a.onnx'], /--graph needs a graph to compare with \(--baseline FILE\.onnx\)/],
    [['--baseline', 'a', '--graph', 'b.onnx'], /--graph: "b\.onnx" is not NAME=FILE\.onnx/],
    [['--baseline', 'a', '--graph', 'x=1,x=2'], /two graphs are called "x"/],
    [['--baseline', 'a', '--graph', '..=2'], /"\.\." cannot be a name/],
    [['--baseline', 'a', '--name', 'a/b'], /--name: "a\/b" cannot be a name/],
    [
      ['--baseline', 'a', '--graph-inputs', 'idz=x'],
      /--graph-inputs: unknown role "idz" \(did you mean ids\? legal: ids, mask, types, positions\)/,
    ],
    [['--baseline', 'a', '--graph-outputs', 'probs'], /--graph-outputs: "probs" is not logits=NAME/],
    [['--baseline', 'a', '--models', 'minilm-l6'], /--models is for models of the zoo, not for ready graphs/],
    [['--baseline', 'a', '--methods', 'ltp'], /--methods is for models of the zoo/],
    [['--resume', 'run', '--baseline', 'a'], /--baseline cannot be changed on --resume/],
  ];
  for (const [argv, message] of cases) refuses(() => parseBench(argv), message);
});

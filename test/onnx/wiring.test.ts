// A graph whose values are not made before they are read is named before any runtime sees it.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { GraphBuilder } from '../../src/onnx/builder.ts';
import type { ModelProto } from '../../src/onnx/proto.ts';
import { findLooseEnd } from '../../src/onnx/wiring.ts';

function model(write: (g: GraphBuilder) => void): ModelProto {
  const g = new GraphBuilder('test');
  g.input('x', 'float', [2]);
  write(g);
  return { graph: g.build(), opsets: { '': 23 }, metadata: {} };
}

test('a graph that is in order has no loose end, branches included', () => {
  const whole = model((g) => {
    const doubled = g.op('Add', ['x', 'x']);
    const branch = g.subgraph('branch', (child) => {
      child.output(child.op('Add', [doubled, child.float(1)]), 'float', null);
    });
    const chosen = g.op('If', [g.bool(true)], {
      then_branch: { graph: branch },
      else_branch: { graph: branch },
    });
    g.output(chosen, 'float', [2], 'y');
  });
  assert.equal(findLooseEnd(whole), null);
});

test('a value that no node makes is named with the node that reads it', () => {
  const loose = model((g) => g.output(g.op('Add', ['x', 'nowhere']), 'float', [2], 'y'));
  assert.equal(findLooseEnd(loose), 'node Add_0 reads "nowhere", which no node makes');
});

test('two nodes that read each other are a cycle', () => {
  const cyclic = model((g) => {
    const first = g.op('Add', ['x', 'Mul_1_0']);
    g.output(g.op('Mul', [first, 'x']), 'float', [2], 'y');
  });
  assert.match(findLooseEnd(cyclic) ?? '', /^node Add_0 reads "Mul_1_0", which is made only after it/);
});

test('a value of one branch cannot be read in another', () => {
  let kept = '';
  const crossed = model((g) => {
    const then = g.subgraph('then', (child) => {
      kept = child.op('Neg', ['x']);
      child.output(kept, 'float', null);
    });
    const otherwise = g.subgraph('otherwise', (child) => {
      child.output(child.op('Abs', [kept]), 'float', null);
    });
    const attributes = { then_branch: { graph: then }, else_branch: { graph: otherwise } };
    g.output(g.op('If', [g.bool(true)], attributes), 'float', [2], 'y');
  });
  assert.match(findLooseEnd(crossed) ?? '', /^node Abs_\d reads "Neg_\d_0", .* or in another branch$/);
});

test('an output that nothing makes is named', () => {
  const headless = model((g) => g.output('nothing', 'float', [2]));
  assert.equal(findLooseEnd(headless), 'an output of graph test reads "nothing", which no node makes');
});

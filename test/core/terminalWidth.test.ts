import assert from 'node:assert/strict';
import { test } from 'node:test';
import { elided, widthOf } from '../../src/core/terminalWidth.ts';

test('what fits stays as it is; else the middle gives way', () => {
  assert.equal(elided('accuracy', 8), 'accuracy');
  assert.equal(elided('accuracy', 7), 'acc…acy');
  assert.equal(elided('accuracy', 2), 'a…');
  assert.equal(elided('accuracy', 1), '…');
  assert.equal(elided('accuracy', 0), '');
  assert.equal(elided('accuracy', -3), '');
});

test('wide letters take two columns, and a letter is never cut in two', () => {
  assert.equal(widthOf('模型 a'), 6);
  assert.equal(widthOf('e\u0301'), 1);
  assert.equal(elided('模型模型', 5), '模…型');
  for (const text of ['模型模型模型', '👩‍🚀👩‍🚀👩‍🚀👩‍🚀', 'e\u0301'.repeat(20), 'plain text of some length']) {
    for (let columns = 1; columns < 24; columns++) {
      const cut = elided(text, columns);
      assert.ok(widthOf(cut) <= columns, `${cut} in ${columns}`);
      assert.ok(!/\uFFFD/.test(Buffer.from(cut).toString('utf8')), cut);
    }
  }
});

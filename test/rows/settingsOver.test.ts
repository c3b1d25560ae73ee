import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SettingProof } from '../../src/core/schema/block.ts';
import { settingsOver } from '../../src/rows/settingsOver.ts';
import { profileBlock, timeBlock } from '../fixtures/blocks.ts';

const proof = (requested: string, effective: boolean | null, observed = 'x'): SettingProof => ({
  name: 'threads',
  requested,
  observed,
  effective,
});

test('each value asked for is listed once, and one block in which it did not act decides', () => {
  const blocks = [
    timeBlock(0, [], { settings: [proof('1', true), proof('2', null)] }),
    timeBlock(1, [], { settings: [proof('1', false, 'seen 4'), proof('2', true)] }),
    timeBlock(2, [], { settings: [proof('1', true)] }),
    timeBlock(3, []),
    profileBlock([]),
  ];
  assert.deepEqual(settingsOver(blocks), [proof('1', false, 'seen 4'), proof('2', true)]);
  assert.deepEqual(settingsOver([]), []);
});

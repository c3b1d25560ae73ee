// The whole check over the tiny zoo: with a fake emulator always, with qemu where it is installed.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { command } from '../../../src/cli/verifyAvx2.ts';
import { BenchError } from '../../../src/core/errors.ts';
import { LOCAL_MODELS_VARIABLE } from '../../../src/core/places.ts';
import { EMULATOR } from '../../../src/verify/avx2/emulator.ts';
import { call } from '../../fixtures/call.ts';
import { tinyZoo } from '../../fixtures/tinyZoo.ts';
import { fakeEmulator } from './fakeEmulator.ts';

process.env[LOCAL_MODELS_VARIABLE] = tinyZoo();
process.env['TOKEN_PRUNING_CACHE'] = mkdtempSync(join(tmpdir(), 'avx2-cache-'));

const linux = process.platform === 'linux' && process.arch === 'x64' ? false : 'not Linux on x86-64';
const version = /version (\d+)\.(\d+)/.exec(String(spawnSync(EMULATOR, ['--version']).stdout));
const capable = version !== null && Number(version[1]) * 100 + Number(version[2]) >= 702;
const qemu = linux || (capable ? false : `no ${EMULATOR} 7.2 or newer (apt-get install qemu-user)`);

const resultSchema = z.object({
  ok: z.boolean(),
  emulated: z.object({ isa: z.string(), family: z.number().nullable(), model: z.number().nullable() }),
  variants: z.array(
    z.object({
      id: z.string(),
      ok: z.boolean(),
      reason: z.string().nullable(),
      texts: z.number(),
      decisions: z.number(),
      logitDifference: z.number().nullable(),
      timedBatches: z.tuple([z.number(), z.number()]),
    }),
  ),
});

async function verify(...argv: string[]) {
  const { code, out } = await call(command, ['--model', 'tiny', '--json', ...argv]);
  return { code, ...resultSchema.parse(JSON.parse(out)) };
}

describe('verify:avx2', { skip: linux }, () => {
  it('compares every method over all texts', async () => {
    const { code, ok, variants } = await verify('--qemu', fakeEmulator());
    assert.deepEqual([code, ok], [0, true], JSON.stringify(variants));
    assert.deepEqual(variants.map(({ id }) => id).sort(), [
      'dense',
      'dense-padded',
      'ltp:x2',
      'threshold:x2',
      'topk:x2',
      'transkimmer:x2',
    ]);
    for (const { id, texts, decisions, logitDifference, timedBatches } of variants) {
      assert.deepEqual([texts, logitDifference], [12, 0]);
      assert.equal(decisions > 0, !id.startsWith('dense'));
      assert.deepEqual(timedBatches, id.startsWith('dense') ? [0, 0] : [8, 2]);
    }
  });

  it('catches an answer that was changed on the way', async () => {
    const larger = fakeEmulator(
      `sed 's/"logits":\\[/"logits":[9,/; s/,\\([-0-9.e]*\\)\\],"keptTokens"/],"keptTokens"/'`,
    );
    const { code, variants } = await verify('--qemu', larger, '--methods', 'dense,ltp', '--texts', '1');
    assert.equal(code, 1);
    for (const { ok, reason } of variants) {
      assert.equal(ok, false);
      assert.match(reason ?? '', /logits differ by/);
    }
  });

  it('catches counts of tokens that do not fit the decisions', async () => {
    const counts = fakeEmulator(`sed 's/"keptTokens":\\[[0-9]*/"keptTokens":[99/'`);
    const { code, variants } = await verify('--qemu', counts, '--methods', 'topk', '--texts', '1');
    assert.equal(code, 1);
    assert.match(variants[0]?.reason ?? '', /the graph says 99/);
  });

  it('takes a child that gives no answer for a failure of its variant', async () => {
    const { code, variants } = await verify(
      '--qemu',
      fakeEmulator('head -c 40'),
      '--methods',
      'dense',
      '--texts',
      '1',
    );
    assert.equal(code, 1);
    assert.match(variants[0]?.reason ?? '', /^emulated: the child gave no answer/);
  });

  it('says in words what it saw', async () => {
    const { out } = await call(command, [
      '--model',
      'tiny',
      '--qemu',
      fakeEmulator(),
      '--methods',
      'ltp',
      '--texts',
      '4',
    ]);
    assert.match(out, /emulated {2}qemu-x86_64 version 0 \(fake\), -cpu Haswell: AVX2 \+ FMA kernels/);
    assert.match(
      out,
      /ok {3}ltp:x2 .* 4 texts; logits within 0 \(8 of 8 to the bit\); .* 0 flipped \(0 unexplained\)/,
    );
    assert.match(out, /The AVX2 path is right: 1 of 1 variants/);
  });

  it('refuses unknown methods, and does nothing without an emulator', async () => {
    for (const argv of [
      ['--methods', 'magic'],
      ['--texts', '0'],
      ['--qemu', '/nowhere/qemu'],
    ]) {
      await assert.rejects(call(command, ['--model', 'tiny', ...argv]), BenchError);
    }
  });
});

describe('verify:avx2 in qemu', { skip: qemu }, () => {
  it('finds a Haswell there, and the same answers', { timeout: 600_000 }, async () => {
    const { code, emulated, variants } = await verify('--methods', 'dense,topk', '--texts', '1');
    assert.deepEqual(emulated, { isa: 'avx2', family: 6, model: 60 });
    assert.equal(code, 0, JSON.stringify(variants));
  });

  it('refuses a processor without AVX2', async () => {
    await assert.rejects(call(command, ['--model', 'tiny', '--cpu', 'Nehalem']), /SSE2/);
  });
});

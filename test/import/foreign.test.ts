// Weights that are another kind of file, and headers that say two things at once.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { LFS_POINTER } from '../fixtures/foreign.ts';
import { copyOf } from './checkpointFolder.ts';
import { freshFolder } from './golden.ts';
import { refusals } from './refusals.ts';

const refused = refusals(freshFolder());

describe('weights', () => {
  test('that are another kind of file are named by it, with the way to the right one', async () => {
    const zip = Buffer.concat([Buffer.of(0x50, 0x4b, 3, 4), Buffer.from('xxxxarchive/data.pkl')]);
    for (const [bytes, pattern] of [
      [LFS_POINTER, /model\.safetensors is a Git LFS pointer, not the file itself \(.*git lfs pull\)/],
      ['<!DOCTYPE html>\n<html><body>404</body></html>', /is a web page \(HTML\).*\/resolve\//],
      [zip, /is a zip archive that torch\.save wrote.*python train\/convert\.py/],
      [Buffer.from('504b0304140000000800', 'hex'), /is a zip archive \(unpack it/],
      [Buffer.from('80027d710028', 'hex'), /is a Python pickle.*python train\/convert\.py/],
      ['', /is empty/],
    ] as const) {
      const folder = copyOf('bert');
      writeFileSync(join(folder, 'model.safetensors'), bytes);
      await refused(folder, pattern);
    }
    for (const name of ['config.json', 'tokenizer.json']) {
      const folder = copyOf('bert');
      writeFileSync(join(folder, name), LFS_POINTER);
      await refused(folder, new RegExp(`${name} is a Git LFS pointer`));
    }
  });

  test('whose header names a tensor twice, or is not valid UTF-8', async () => {
    const rewritten = (edit: (header: string) => string | Buffer): string => {
      const folder = copyOf('bert');
      const path = join(folder, 'model.safetensors');
      const bytes = readFileSync(path);
      const end = 8 + Number(bytes.readBigUInt64LE(0));
      const header = Buffer.from(edit(bytes.toString('utf8', 8, end)));
      const length = Buffer.alloc(8);
      length.writeBigUInt64LE(BigInt(header.length));
      writeFileSync(path, Buffer.concat([length, header, bytes.subarray(end)]));
      return folder;
    };
    await refused(
      rewritten((header) =>
        header.replace('{', '{"classifier.bias":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},'),
      ),
      /the header names "classifier\.bias" twice/,
    );
    const invalid = rewritten((header) =>
      Buffer.concat([Buffer.from('{"'), Buffer.of(0xff), Buffer.from(header.slice(2))]),
    );
    await refused(invalid, /the header is not valid UTF-8/);
  });
});

// A copy of a recorded checkpoint that a test may break, and the bytes of its weights to rewrite.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSafetensors } from '../../src/weights/safetensors.ts';
import { safetensorsBytes, type RawHeader, type Stored } from '../weights/writeSafetensors.ts';
import { GOLDEN } from './golden.ts';

export function copyOf(model: string): string {
  const folder = join(mkdtempSync(join(tmpdir(), 'checkpoint-')), 'mine');
  cpSync(join(GOLDEN, model), folder, { recursive: true });
  return folder;
}

/** A copy whose configuration is changed; undefined takes a key out. */
export function withConfig(model: string, change: Readonly<Record<string, unknown>>): string {
  const folder = copyOf(model);
  const path = join(folder, 'config.json');
  const config = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  writeFileSync(path, JSON.stringify({ ...config, ...change }));
  return folder;
}

type Tensors = Record<string, Stored>;

/** A copy whose tensors (of model.safetensors) are changed in place, and whose header is edited after that. */
export function withTensors(
  model: string,
  change: (tensors: Tensors) => void,
  edit?: (header: RawHeader) => void,
): string {
  const folder = copyOf(model);
  rewrite(join(folder, 'model.safetensors'), change, edit);
  return folder;
}

export function rewrite(
  path: string,
  change: (tensors: Tensors) => void,
  edit?: (header: RawHeader) => void,
): void {
  const file = readSafetensors(path);
  const tensors: Tensors = Object.fromEntries(
    file
      .names()
      .map((name) => [
        name,
        { dtype: file.dtype(name), shape: file.shape(name), bytes: Uint8Array.from(file.bytes(name)) },
      ]),
  );
  change(tensors);
  rmSync(path);
  writeFileSync(path, safetensorsBytes(tensors, edit === undefined ? {} : { edit }));
}

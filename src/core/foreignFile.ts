// Files that are not what their name says, recognised by their first bytes: what a clone without Git LFS leaves, the web
// page of a download that asked for a login, an archive that nobody unpacked.
import { closeSync, openSync, readSync } from 'node:fs';
import { dirname } from 'node:path';
import { BenchError } from './errors.ts';

interface Kind {
  readonly what: string;
  readonly test: (start: Uint8Array, text: string) => boolean;
  /** @param path of the file. */
  readonly remedy: (path: string) => string;
}

/** Bytes that are enough for every kind. */
export const TELLING_BYTES = 512;

const convert = (path: string): string =>
  `a file that torch.save wrote can run code when it is read; name it pytorch_model.bin and convert it: python train/convert.py ${dirname(path)} --force`;
const startsWith = (...bytes: readonly number[]): Kind['test'] => {
  return (start) => bytes.every((byte, index) => start[index] === byte);
};

const KINDS: readonly Kind[] = [
  {
    what: 'a Git LFS pointer, not the file itself',
    test: (_, text) => text.startsWith('version https://git-lfs.github.com/spec/'),
    remedy: (path) => `fetch the file: cd ${dirname(path)} && git lfs install && git lfs pull`,
  },
  {
    what: 'a web page (HTML), not the file itself',
    test: (_, text) => /^\s*<(?:!doctype\s+html|html|head|\?xml[^>]*>\s*<(?:!doctype\s+)?html)/i.test(text),
    remedy: () =>
      'download the file itself: on the Hugging Face hub its address has /resolve/ where the page has /blob/, and some files need a login',
  },
  {
    what: 'a zip archive that torch.save wrote',
    test: (start, text) =>
      startsWith(0x50, 0x4b, 3, 4)(start, text) && /\/(?:data\.pkl|\.format_version|byteorder)/.test(text),
    remedy: convert,
  },
  {
    what: 'a zip archive',
    test: startsWith(0x50, 0x4b, 3, 4),
    remedy: (path) => `unpack it first: unzip ${path} -d FOLDER`,
  },
  {
    what: 'a Python pickle',
    test: (start) => start[0] === 0x80 && (start[1] ?? 0) >= 2 && (start[1] ?? 0) <= 5,
    remedy: convert,
  },
  {
    what: 'gzip-compressed',
    test: startsWith(0x1f, 0x8b),
    remedy: (path) => `unpack it first: gunzip -k ${path}`,
  },
  {
    what: 'an HDF5 file (Keras, TensorFlow)',
    test: startsWith(0x89, 0x48, 0x44, 0x46),
    remedy: () =>
      'load it with transformers (from_tf=True), and save_pretrained(DIR) writes model.safetensors',
  },
  {
    what: 'a GGUF file (llama.cpp)',
    test: (_, text) => text.startsWith('GGUF'),
    remedy: () => 'use the checkpoint that it was made of',
  },
  {
    what: 'empty',
    test: (start) => start.length === 0,
    remedy: () => 'fetch the file anew: the download was cut off before it began',
  },
];

/**
 * @param start the first TELLING_BYTES of the file.
 * @param subject what the message calls the file.
 * @returns null if the bytes are of no kind that is known.
 */
export function foreignFile(path: string, start: Uint8Array, subject = path): BenchError | null {
  const text = Buffer.from(start.subarray(0, TELLING_BYTES))
    .toString('latin1')
    .replace(/^\u00EF\u00BB\u00BF/, '');
  const kind = KINDS.find(({ test }) => test(start, text));
  return kind === undefined ? null : new BenchError(`${subject} is ${kind.what}`, kind.remedy(path));
}

/** The same of a file on disk; null, too, if it cannot be read. */
export function foreignFileAt(path: string, subject = path): BenchError | null {
  try {
    const file = openSync(path, 'r');
    try {
      const start = new Uint8Array(TELLING_BYTES);
      const length = readSync(file, start, 0, TELLING_BYTES, 0);
      return foreignFile(path, start.subarray(0, length), subject);
    } finally {
      closeSync(file);
    }
  } catch {
    return null;
  }
}

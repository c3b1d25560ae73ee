// Reads one file out of a zip archive held in memory: enough for a data set's download, without a dependency.
// Stored and deflated entries only; no zip64, no encryption. Layout: PKWARE APPNOTE.TXT 6.3.10, sections 4.3.7-4.3.16.
import { inflateRawSync } from 'node:zlib';
import { BenchError, messageOf } from '../core/errors.ts';

const END_SIGNATURE = 0x06054b50;
const END_BYTES = 22;
const LONGEST_COMMENT = 0xffff;
const ENTRY_SIGNATURE = 0x02014b50;
const ENTRY_BYTES = 46;
const LOCAL_SIGNATURE = 0x04034b50;
const LOCAL_BYTES = 30;
const STORED = 0;
const DEFLATED = 8;

interface Entry {
  readonly method: number;
  readonly packedBytes: number;
  readonly bytes: number;
  /** Where its local header begins. */
  readonly offset: number;
}

/** The content of the entry of that name. @param label names the archive in errors. */
export function readZipEntry(archive: Buffer, name: string, label: string): Buffer {
  try {
    return unpack(archive, findEntry(archive, name));
  } catch (thrown) {
    throw new BenchError(
      `${label}: cannot take ${name} out of the archive: ${messageOf(thrown)}`,
      'fetch it anew',
      {
        cause: thrown,
      },
    );
  }
}

function findEntry(archive: Buffer, name: string): Entry {
  const end = findEnd(archive);
  const count = archive.readUInt16LE(end + 10);
  let at = archive.readUInt32LE(end + 16);
  for (let index = 0; index < count; index++) {
    if (archive.readUInt32LE(at) !== ENTRY_SIGNATURE) throw new Error('its directory is damaged');
    const nameBytes = archive.readUInt16LE(at + 28);
    if (archive.toString('utf8', at + ENTRY_BYTES, at + ENTRY_BYTES + nameBytes) === name) {
      return {
        method: archive.readUInt16LE(at + 10),
        packedBytes: archive.readUInt32LE(at + 20),
        bytes: archive.readUInt32LE(at + 24),
        offset: archive.readUInt32LE(at + 42),
      };
    }
    at += ENTRY_BYTES + nameBytes + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
  throw new Error('no such entry');
}

function findEnd(archive: Buffer): number {
  const lowest = Math.max(0, archive.length - END_BYTES - LONGEST_COMMENT);
  for (let at = archive.length - END_BYTES; at >= lowest; at--) {
    if (archive.readUInt32LE(at) === END_SIGNATURE) return at;
  }
  throw new Error('not a zip archive, or cut short');
}

/** Sizes come from the directory: a streaming writer leaves them out of the local header. */
function unpack(archive: Buffer, { method, packedBytes, bytes, offset }: Entry): Buffer {
  if (archive.readUInt32LE(offset) !== LOCAL_SIGNATURE) throw new Error('its local header is damaged');
  const start = offset + LOCAL_BYTES + archive.readUInt16LE(offset + 26) + archive.readUInt16LE(offset + 28);
  const packed = archive.subarray(start, start + packedBytes);
  if (method !== STORED && method !== DEFLATED)
    throw new Error(`compression method ${method} is not supported`);
  const content =
    method === STORED ? packed : inflateRawSync(packed, { maxOutputLength: Math.max(1, bytes) });
  if (content.length !== bytes) throw new Error(`${content.length} bytes instead of ${bytes}`);
  return content;
}

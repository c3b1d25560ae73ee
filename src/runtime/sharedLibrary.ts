// What a Linux shared library needs and whether the loader would find it, without running any of its code: the
// dynamic section of the ELF file is read (as `readelf -d` does) and the loader's search path is walked.
// Windows and macOS are not covered: the one provider that is installed apart, CUDA, exists for Linux alone.
import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { BenchError } from '../core/errors.ts';

const ELF_MAGIC = 0x7f454c46;
const CLASS_64 = 2;
const LITTLE_ENDIAN = 1;
const SECTION_DYNAMIC = 6;
const TAG_NEEDED = 1n;
const HEADER_BYTES = 64;
const ENTRY_BYTES = 16;

interface Section {
  readonly type: number;
  readonly offset: number;
  readonly size: number;
  /** Index of the section that holds this one's strings. */
  readonly link: number;
}

/** Bytes of the file; a GPU library has hundreds of megabytes, of which a few kilobytes are asked for. */
type Read = (offset: number, size: number) => Buffer;

/** Names that the library at `path` is linked against (DT_NEEDED), in file order. */
export function neededLibraries(path: string): string[] {
  const file = openSync(path, 'r');
  try {
    return neededNames((offset, size) => {
      const bytes = Buffer.alloc(size);
      if (readSync(file, bytes, 0, size, offset) === size) return bytes;
      throw new BenchError(`${path} is no library or is cut short`, 'fetch it again: npm run setup:cuda');
    });
  } finally {
    closeSync(file);
  }
}

function neededNames(read: Read): string[] {
  const sections = readSections(read);
  const dynamic = sections.find((section) => section.type === SECTION_DYNAMIC);
  const strings = dynamic === undefined ? undefined : sections[dynamic.link];
  if (dynamic === undefined || strings === undefined) return [];
  const entries = read(dynamic.offset, dynamic.size);
  const text = read(strings.offset, strings.size);
  const names: string[] = [];
  // Entries are pairs of 64-bit words: a tag and, for DT_NEEDED, an offset into the strings.
  for (let at = 0; at + ENTRY_BYTES <= entries.length; at += ENTRY_BYTES) {
    if (entries.readBigInt64LE(at) !== TAG_NEEDED) continue;
    const start = Number(entries.readBigUInt64LE(at + 8));
    names.push(text.toString('utf8', start, text.indexOf(0, start)));
  }
  return names;
}

/** The section header table: offset at 40, entry size at 58, count at 60 of the file header. */
function readSections(read: Read): Section[] {
  const header = read(0, HEADER_BYTES);
  if (header.readUInt32BE(0) !== ELF_MAGIC || header[4] !== CLASS_64 || header[5] !== LITTLE_ENDIAN) {
    throw new BenchError('not a 64-bit little-endian ELF library', 'fetch it again: npm run setup:cuda');
  }
  const entryBytes = header.readUInt16LE(58);
  const count = header.readUInt16LE(60);
  const table = read(Number(header.readBigUInt64LE(40)), count * entryBytes);
  return Array.from({ length: count }, (_, index) => {
    const at = index * entryBytes;
    return {
      type: table.readUInt32LE(at + 4),
      offset: Number(table.readBigUInt64LE(at + 24)),
      size: Number(table.readBigUInt64LE(at + 32)),
      link: table.readUInt32LE(at + 40),
    };
  });
}

const SYSTEM_FOLDERS = [
  '/lib/x86_64-linux-gnu',
  '/usr/lib/x86_64-linux-gnu',
  '/lib64',
  '/usr/lib64',
  '/lib',
  '/usr/lib',
  '/usr/local/lib',
];

/** Where the loader would take `name` from; null if it would not find it. `origin`: the asking library's folder. */
export function findLibrary(name: string, origin?: string): string | null {
  const folders = [
    ...(origin === undefined ? [] : [origin]),
    ...(process.env['LD_LIBRARY_PATH'] ?? '').split(':').filter((folder) => folder !== ''),
    ...SYSTEM_FOLDERS,
  ];
  const direct = folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
  return direct ?? loaderCache().get(name) ?? null;
}

let cache: ReadonlyMap<string, string> | null = null;

/** `ldconfig -p`, asked once; empty where there is none. */
function loaderCache(): ReadonlyMap<string, string> {
  cache ??= parseLoaderCache(printLoaderCache());
  return cache;
}

function printLoaderCache(): string {
  for (const program of ['/sbin/ldconfig', '/usr/sbin/ldconfig', 'ldconfig']) {
    try {
      return execFileSync(program, ['-p'], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
        timeout: 5000,
      });
    } catch {
      // not there, or not glibc's (Alpine): try the next
    }
  }
  return '';
}

/** Lines such as `	libcuda.so.1 (libc6,x86-64) => /lib/x86_64-linux-gnu/libcuda.so.1`; 32-bit ones are left out. */
export function parseLoaderCache(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [, name, kind, path] of text.matchAll(/^\s*(\S+) \(([^)]*)\) => (.+)$/gm)) {
    if (name === undefined || kind === undefined || path === undefined || !/64/.test(kind)) continue;
    if (!found.has(name)) found.set(name, path);
  }
  return found;
}

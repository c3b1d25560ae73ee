// What a Linux shared library needs and whether the loader would find it, without running any of its code: the
// dynamic section of the ELF file is read (as `readelf -d` does) and the loader's search path is walked.
// Windows and macOS are not covered: the one provider that is installed apart, CUDA, exists for Linux alone.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BenchError } from '../core/errors.ts';

const ELF_MAGIC = 0x7f454c46;
const CLASS_64 = 2;
const LITTLE_ENDIAN = 1;
const SECTION_DYNAMIC = 6;
const TAG_NEEDED = 1n;

interface Section {
  readonly type: number;
  readonly offset: number;
  readonly size: number;
  /** Index of the section that holds this one's strings. */
  readonly link: number;
}

/** Names that the library at `path` is linked against (DT_NEEDED), in file order. */
export function neededLibraries(path: string): string[] {
  return neededOf(readFileSync(path), path);
}

/** As `neededLibraries`, over the file's bytes. */
export function neededOf(file: Buffer, path: string): string[] {
  if (
    file.length < 64 ||
    file.readUInt32BE(0) !== ELF_MAGIC ||
    file[4] !== CLASS_64 ||
    file[5] !== LITTLE_ENDIAN
  ) {
    throw new BenchError(
      `${path} is not a 64-bit little-endian ELF library`,
      'fetch it again: npm run setup:cuda',
    );
  }
  try {
    const sections = readSections(file);
    const dynamic = sections.find((section) => section.type === SECTION_DYNAMIC);
    const strings = dynamic === undefined ? undefined : sections[dynamic.link];
    if (dynamic === undefined || strings === undefined) return [];
    return neededNames(file, dynamic, strings);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new BenchError(`${path} is cut short`, 'fetch it again: npm run setup:cuda', { cause: error });
  }
}

/** The section header table: offset at 40, entry size at 58, count at 60 of the file header. */
function readSections(file: Buffer): Section[] {
  const table = Number(file.readBigUInt64LE(40));
  const entrySize = file.readUInt16LE(58);
  return Array.from({ length: file.readUInt16LE(60) }, (_, index) => {
    const at = table + index * entrySize;
    return {
      type: file.readUInt32LE(at + 4),
      offset: Number(file.readBigUInt64LE(at + 24)),
      size: Number(file.readBigUInt64LE(at + 32)),
      link: file.readUInt32LE(at + 40),
    };
  });
}

/** Entries are pairs of 64-bit words: a tag and, for DT_NEEDED, an offset into the string section. */
function neededNames(file: Buffer, dynamic: Section, strings: Section): string[] {
  const names: string[] = [];
  for (let at = dynamic.offset; at < dynamic.offset + dynamic.size; at += 16) {
    if (file.readBigInt64LE(at) !== TAG_NEEDED) continue;
    const start = strings.offset + Number(file.readBigUInt64LE(at + 8));
    const end = file.indexOf(0, start);
    names.push(file.toString('utf8', start, end));
  }
  return names;
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

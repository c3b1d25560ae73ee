// Files in which an operating system tells of itself, mostly below /proc and /sys.
import { readFileSync } from 'node:fs';

/** The file's text, or null: most of these files exist on some kernels only. */
export function readSystemFile(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

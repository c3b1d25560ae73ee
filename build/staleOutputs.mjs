// The compiler leaves the output of a source that was moved or deleted where it is. There it would still be found: a
// test that is gone would run on, and an import of a file that is gone would work on this machine alone.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const OUTPUT = /\.js(\.map)?$/;

/** Removes every compiled file under dist/FOLDER that has no source under FOLDER, and folders that are empty then. */
export function removeStale(root, folders) {
  for (const folder of folders) sweep(join(root, 'dist', folder), join(root, folder));
}

/** @returns whether nothing is left in the folder. */
function sweep(output, source) {
  if (!existsSync(output)) return false;
  let left = 0;
  for (const entry of readdirSync(output, { withFileTypes: true })) {
    const path = join(output, entry.name);
    const gone = entry.isDirectory()
      ? sweep(path, join(source, entry.name))
      : OUTPUT.test(entry.name) && !existsSync(join(source, entry.name.replace(OUTPUT, '.ts')));
    if (gone) rmSync(path, { recursive: true });
    else left += 1;
  }
  return left === 0;
}

// Runs the test files, and only those: `node --test FOLDER` of Node 20 would also run the fixtures that are programs of
// their own. Arguments: parts of the paths to run; none for all.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';

const wanted = process.argv.slice(2);
const files = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.test.js'))
  .filter((path) => wanted.length === 0 || wanted.some((part) => path.includes(part)))
  .sort()
  .map((path) => join(import.meta.dirname, path));

if (files.length === 0) throw new Error(`no test file matches ${wanted.join(' ')}`);
const tests = run({ files, concurrency: true });
tests.on('test:fail', () => {
  process.exitCode = 1;
});
tests.pipe(new spec()).pipe(process.stdout);

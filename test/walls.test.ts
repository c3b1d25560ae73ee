// The rooms of src/ as ARCHITECTURE.md draws them: this reads its table, follows every import of the code, those of types
// and those at run time included, and fails on one that the table forbids.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { test } from 'node:test';
import ts from 'typescript';
import { repoRoot } from '../src/core/root.ts';

const SRC = join(repoRoot(), 'src');

/** Room -> level, from the lines `| 4 | `worker` | ... |`. */
const LEVEL: ReadonlyMap<string, number> = new Map(
  [...readFileSync(join(repoRoot(), 'ARCHITECTURE.md'), 'utf8').matchAll(/^\| (\d+) \| `(\w+)` \| \S/gm)].map(
    ([, level, room]) => [String(room), Number(level)],
  ),
);

const FILES = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => path.split(sep).join('/'));

/** File -> files that it imports, all relative to src/. */
const IMPORTS: ReadonlyMap<string, readonly string[]> = new Map(FILES.map((file) => [file, importsOf(file)]));

function importsOf(file: string): string[] {
  const { importedFiles } = ts.preProcessFile(readFileSync(join(SRC, file), 'utf8'), true, true);
  return importedFiles
    .map(({ fileName }) => fileName)
    .filter((name) => name.startsWith('.'))
    .map((name) =>
      relative(SRC, resolve(dirname(join(SRC, file)), name))
        .split(sep)
        .join('/'),
    );
}

const EDGES = [...IMPORTS].flatMap(([from, all]) => all.map((to) => ({ from, to })));

function roomOf(file: string): string {
  return file.split('/')[0] ?? '';
}

function levelOf(file: string): number {
  return LEVEL.get(roomOf(file)) ?? NaN;
}

function told(edges: readonly { readonly from: string; readonly to: string }[]): string[] {
  return edges.map(({ from, to }) => `src/${from} imports src/${to}`);
}

test('every folder of src has a line in the table, and every line has a folder', () => {
  const folders = readdirSync(SRC, { withFileTypes: true });
  assert.deepEqual(
    folders.map(({ name }) => name).sort(),
    [...LEVEL.keys()].sort(),
    'the table of rooms in ARCHITECTURE.md',
  );
  assert.ok(folders.every((entry) => entry.isDirectory()));
});

test('all imports are found, those of types and those at run time included', () => {
  assert.ok(EDGES.length > FILES.length, `${EDGES.length} imports in ${FILES.length} files`);
  for (const { from, to } of EDGES)
    assert.ok(IMPORTS.has(to), `src/${from} imports src/${to}, which is not there`);
  assert.ok(IMPORTS.get('worker/worker.ts')?.includes('worker/timeBlock.ts'), 'an import() at run time');
  assert.ok(IMPORTS.get('worker/sessions.ts')?.includes('worker/job.ts'), 'an import of types');
});

test('an import goes to a room of a lower level or stays in its own', () => {
  const wrong = EDGES.filter(({ from, to }) => roomOf(from) !== roomOf(to) && !(levelOf(to) < levelOf(from)));
  assert.deepEqual(told(wrong), []);
});

test('no import goes round in a circle', () => {
  assert.deepEqual(knotsIn(IMPORTS), []);
});

test('what runs in the measured process knows neither plans nor stores, rows nor reports, graphs nor the zoo', () => {
  const forbidden = ['plan', 'store', 'rows', 'report', 'run', 'graphs', 'zoo', 'compare', 'import', 'cli'];
  const own = EDGES.filter(({ from }) => roomOf(from) === 'worker');
  assert.ok(own.length > 0);
  assert.deepEqual(told(own.filter(({ to }) => forbidden.includes(roomOf(to)))), []);
  const reached = reachableFrom('worker/worker.ts').map(roomOf);
  assert.deepEqual(
    reached.filter((room) => forbidden.includes(room)),
    [],
    'not even by way of others',
  );
});

test('only runtime calls ONNX Runtime', () => {
  const callers = FILES.filter((file) => /from 'onnxruntime-/.test(readFileSync(join(SRC, file), 'utf8')));
  assert.deepEqual([...new Set(callers.map(roomOf))], ['runtime']);
});

test('a report needs no ONNX Runtime', () => {
  const reached = reachableFrom('report/index.ts');
  assert.deepEqual(
    reached.filter((file) => ['runtime', 'worker', 'run'].includes(roomOf(file))),
    [],
  );
});

test('a circle is found however long it is, and told with all its files', () => {
  const graph = new Map([
    ['a', ['b']],
    ['b', ['c', 'd']],
    ['c', ['a']],
    ['d', []],
    ['e', ['e']],
  ]);
  assert.deepEqual(knotsIn(graph), ['a b c', 'e']);
});

function reachableFrom(entry: string): string[] {
  const found = new Set([entry]);
  for (const file of found) for (const next of IMPORTS.get(file) ?? []) found.add(next);
  return [...found];
}

/** Sets of files that reach each other (Tarjan 1972), each as its sorted files. */
function knotsIn(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const knots: string[] = [];
  const visit = (file: string): number => {
    const own = index.size;
    index.set(file, own);
    let lowest = own;
    stack.push(file);
    const next = graph.get(file) ?? [];
    for (const to of next) {
      if (!index.has(to)) lowest = Math.min(lowest, visit(to));
      else if (stack.includes(to)) lowest = Math.min(lowest, low.get(to) ?? index.get(to) ?? own);
      low.set(file, lowest);
    }
    low.set(file, lowest);
    if (lowest !== own) return lowest;
    const knot = stack.splice(stack.indexOf(file));
    if (knot.length > 1 || next.includes(file)) knots.push(knot.sort().join(' '));
    return lowest;
  };
  for (const file of graph.keys()) if (!index.has(file)) visit(file);
  return knots.sort();
}

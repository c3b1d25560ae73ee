// ARCHITECTURE's recipe for a method, done in a copy of the tree: one file, its name, its line in the registry. The copy
// compiles, tests and all, so no other list of methods has to be kept; and the new method is planned, kept to the
// contract's shape and has no trained point.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, test } from 'node:test';
import assert from 'node:assert/strict';
import { repoRoot } from '../../src/core/root.ts';

const copy = mkdtempSync(join(tmpdir(), 'recipe-'));
const NAME = 'longest';

/** The file of the recipe; what it decides is that of docs/examples/largest-norm.mjs. */
const METHOD = `// Keeps half of the tokens in every layer.
import type { Method } from './contract.ts';

export const ${NAME}: Method = {
  name: '${NAME}',
  rows: 'packed',
  points: { half: { 'pruning.keep': 0.5 } },
  read: () => ({
    strengths: null,
    protectsCls: true,
    keepAfter: (g, { tools, inputCounts }, _layer, state) => {
      const norms = g.op('ReduceL2', [state.hidden, g.int64([1])], { keepdims: 0 });
      return tools.keepLargest(g, state, state.inSlots(norms), tools.shareOf(g, inputCounts, g.float(0.5)), true);
    },
    predictorMacsPerToken: 0,
  }),
};
`;

function edit(path: string, from: string, to: string): void {
  const text = readFileSync(join(copy, path), 'utf8');
  assert.equal(text.split(from).length, 2, `${path} holds "${from}" once`);
  writeFileSync(join(copy, path), text.replace(from, to));
}

function node(...args: string[]): { code: number | null; stdout: string; all: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: copy, encoding: 'utf8' });
  return { code: status, stdout, all: `${stdout}${stderr}` };
}

before(() => {
  for (const path of ['src', 'test', 'bench', 'package.json', 'tsconfig.json', 'tsconfig.build.json']) {
    cpSync(join(repoRoot(), path), join(copy, path), { recursive: true });
  }
  mkdirSync(join(copy, 'data'));
  for (const path of ['node_modules', 'models', 'data/reviews']) {
    symlinkSync(join(repoRoot(), path), join(copy, path));
  }
  writeFileSync(join(copy, `src/graphs/methods/${NAME}.ts`), METHOD);
  edit('src/core/names.ts', "'transkimmer'] as const", `'transkimmer', '${NAME}'] as const`);
  edit('src/graphs/methods/index.ts', '  transkimmer,\n};', `  transkimmer,\n  ${NAME},\n};`);
  edit(
    'src/graphs/methods/index.ts',
    'import { transkimmer }',
    `import { ${NAME} } from './${NAME}.ts';\nimport { transkimmer }`,
  );
});

test('the tree compiles with a file, a name and a line more, and the method is measured', () => {
  const compiled = node(
    'node_modules/typescript/bin/tsc',
    '-p',
    'tsconfig.build.json',
    '--incremental',
    'false',
  );
  assert.equal(compiled.code, 0, compiled.all);
  const bench = ['dist/src/cli/main.js', 'bench', '--list', '--models', 'minilm-l6', '--task', 'reviews'];
  const listed = node(...bench, '--methods', NAME, '--seq-lens', '32', '--batch-sizes', '1');
  assert.equal(listed.code, 0, listed.all);
  const cells = listed.stdout
    .trim()
    .split('\n')
    .map((cell) => cell.split('.').slice(-1)[0]);
  assert.deepEqual(cells, ['dense-padded', 'dense', `${NAME}:half`]);
  const shipped = node('--test-name-pattern=trained point', '--test', 'dist/test/zoo/shipped.test.js');
  assert.equal(shipped.code, 0, shipped.all);
});

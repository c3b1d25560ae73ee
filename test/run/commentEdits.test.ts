// What an edit of the measuring code is worth on --resume: a comment nothing, a statement every block. The edited file is
// compiled as the build compiles it and put into a copy of the built program, whose hash the resumed run is given.
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { repoRoot } from '../../src/core/root.ts';
import { benchRun } from '../../src/run/benchRun.ts';
import { codeHash, hashFrom } from '../../src/run/codeHash.ts';
import { scriptedLaunch } from '../fixtures/scriptedLaunch.ts';
import { tinyRun } from '../fixtures/tinyRun.ts';

const BUILT = fileURLToPath(new URL('../../src', import.meta.url));
const FILE = 'worker/latency';
const SOURCE = readFileSync(join(repoRoot(), 'src', `${FILE}.ts`), 'utf8');

function compiled(source: string): string {
  const { config } = ts.readConfigFile(join(repoRoot(), 'tsconfig.json'), (path) =>
    ts.sys.readFile(path),
  ) as {
    config: { compilerOptions: object };
  };
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, repoRoot());
  // Of a file alone nobody knows that package.json makes it a module.
  const compilerOptions = { ...options, module: ts.ModuleKind.ESNext };
  return ts.transpileModule(source, { compilerOptions, fileName: `${FILE}.ts` }).outputText;
}

/** The hash of the program as it would be built with that text in FILE. */
function hashWith(source: string): string {
  const copy = mkdtempSync(join(tmpdir(), 'code-'));
  cpSync(BUILT, join(copy, 'src'), { recursive: true, filter: (path) => !path.endsWith('.map') });
  symlinkSync(join(repoRoot(), 'node_modules'), join(copy, 'node_modules'), 'junction');
  writeFileSync(join(copy, 'src', `${FILE}.js`), compiled(source));
  return hashFrom(join(copy, 'src', 'worker', 'worker.js'));
}

function edited(pattern: RegExp, text: string): string {
  assert.match(SOURCE, pattern, `${FILE}.ts has changed: edit something else of it here`);
  return SOURCE.replace(pattern, text);
}

const COMMENT = edited(/^\/\/ .*\n/, '// Another first line.\n// And one line more.\n')
  .replace(/^export interface Subject \{$/m, '/** Said anew. */\nexport interface Subject {')
  .replace(/;$/m, '; // at the end of a line')
  .replace(/^ {2}return /m, '  // between two statements\n  return ');
const STATEMENT = edited(/leastWarmUpMs \?\? 0/, 'leastWarmUpMs ?? 1');

test('a file is hashed as it is built, without its comments', () => {
  assert.equal(hashWith(SOURCE), codeHash());
  assert.notEqual(COMMENT, SOURCE);
  assert.equal(hashWith(COMMENT), codeHash());
  assert.notEqual(hashWith(STATEMENT), codeHash());
});

test('after an edit of a comment every stored block holds, after one of a statement none does', async () => {
  const run = tinyRun({ methods: ['dense', 'ltp'], seqLens: [160] });
  const plan = { ...run.plan, interval: null, costs: 'none' as const, scenarios: [] };
  const scripted = scriptedLaunch('comments');
  const resumed = async (code: string): Promise<string[]> => {
    const launched: string[] = [];
    const { summary } = await benchRun({
      ...{ ...run, plan, sources: { ...run.sources, code }, signal: new AbortController().signal },
      launch: (job, options) => {
        launched.push(job.kind);
        return scripted(job, options);
      },
    });
    assert.ok(summary.rows.every(({ status }) => status === 'ok'));
    return launched;
  };
  const all = await resumed(codeHash());
  assert.deepEqual(all.toSorted(), ['accuracy', 'profile', 'time', 'time']);
  assert.deepEqual(await resumed(hashWith(COMMENT)), []);
  assert.deepEqual(await resumed(hashWith(STATEMENT)), all);
});

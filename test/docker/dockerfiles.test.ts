// The images cannot be built in a test; what can go wrong in their text can be read.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { repoRoot } from '../../src/core/root.ts';

interface Instruction {
  readonly name: string;
  readonly value: string;
}

const folder = join(repoRoot(), 'docker');
const files = readdirSync(folder).filter((name) => name.startsWith('Dockerfile.'));

/** Instructions in order, comments dropped and continued lines joined. */
function instructionsOf(text: string): Instruction[] {
  return text
    .replaceAll(/^\s*#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => ({ name: line.split(' ')[0] ?? '', value: line.slice(line.indexOf(' ') + 1).trim() }));
}

const read = (file: string): Instruction[] => instructionsOf(readFileSync(join(folder, file), 'utf8'));
const valuesOf = (file: string, name: string): string[] =>
  read(file)
    .filter((instruction) => instruction.name === name)
    .map(({ value }) => value);

describe('the images', () => {
  it('are one for each target', () =>
    assert.deepEqual(files, ['Dockerfile.haswell-cpu', 'Dockerfile.t4-cuda']));

  it('share one entry command, in the form that takes flags', () => {
    for (const file of files) {
      assert.deepEqual(
        valuesOf(file, 'ENTRYPOINT').map((value): unknown => JSON.parse(value)),
        [['npm', 'run', 'bench', '--']],
      );
    }
  });

  it('hold the same Node, the one that the project asks for', () => {
    const images = files.map((file) => valuesOf(file, 'FROM').find((value) => value.startsWith('node:')));
    assert.equal(images[0], images[1]?.replace(/ AS \w+$/, ''));
    assert.match(images[0] ?? '', /^node:20\./);
  });
});

for (const file of files) {
  describe(file, () => {
    it('has known instructions only', () => {
      const known = ['FROM', 'RUN', 'COPY', 'USER', 'WORKDIR', 'ENV', 'VOLUME', 'ENTRYPOINT'];
      for (const { name } of read(file)) assert.ok(known.includes(name), name);
    });

    it('pins its bases to a full version', () => {
      for (const base of valuesOf(file, 'FROM')) {
        assert.match(base, /^[\w./-]+:\d+\.\d+\.\d+[\w.-]*(@sha256:[0-9a-f]{64})?( AS \w+)?$/);
      }
    });

    it('installs packages and starts the bench as an unprivileged user', () => {
      const instructions = read(file);
      const user = instructions.findIndex(({ name }) => name === 'USER');
      assert.ok(!['root', '0', '0:0', ''].includes(instructions[user]?.value ?? ''));
      assert.equal(instructions.filter(({ name }) => name === 'USER').length, 1);
      for (const [index, { name, value }] of instructions.entries()) {
        if (name === 'RUN') assert.equal(/\bnpm\b.*(ci|run)\b/.test(value), index > user, value);
        if (name === 'COPY' && index > user) assert.match(value, /^--chown=/);
      }
    });

    it('copies files that exist and are not ignored', () => {
      const ignored = readFileSync(join(repoRoot(), '.dockerignore'), 'utf8').split('\n');
      for (const value of valuesOf(file, 'COPY').filter((copy) => !copy.includes('--from='))) {
        const sources = value
          .split(' ')
          .filter((word) => !word.startsWith('--'))
          .slice(0, -1);
        for (const source of sources) {
          assert.ok(existsSync(join(repoRoot(), source)), source);
          assert.ok(!ignored.includes(source), source);
        }
      }
    });

    it('keeps results and reports outside the image, where the bench writes them', () => {
      const home = valuesOf(file, 'WORKDIR')[0] ?? '';
      assert.deepEqual(
        valuesOf(file, 'VOLUME').map((value): unknown => JSON.parse(value)),
        [[`${home}/results`, `${home}/reports`]],
      );
    });

    it('runs only scripts that package.json has', () => {
      const manifest: unknown = JSON.parse(readFileSync(join(repoRoot(), 'package.json'), 'utf8'));
      const text = JSON.stringify(manifest);
      for (const [, script] of readFileSync(join(folder, file), 'utf8').matchAll(/npm run ([\w:]+)/g)) {
        assert.ok(text.includes(`"${script ?? ''}":`), script);
      }
    });
  });
}

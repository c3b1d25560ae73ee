// What a package holds beside the compiled program: the types of its API, with their comments, and the commit that it
// was made from.
import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

rmSync(join(root, 'dist', 'types'), { recursive: true, force: true });
const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');
execFileSync(process.execPath, [compiler, '-p', 'tsconfig.types.json'], { cwd: root, stdio: 'inherit' });

const { gitCommit } = await import('../dist/src/run/gitCommit.js');
const commit = await gitCommit(root);
writeFileSync(join(root, 'dist', 'commit.json'), `${JSON.stringify({ gitCommit: commit })}\n`);

// chartjs-node-canvas draws through `canvas`, whose installer downloads a binary or compiles one. In a checkout an
// override of npm puts @napi-rs/canvas in its place, which comes ready from the registry; but npm heeds overrides of the
// root project alone. So the package brings chartjs-node-canvas with it, in a node_modules of its own that Node's
// resolution finds first, and has @napi-rs/canvas as a dependency under the name `canvas`.
import { cpSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';

const NAME = 'chartjs-node-canvas';
const FILES = /^(package\.json|LICENSE|dist|.*\.js)$/;

export function carryChartCanvas(root) {
  const [from, to] = [join(root, 'node_modules', NAME), join(root, 'dist', 'node_modules', NAME)];
  if (isSame(join(from, 'package.json'), join(to, 'package.json'))) return;
  rmSync(to, { recursive: true, force: true });
  cpSync(from, to, {
    recursive: true,
    filter: (path) => path === from || FILES.test(basename(path)),
  });
}

function isSame(one, other) {
  return existsSync(other) && readFileSync(one).equals(readFileSync(other));
}

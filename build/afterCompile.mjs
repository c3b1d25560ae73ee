// What `npm run build` does after the compiler: the compiled tree is exactly that of the sources, and holds what the
// charts need.
import { fileURLToPath } from 'node:url';
import { carryChartCanvas } from './chartCanvas.mjs';
import { removeStale } from './staleOutputs.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
removeStale(root, ['src', 'test']);
carryChartCanvas(root);

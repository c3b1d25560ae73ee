// `npm run models -- verify`: whether files and graphs are what the manifest says they are.
import { EXIT } from '../../core/errors.ts';
import { variantKey } from '../../core/keys.ts';
import { verifyVariant } from '../../verify/goldens.ts';
import { checkFile } from '../../zoo/graphCache.ts';
import { allVariants } from '../../zoo/variants.ts';
import type { Usage } from '../args.ts';
import { commandOf } from '../command.ts';
import { chosenModels, MODEL_FLAG } from './chosen.ts';
import { checkGeometry } from './geometry.ts';

const usage = {
  name: 'models verify',
  summary: 'Checks the sha256 of every file, and runs every graph on the recorded sentences.',
  flags: MODEL_FLAG,
  notes: ['Geometries are large and made on first use: only --model verifies one.'],
} as const satisfies Usage;

export const verify = commandOf(usage, async ({ values }) => {
  for (const entry of chosenModels(values.model)) {
    if (entry.origin === 'geometry') {
      await checkGeometry(entry);
      continue;
    }
    for (const file of [...entry.files, ...entry.points.map((point) => point.file)]) checkFile(file);
    process.stdout.write(`${entry.name}: all files match the manifest\n`);
    for (const variant of allVariants(entry)) {
      const result = await verifyVariant(entry, variant);
      const text =
        result === null
          ? 'no record to compare with'
          : `${result.texts} texts equal PyTorch (kept tokens equal, logits within ${result.largestDifference.toExponential(1)})`;
      process.stdout.write(`${entry.name} ${variantKey(variant).padEnd(22)} ${text}\n`);
    }
  }
  return EXIT.ok;
});

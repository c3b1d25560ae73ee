// The shipped model's folder: the text tests use its real tokenizer, since a made-up vocabulary proves nothing.
import { join } from 'node:path';
import { repoRoot } from '../../src/core/root.ts';

export const MODEL_FOLDER = join(repoRoot(), 'models', 'minilm-l6');

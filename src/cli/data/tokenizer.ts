// The tokenizer that tokens are counted with when texts are looked at.
import type { Tokenizer } from '../../text/tokenizer.ts';
import { tokenizerOf } from '../../zoo/tokenizerOf.ts';
import { loadZoo } from '../../zoo/zoo.ts';
import type { Flags } from '../args.ts';

const USUAL_MODEL = 'minilm-l6';

export const MODEL_FLAG = {
  model: {
    type: 'string',
    value: 'NAME',
    help: `the model whose tokenizer counts the tokens (default ${USUAL_MODEL})`,
  },
} as const satisfies Flags;

export function tokenizerNamed(model: string = USUAL_MODEL): Tokenizer {
  return tokenizerOf(loadZoo().model(model));
}

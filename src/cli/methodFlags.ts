// The flags for a method in a file of the user's own.
import type { Flag } from './args.ts';

export const METHOD_FLAGS = {
  'method-file': {
    type: 'string',
    multiple: true,
    value: 'FILE',
    path: true,
    help: 'a method of your own, measured beside the others (docs/your-method.md); may be repeated',
  },
  'method-point': {
    type: 'string',
    multiple: true,
    value: 'FILE',
    path: true,
    help: 'a .safetensors file with a point of that method; may be repeated',
  },
} as const satisfies Readonly<Record<string, Flag>>;

export interface MethodChoice {
  /** Absolute. */
  readonly files: readonly string[];
  /** Absolute; of the one file. */
  readonly points: readonly string[];
}

export function parseMethodFlags(values: {
  readonly 'method-file'?: readonly string[];
  readonly 'method-point'?: readonly string[];
}): MethodChoice {
  return { files: values['method-file'] ?? [], points: values['method-point'] ?? [] };
}

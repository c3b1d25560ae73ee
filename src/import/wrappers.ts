// The names that whatever wrapped a model put before those of its tensors: DataParallel (module.), torch.compile
// (_orig_mod.), Lightning (model.) and anything else that has the encoder as an attribute. They are taken off, so that
// the names are the model's own again.
import { BenchError } from '../core/errors.ts';
import type { SourceTensor } from './architecture.ts';

/** Within a name: modules that PyTorch puts around another one. */
const INNER = /(^|\.)(?:_orig_mod|_fsdp_wrapped_module|_checkpoint_wrapped_module)(?=\.)/g;
const OUTER = /^(?:(?:module|model)\.)+/;
/** The one tensor that every encoder has, behind the name of its family if it stands inside of a larger model. */
const WORDS = /^(.*?)(?:(?:bert|roberta|distilbert|electra|ibert)\.)?embeddings\.word_embeddings\.weight$/;

export interface Unwrapped {
  /** By their own names. */
  readonly tensors: ReadonlyMap<string, SourceTensor>;
  /** What was taken off, each once, in the order in which it stood. */
  readonly prefixes: readonly string[];
}

/** @throws BenchError if two tensors get the same name. */
export function unwrapped(folder: string, sources: Iterable<SourceTensor>): Unwrapped {
  const all = [...sources].map((tensor) => ({ tensor, name: bare(tensor.name) }));
  const around = [...new Set(all.flatMap(({ name }) => WORDS.exec(name)?.[1] ?? []))];
  // With two encoders in one file (a teacher, a generator) it is not known which is meant: the names stay.
  const [own = ''] = around.length === 1 ? around : [];
  const prefixes = new Set<string>();
  const tensors = new Map<string, SourceTensor>();
  for (const { tensor, name: inner } of all) {
    const name = inner.startsWith(own) ? inner.slice(own.length) : inner;
    const twin = tensors.get(name);
    if (twin !== undefined) {
      throw new BenchError(
        `${folder}: tensors ${tensor.name} and another both are ${name} without the prefix of a wrapper`,
        'save the model alone: model.save_pretrained(DIR) of the innermost model',
      );
    }
    tensors.set(name, { ...tensor, name });
    for (const part of takenOff(tensor.name, inner, own)) prefixes.add(part);
  }
  return { tensors, prefixes: [...prefixes] };
}

function bare(name: string): string {
  const inner = name
    .replaceAll(INNER, '$1')
    .replaceAll(/\.{2,}/g, '.')
    .replace(/^\./, '');
  return inner.replace(OUTER, '');
}

function takenOff(given: string, inner: string, own: string): string[] {
  const parts = [...given.matchAll(INNER)].map(([whole]) => `${whole.replace(/^\./, '')}.`);
  const outer = OUTER.exec(
    given
      .replaceAll(INNER, '$1')
      .replaceAll(/\.{2,}/g, '.')
      .replace(/^\./, ''),
  )?.[0];
  const named = outer === undefined ? [] : (outer.match(/[^.]+\./g) ?? []);
  return [...parts, ...named, ...(own !== '' && inner.startsWith(own) ? [own] : [])];
}

// Which settings of a tokenizer act: what tokenizer_config.json says, then the defaults of the class that opens the folder
// in transformers, then tokenizer.json; and in words what was taken without being said.
import type { ClassKind, PythonClass } from './pythonClass.ts';

type Value = boolean | null;

/** By the names of tokenizer.json. */
const DEFAULTS = {
  bert: { lowercase: true, strip_accents: null, handle_chinese_chars: true },
  'byte-level': { add_prefix_space: false },
} as const satisfies Partial<Record<ClassKind, Readonly<Record<string, Value>>>>;

/** By the names of tokenizer_config.json, and what a value does. */
const WORDS: Readonly<Record<string, { readonly name: string; readonly does: (value: Value) => string }>> = {
  lowercase: { name: 'do_lower_case', does: (value) => (value === true ? 'lower-cased' : 'case kept') },
  strip_accents: {
    name: 'strip_accents',
    does: (value) =>
      value === null
        ? 'accents stripped where it is lower-cased'
        : value
          ? 'accents stripped'
          : 'accents kept',
  },
  handle_chinese_chars: {
    name: 'tokenize_chinese_chars',
    does: (value) => (value === true ? 'Chinese characters split' : 'Chinese characters not split'),
  },
  add_prefix_space: {
    name: 'add_prefix_space',
    does: (value) => (value === true ? 'a space put before a text' : 'no space put before a text'),
  },
};

type Settings = Readonly<Record<string, Value>>;

/**
 * @param kind of the classes that have such settings.
 * @param said in tokenizer_config.json, by the names of tokenizer.json.
 * @param own what tokenizer.json has.
 * @param inSequence whether it has it inside of a Sequence, which transformers 4 does not look into.
 */
export function settled(
  python: PythonClass,
  kind: 'bert' | 'byte-level',
  said: Settings,
  own: Readonly<Record<string, unknown>>,
  inSequence: boolean,
): { readonly settings: Settings; readonly assumed: readonly string[] } {
  const name = python.name ?? '';
  if (python.kind === 'generic')
    return { settings: {}, assumed: unused(said, own, `${name} reads tokenizer.json alone`) };
  if (python.kind !== kind) return { settings: said, assumed: [] };
  const wanted: Settings = { ...DEFAULTS[kind], ...said };
  if (inSequence && python.major === 4) {
    const why = `transformers 4 does not look into the Sequence of tokenizer.json; transformers 5 would take`;
    return {
      settings: {},
      assumed: changes(wanted, own).map((key) => `${does(key, own[key])}: ${why} ${text(wanted, key)}`),
    };
  }
  const assumed = changes(wanted, own)
    .filter((key) => said[key] === undefined)
    .map(
      (key) =>
        `${does(key, wanted[key])}: no file says ${WORDS[key]?.name ?? key}, and ${name} takes ${String(wanted[key])}`,
    );
  return { settings: wanted, assumed: assumed.map((line) => `${line}, whatever tokenizer.json has`) };
}

function unused(said: Settings, own: Readonly<Record<string, unknown>>, why: string): string[] {
  return changes(said, own).map((key) => `${does(key, own[key])}: ${why}, not ${text(said, key)}`);
}

function changes(wanted: Settings, own: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(wanted).filter((key) => wanted[key] !== own[key]);
}

function does(key: string, value: unknown): string {
  return WORDS[key]?.does(value === true ? true : value === false ? false : null) ?? key;
}

function text(settings: Settings, key: string): string {
  return `${WORDS[key]?.name ?? key} ${String(settings[key])}`;
}

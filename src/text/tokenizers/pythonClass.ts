// Which class of transformers opens a folder's tokenizer, and what that class takes where the folder says nothing: its
// defaults go before what tokenizer.json has. Tried with transformers 4.46.3 and 5.23.0. Where the two differ, a folder is
// read as the version reads it that wrote the folder's config.json, and as 4 where that is not said.

export type Major = 4 | 5;

/** What a class does with the settings of a folder. `generic`: tokenizer.json as it is. `unknown`: settings, no defaults. */
export type ClassKind = 'bert' | 'byte-level' | 'generic' | 'unknown';

export interface PythonClass {
  /** Without "Fast"; null if no file names one. */
  readonly name: string | null;
  readonly kind: ClassKind;
  readonly major: Major;
}

const KINDS: Readonly<Record<string, ClassKind>> = {
  BertTokenizer: 'bert',
  DistilBertTokenizer: 'bert',
  ElectraTokenizer: 'bert',
  MPNetTokenizer: 'bert',
  RobertaTokenizer: 'byte-level',
  GPT2Tokenizer: 'byte-level',
  PreTrainedTokenizer: 'generic',
  TokenizersBackend: 'generic',
};

/** The class of a model_type, where tokenizer_config.json names none. */
const OF_MODEL: Readonly<Record<string, string>> = {
  bert: 'BertTokenizer',
  distilbert: 'DistilBertTokenizer',
  electra: 'ElectraTokenizer',
  roberta: 'RobertaTokenizer',
};

type Json = Readonly<Record<string, unknown>>;

/** @param settings tokenizer_config.json. @param model config.json; both as they are, empty if absent. */
export function pythonClass(settings: Json, model: Json): PythonClass {
  const { tokenizer_class: said } = settings;
  const { model_type: type, transformers_version: version } = model;
  const ofModel = typeof type === 'string' && Object.hasOwn(OF_MODEL, type) ? OF_MODEL[type] : undefined;
  const name = typeof said === 'string' ? said.replace(/Fast$/, '') : (ofModel ?? null);
  const kind = name !== null && Object.hasOwn(KINDS, name) ? (KINDS[name] ?? 'unknown') : 'unknown';
  const major = typeof version === 'string' && /^(?:[5-9]|\d\d)/.test(version) ? 5 : 4;
  return { name, kind, major };
}

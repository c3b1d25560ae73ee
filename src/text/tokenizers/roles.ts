// The special tokens of a tokenizer by what they are for. A folder may say it in special_tokens_map.json or in
// tokenizer_config.json, as a string or as a record; where it does not, the names of BERT and RoBERTa are tried.
import { z } from 'zod';

export const ROLES = ['cls', 'sep', 'pad', 'unk', 'mask'] as const;
export type Role = (typeof ROLES)[number];
export type Roles = Readonly<Record<Role, string>>;

export interface RoleSources {
  readonly map: Readonly<Record<string, unknown>>;
  readonly config: Readonly<Record<string, unknown>>;
}

/** A second name of the role: RoBERTa's folders name the first and the last token of a text in two ways. */
const ALSO: Partial<Record<Role, string>> = { cls: 'bos', sep: 'eos' };

const USUAL: Record<'WordPiece' | 'BPE', Roles> = {
  WordPiece: { cls: '[CLS]', sep: '[SEP]', pad: '[PAD]', unk: '[UNK]', mask: '[MASK]' },
  BPE: { cls: '<s>', sep: '</s>', pad: '<pad>', unk: '<unk>', mask: '<mask>' },
};

const tokenSchema = z.union([
  z.string(),
  z.looseObject({ content: z.string() }).transform((one) => one.content),
]);

/** What the folder says, and what is usual where it says nothing. */
export function rolesOf({ map, config }: RoleSources, kind: 'WordPiece' | 'BPE'): Roles {
  const roleOf = (role: Role): string => {
    const names = [role, ALSO[role]].flatMap((name) => (name === undefined ? [] : [`${name}_token`]));
    const said = names.flatMap((name) => [map[name], config[name]]);
    const found = said.map((value) => tokenSchema.safeParse(value)).find(({ success }) => success);
    return found?.data ?? USUAL[kind][role];
  };
  return {
    cls: roleOf('cls'),
    sep: roleOf('sep'),
    pad: roleOf('pad'),
    unk: roleOf('unk'),
    mask: roleOf('mask'),
  };
}

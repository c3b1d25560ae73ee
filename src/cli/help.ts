// The text of --help, made from the flags themselves and wrapped to a terminal of the usual width.
import { spelled } from '../core/spelling.ts';
import { EVERYWHERE, type Flag, type Flags, type Usage } from './args.ts';

const COLUMNS = 80;
/** A flag that is longer has its text on the next line. */
const WIDEST_FLAG = 24;
const GAP = 2;

export function helpOf({ name, summary, operands, flags, groups, notes, examples }: Usage): string {
  const call = `npm run ${name.replace(' ', ' -- ')}${name.includes(' ') ? '' : ' --'} [flags]`;
  const sections = Object.entries(groups ?? (Object.keys(flags).length === 0 ? {} : { Flags: flags }));
  const every = sections.flatMap(([, own]) => Object.entries(own));
  const widths = [...every, ...Object.entries(EVERYWHERE)].map(([flag, about]) => leftOf(flag, about).length);
  const width = Math.min(WIDEST_FLAG, Math.max(...widths));
  const blocks = [
    wrapped(summary),
    [`Usage: ${call}${operands === undefined ? '' : ` ${operands}`}`],
    ...sections.map(([title, own]) => [`${title}:`, ...rowsOf(own, width)]),
    [...(sections.length === 0 ? [] : ['With every command:']), ...rowsOf(EVERYWHERE, width)],
    ...(notes ?? []).map((note) => wrapped(note)),
    ...(examples === undefined ? [] : [['Examples:', ...examples.map((line) => `  npm run ${line}`)]]),
  ];
  return spelled(`${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`);
}

/** Words and what they stand for, in two columns. */
export function columns(rows: readonly (readonly [string, string])[], width: number): string[] {
  return rows.flatMap(([left, text]) => {
    const indent = ' '.repeat(width + 2 * GAP);
    const [first = '', ...more] = wrapped(text, COLUMNS - indent.length);
    const head = `${' '.repeat(GAP)}${left.padEnd(width)}`;
    const rest = more.map((line) => `${indent}${line}`);
    return left.length > width
      ? [head, `${indent}${first}`, ...rest]
      : [`${head}${' '.repeat(GAP)}${first}`, ...rest];
  });
}

function rowsOf(flags: Flags, width: number): string[] {
  return columns(
    Object.entries(flags).map(([name, flag]) => [leftOf(name, flag), flag.help] as const),
    width,
  );
}

function leftOf(name: string, { short, value, dash }: Flag): string {
  const argument = value === undefined ? (dash === true ? ' [-]' : '') : ` ${value}`;
  return `${short === undefined ? '    ' : `-${short}, `}--${name}${argument}`;
}

/** Broken at spaces so that no line is longer than `columns`, if no word is. */
export function wrapped(text: string, width = COLUMNS): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of spelled(text).split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

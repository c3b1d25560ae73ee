// A method in a file of the user's own: a JavaScript module that exports what graphs/methods/contract.ts asks for. It is
// read and checked here; whatever it does wrong later, while graphs are written, comes back as one line that names it.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { basename, extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { BenchError, messageOf } from '../core/errors.ts';
import { sha256FileSync } from '../core/hash.ts';
import { LONGEST_METHOD_NAME, METHOD_NAME, METHODS, OTHER_ROWS } from '../core/names.ts';
import type { PointSource } from '../graphs/graphFiles.ts';
import type { Method } from '../graphs/methods/contract.ts';
import { readSafetensors } from '../weights/safetensors.ts';
import { declaredPoints } from './declaredPoints.ts';
import { guarded } from './guardedMethod.ts';

export interface MethodFile {
  readonly method: Method;
  /** Absolute. */
  readonly path: string;
  readonly sha256: string;
  /** Absolute paths of the point files that were named with it. */
  readonly pointFiles: readonly string[];
  /** Those of files first, then those that it declares. */
  readonly points: readonly PointSource[];
}

const HINT = 'docs/your-method.md shows what a method file exports';

const POINT_VALUE = z.union([z.number(), z.array(z.number()).min(1), z.string()]);
const VALUES = z.record(z.string(), POINT_VALUE);
const HOOK = z.custom((value) => typeof value === 'function', 'is not a function');

const methodSchema = z.strictObject({
  name: z
    .string()
    .regex(METHOD_NAME, 'is not a name: small letters, digits and single "-", e.g. first-tokens')
    .max(LONGEST_METHOD_NAME),
  rows: z.literal('packed'),
  summary: z.string().min(1).optional(),
  points: z.record(z.string().regex(/^[A-Za-z0-9][\w.-]*$/, 'is not a name of a point'), VALUES).optional(),
  neutral: VALUES.optional(),
  read: HOOK,
});

/**
 * @param path of the module. @param pointPaths safetensors files, each a point of the method.
 * @throws BenchError naming the file and what is wrong with it.
 */
export async function loadMethodFile(path: string, pointPaths: readonly string[] = []): Promise<MethodFile> {
  const file = resolve(path);
  if (!existsSync(file)) {
    throw new BenchError(`--method-file: there is no ${file}`, 'name a .mjs file that exports a method');
  }
  const sha256 = sha256FileSync(file);
  const method = guarded(checked(file, await imported(file, sha256)), file);
  const pointFiles = pointPaths.map((one) => resolve(one));
  const points = [...pointFiles.map(pointOfFile), ...declaredPoints(method)];
  return { method, path: file, sha256, pointFiles, points };
}

/** @param pointPaths points of the one file. @throws BenchError as above, and if two have one name. */
export async function loadMethodFiles(
  paths: readonly string[],
  pointPaths: readonly string[] = [],
): Promise<MethodFile[]> {
  if (pointPaths.length > 0 && paths.length !== 1) {
    throw new BenchError(
      `--method-point is a point of one --method-file, and there are ${paths.length}`,
      '--method-file my-method.mjs --method-point my-point.safetensors',
    );
  }
  const files: MethodFile[] = [];
  for (const path of paths) {
    const file = await loadMethodFile(path, pointPaths);
    const twin = files.find(({ method }) => method.name === file.method.name);
    if (twin !== undefined) {
      throw new BenchError(
        `${file.path}: name "${file.method.name}" is that of ${twin.path}, too`,
        'give each method a name of its own',
      );
    }
    files.push(file);
  }
  return files;
}

/** The hash makes a changed file another module, so that a process that lives on does not get the old one. */
async function imported(path: string, sha256: string): Promise<unknown> {
  try {
    const module = (await import(`${pathToFileURL(path).href}?sha256=${sha256}`)) as Record<string, unknown>;
    return module['default'] ?? module['method'];
  } catch (thrown) {
    throw new BenchError(
      `${path} cannot be loaded: ${placeOf(thrown, path)}${messageOf(thrown)}`,
      'mend the file',
      {
        cause: thrown,
      },
    );
  }
}

/** Of a syntax error the line, which `import` leaves out and `node --check` prints first. */
function placeOf(thrown: unknown, path: string): string {
  if (!(thrown instanceof SyntaxError)) return '';
  const { stderr } = spawnSync(process.execPath, ['--check', path], { encoding: 'utf8' });
  const [, line] = /^.*:(\d+)$/m.exec(stderr) ?? [];
  return line === undefined ? '' : `line ${line}: `;
}

function checked(path: string, exported: unknown): Method {
  if (exported === undefined) {
    throw new BenchError(`${path} exports no method`, `export it as default or as "method"; ${HINT}`);
  }
  const parsed = methodSchema.safeParse(exported);
  if (!parsed.success) throw new BenchError(`${path}: ${issueOf(parsed.error)}`, HINT);
  const { name, points, neutral } = parsed.data;
  const taken = [...METHODS, ...OTHER_ROWS].some((known) => known === name);
  if (taken) throw new BenchError(`${path}: the name "${name}" is taken`, 'give the method another name');
  const values = [...Object.values(points ?? {}), ...(neutral === undefined ? [] : [neutral])];
  const stray = values
    .flatMap((one) => Object.entries(one))
    .find(([key, value]) => typeof value !== 'string' && !key.startsWith('pruning.'));
  if (stray !== undefined) {
    throw new BenchError(
      `${path}: a point names "${stray[0]}"`,
      `parameters of a point begin with "pruning.": "pruning.${stray[0]}"`,
    );
  }
  return exported as Method; // it is what the schema says; its functions are called on itself
}

function issueOf(error: z.ZodError): string {
  const [issue] = error.issues;
  const where = issue?.path.join('.') ?? '';
  return `${where === '' ? 'the export' : where}: ${issue?.message ?? 'is not as expected'}`;
}

function pointOfFile(path: string): PointSource {
  if (!existsSync(path))
    throw new BenchError(`--method-point: there is no ${path}`, 'name a .safetensors file');
  const name = basename(path, extname(path)).replaceAll(/[^\w.-]/g, '-');
  return { name, file: readSafetensors(path), sha256: sha256FileSync(path) };
}

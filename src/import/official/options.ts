// What a person may say about a published pruning checkpoint; the defaults are the published settings.
import { BenchError } from '../../core/errors.ts';

export interface OfficialOptions {
  /** S_ckpt: the length in tokens that an LTP checkpoint's inputs were padded to; its scores are means over so many. */
  readonly checkpointLength: number;
}

export const OFFICIAL_DEFAULTS: OfficialOptions = { checkpointLength: 128 };

/** The point of a published checkpoint, whatever its method. */
export const OFFICIAL_POINT = 'official';

/** @throws BenchError naming config.json's field and what is understood. */
export function unsupported(configPath: string, field: string, value: unknown, remedy: string): BenchError {
  return new BenchError(`${configPath}: ${field} ${JSON.stringify(value)} is not supported`, remedy);
}

// What is said of a row that has no numbers.
import type { Row } from '../../core/schema/row.ts';

/** `ok`, `failed: timeout: no answer within 60 s`. */
export function statusText({ status, reason }: Pick<Row, 'status' | 'reason'>): string {
  return status === 'ok' ? status : `${status}: ${reason ?? 'no reason recorded'}`;
}

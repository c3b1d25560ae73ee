// What the records of all kinds of block begin with.
import { z } from 'zod';
import { SCHEMA_VERSION } from './version.ts';

export const blockBase = {
  schemaVersion: z.literal(SCHEMA_VERSION),
  /** Hash of everything that changes what is measured; a stored block with another hash is not reused. */
  definition: z.string(),
  startedAt: z.string(),
  wallMs: z.number(),
};

// Method files in a plan: where they are, so that a run can go on, and what they were. The version is no part of what the
// plan wants, as that of our own code is not: blocks of another version are of another definition.
import { z } from 'zod';

export const methodFileSchema = z.object({
  name: z.string(),
  /** Absolute. */
  path: z.string(),
  sha256: z.string(),
  /** Absolute paths of the point files that were named with it. */
  pointFiles: z.array(z.string()),
  /** Of the points of files, by name. */
  pointHashes: z.record(z.string(), z.string()),
  /** One sentence for the reports. */
  summary: z.string().optional(),
});
export type PlannedMethodFile = z.infer<typeof methodFileSchema>;

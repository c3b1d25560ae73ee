// A task of the user's own: which file, which columns, what is asked. Stored with the plan, so that a run can be
// resumed without its flags.
import { z } from 'zod';
import { METRICS } from '../names.ts';

export const taskFileSchema = z.object({
  /** The task's name in groups and file names: the file's stem and a hash of its content and of what is below. */
  name: z.string(),
  /** Absolute. */
  path: z.string(),
  /** Column of the text, of the second text of a pair, of the label. */
  text: z.string(),
  pair: z.string().nullable(),
  label: z.string(),
  /** Label names in the order of a model's outputs; null: as the file has them. */
  labels: z.array(z.string()).min(2).nullable(),
  metric: z.enum(METRICS).nullable(),
  regression: z.boolean(),
  /** Another file of the same form to calibrate on; null: half of this one. */
  calibration: z.string().nullable(),
  /** Rows without a label are left out; absent: they are an error. */
  skipUnlabelled: z.boolean().optional(),
});
export type TaskFile = z.infer<typeof taskFileSchema>;

import * as z from 'zod';

/**
 * Something a reader of the result must know about the input: a line not understood, a gap, an unresolved name.
 * `code` is stable and in capitals; `message` is a sentence with both values and the next step.
 */
export const diagnosticSchema = z.strictObject({
  severity: z.enum(['info', 'warning', 'error']),
  code: z.string().regex(/^[A-Z][A-Z0-9_]*$/),
  message: z.string(),
  path: z.string().optional(),
  line: z.int().positive().optional(),
  /** How many like this one were found, where they are summed up; absent means one. */
  count: z.int().positive().optional(),
});
export type Diagnostic = z.infer<typeof diagnosticSchema>;

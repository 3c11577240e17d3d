import * as z from 'zod';

/** Where in the input something was read. `line` counts from 1; `pointer` is a JSON pointer for documents without useful lines. */
export const sourceRefSchema = z.strictObject({
  path: z.string(),
  line: z.int().positive().optional(),
  pointer: z.string().optional(),
});
export type SourceRef = z.infer<typeof sourceRefSchema>;

/** `path:12`, `path#/SecurityGroups/3` or `path`. */
export function formatSourceRef(ref: SourceRef): string {
  if (ref.line !== undefined) return `${ref.path}:${ref.line}`;
  return ref.pointer === undefined ? ref.path : `${ref.path}#${ref.pointer}`;
}

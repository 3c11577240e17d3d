import { accessSync, constants, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { packageRoot } from '../cli/run-rulesweep.ts';

const read = (path: string): string => readFileSync(join(packageRoot, path), 'utf8');
const sentence = z.string().regex(/\S/);

const actionSchema = z.strictObject({
  name: sentence,
  description: sentence,
  author: sentence,
  branding: z.strictObject({ icon: sentence, color: z.enum(['blue', 'yellow', 'green', 'orange', 'red', 'purple', 'gray-dark']) }),
  inputs: z.record(
    z.string().regex(/^[a-z]+(?:-[a-z]+)*$/),
    z.strictObject({ description: sentence, required: z.literal(true).optional(), default: z.string().optional() }),
  ),
  outputs: z.record(z.string().regex(/^[a-z]+(?:-[a-z]+)*$/), z.strictObject({ description: sentence, value: sentence })),
  runs: z.strictObject({
    using: z.literal('composite'),
    steps: z
      .array(
        z.strictObject({
          id: sentence,
          shell: z.literal('bash'),
          env: z.record(z.string().regex(/^RULESWEEP_[A-Z_]+$/), z.string()),
          run: sentence,
        }),
      )
      .length(1),
  }),
});
const action = actionSchema.parse(parse(read('action.yml')));
const [step] = action.runs.steps;

test('no input of the action is ever text of a script', () => {
  expect(step?.run).toBe('"$GITHUB_ACTION_PATH/action/check.sh"');
  expect(step?.run).not.toContain('${{');
});

test('every input of the action reaches the script, which reads every variable it is given', () => {
  const script = `${read('action/check.sh')}${read('action/revision-files.sh')}`;
  const passed = step?.env ?? {};
  for (const name of Object.keys(action.inputs)) {
    const variable = `RULESWEEP_${name.replaceAll('-', '_').toUpperCase()}`;
    expect(passed[variable]).toBe(`\${{ inputs.${name} }}`);
  }
  const used = new Set([...script.matchAll(/\$\{(RULESWEEP_[A-Z_]+)/g)].map(([, name]) => name));
  expect([...used].sort()).toEqual(Object.keys(passed).sort());
});

test('an input of the action is required or has a default, and the script sets every output', () => {
  for (const input of Object.values(action.inputs)) expect(input.required ?? input.default).toBeDefined();
  const script = read('action/check.sh');
  for (const [name, { value }] of Object.entries(action.outputs)) {
    expect(value).toBe(`\${{ steps.${step?.id}.outputs.${name} }}`);
    expect(script).toContain(`"${name}=`);
  }
});

test('the hook of pre-commit is a script that is there and may be run', () => {
  const hookSchema = z.strictObject({
    id: z.literal('rulesweep-check'),
    name: sentence,
    description: sentence,
    entry: sentence,
    language: z.literal('script'),
    pass_filenames: z.literal(false),
    require_serial: z.literal(true),
  });
  const [hook] = z
    .array(hookSchema)
    .length(1)
    .parse(parse(read('.pre-commit-hooks.yaml')));
  for (const path of [hook?.entry ?? '', 'action/check.sh']) {
    accessSync(join(packageRoot, path), constants.X_OK);
    expect(read(path)).toMatch(/^#!\/usr\/bin\/env bash\n(?:#.*\n)+set -euo pipefail\n/);
  }
});

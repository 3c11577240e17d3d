import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createRepository, missingTool, type ScriptRun, shallowClone } from './repository.ts';

const NAMES = ['rules/plain.csv', 'rules/with space.csv', `rules/it's "quoted" $(touch pwned) \`x\`.csv`, 'rules/[odd]*name.csv'];
const filesOf = (content: string): Record<string, string> => Object.fromEntries(NAMES.map((name) => [name, content]));
const optionsOf = ({ recorded }: ScriptRun, name: string): string[] =>
  (recorded?.args ?? []).filter((arg) => arg.startsWith(`--${name}=`)).map((arg) => arg.slice(name.length + 3));
const BASE = '.git/rulesweep-check/base/';

describe.skipIf(missingTool !== null)(`the script of the action${missingTool === null ? '' : ` (skipped: no ${missingTool} here)`}`, () => {
  test('compares the working tree with the commit before, whatever the files are called', () => {
    const repository = createRepository();
    repository.commit(filesOf('old'));
    repository.commit(filesOf('new'));
    const run = repository.run('check.sh', [], { RULESWEEP_HEAD: NAMES.join('\n') });
    expect(run.stderr).toBe('');
    expect(run.code).toBe(0);
    expect(optionsOf(run, 'head')).toEqual(NAMES);
    expect(optionsOf(run, 'base')).toEqual(NAMES.map((name) => `${BASE}${name}`));
    expect(run.recorded?.args).not.toContain('--no-base');
    for (const name of NAMES.filter((each) => !each.includes('*'))) {
      expect(run.recorded?.files[name]).toBe('new');
      expect(run.recorded?.files[`${BASE}${name}`]).toBe('old');
    }
    expect(repository.git('status', '--porcelain')).toBe('');
  });

  test('a folder and a pattern are taken from the base as a whole; hidden files are not rules', () => {
    const repository = createRepository();
    repository.commit({ 'rules/a.csv': 'old', 'rules/deep/b.csv': 'old', 'rules/.keep': '', 'other/c.csv': 'old' });
    const run = repository.run('check.sh', [], { RULESWEEP_HEAD: 'rules/\r\nother/*.csv\n\n', RULESWEEP_BASE_REF: 'HEAD' });
    expect(optionsOf(run, 'base')).toEqual([`${BASE}rules/`, `${BASE}other/*.csv`]);
    const ofBase = Object.keys(run.recorded?.files ?? {}).filter((path) => path.startsWith(BASE));
    expect(ofBase.sort()).toEqual([`${BASE}rules/a.csv`, `${BASE}rules/deep/b.csv`]);
  });

  test('a file that the base does not have is new: alone it has no base, beside others it is left out of it', () => {
    const repository = createRepository();
    repository.commit({ 'rules/a.csv': 'old', 'fresh/.keep': '' });
    repository.commit({ 'rules/new.csv': 'new', 'fresh/first.csv': 'new' });
    const alone = repository.run('check.sh', [], { RULESWEEP_HEAD: 'rules/new.csv\nfresh' });
    expect(alone.recorded?.args).toContain('--no-base');
    expect(optionsOf(alone, 'base')).toEqual([]);
    const both = repository.run('check.sh', [], { RULESWEEP_HEAD: 'rules/a.csv\nrules/new.csv' });
    expect(both.recorded?.args).not.toContain('--no-base');
    expect(optionsOf(both, 'base')).toEqual([`${BASE}rules/a.csv`]);
  });

  test('the first commit of a repository is compared with nothing', () => {
    const repository = createRepository();
    repository.commit({ 'rules.csv': 'new' });
    const run = repository.run('check.sh', [], { RULESWEEP_HEAD: 'rules.csv', RULESWEEP_BEFORE: '0'.repeat(40) });
    expect(run.stdout).toContain('Compared with nothing');
    expect(run.recorded?.args).toContain('--no-base');
  });

  test('a format prefix stays in front of both sides; a moved file is found where it was', () => {
    const repository = createRepository();
    repository.commit({ 'old place.csv': 'old' });
    repository.git('mv', 'old place.csv', 'new place.csv');
    repository.commit({});
    const run = repository.run('check.sh', [], { RULESWEEP_HEAD: 'rules-csv=new place.csv', RULESWEEP_BASE: 'rules-csv=old place.csv' });
    expect(optionsOf(run, 'head')).toEqual(['rules-csv=new place.csv']);
    expect(optionsOf(run, 'base')).toEqual([`rules-csv=${BASE}old place.csv`]);
  });

  test('every other input is one argument each, and the date is today where none is given', () => {
    const repository = createRepository();
    repository.commit({ 'rules.csv': '', "it's.yaml": '' });
    const given = {
      RULESWEEP_HEAD: 'rules.csv',
      RULESWEEP_INVENTORY: 'a b.json\nc.json',
      RULESWEEP_GUARDRAILS: "it's.yaml",
      RULESWEEP_DECISIONS: '$(touch pwned).yaml',
      RULESWEEP_FLOWS: 'logs/**/*.gz',
      RULESWEEP_FAIL_ON: 'any-any\nshadowed',
      RULESWEEP_FROM: '2026-01-01',
      RULESWEEP_TO: '2026-02-01',
      RULESWEEP_DEFAULT_ACTION: 'deny',
    };
    repository.write({ 'a b.json': '', 'c.json': '' });
    const run = repository.run('check.sh', [], given);
    expect(run.recorded?.args.slice(0, 2)).toEqual(['check', '--format=github']);
    expect(run.recorded?.args).toEqual(
      expect.arrayContaining([
        '--inventory=a b.json',
        '--inventory=c.json',
        "--guardrails=it's.yaml",
        '--decisions=$(touch pwned).yaml',
        '--flows=logs/**/*.gz',
        '--fail-on=any-any',
        '--fail-on=shadowed',
        '--from=2026-01-01',
        '--to=2026-02-01',
        '--default-action=deny',
      ]),
    );
    expect(optionsOf(run, 'as-of')).toEqual([expect.stringMatching(/^\d{4}-\d\d-\d\d$/)]);
    expect(repository.git('status', '--porcelain')).not.toContain('pwned');
    const dated = repository.run('check.sh', [], { RULESWEEP_HEAD: 'rules.csv', RULESWEEP_AS_OF: '2026-11-01' });
    expect(optionsOf(dated, 'as-of')).toEqual(['2026-11-01']);
  });

  test('keeps the exit code, appends the report to the summary, names the files, and lets the program give the runner no commands', () => {
    const repository = createRepository();
    repository.commit({ 'rules.csv': '' });
    for (const [exit, result] of [
      ['0', 'passed'],
      ['1', 'failed'],
      ['3', 'incomplete'],
    ] as const) {
      const run = repository.run('check.sh', [], { RULESWEEP_HEAD: 'rules.csv', EXIT: exit });
      expect(run.code).toBe(Number(exit));
      expect(run.summary).toBe('report in md\n');
      const out = join(repository.temporary, 'rulesweep');
      expect(run.outputs).toBe(
        `result=${result}\nexit-code=${exit}\nmarkdown=${out}/check.md\njson=${out}/check.json\njunit=${out}/check.xml\n`,
      );
      const [, token, said, rest] = /::stop-commands::([0-9a-f]{32})\n([\s\S]*?)\n::\1::\n([\s\S]*)$/.exec(run.stdout) ?? [];
      expect(token).toBeDefined();
      expect(said).toContain('::add-mask::');
      expect(rest).toBe('::notice title=outcome::annotation\n');
    }
    // Reports of an earlier run are gone.
    const none = repository.run('check.sh', [], { RULESWEEP_HEAD: 'rules.csv', EXIT: '2', NO_REPORT: '1' });
    expect(none.code).toBe(2);
    expect(none.stdout).toMatch(/::error title=Firewall check: could not run::rulesweep: exit: the reason 100%25\n$/);
    expect(none.summary).toBe('');
    expect(none.outputs).toContain('result=error\nexit-code=2\n');
  });

  test('a merged pull request in a shallow clone is compared with the branch it was merged into', () => {
    const origin = createRepository();
    const start = origin.commit({ 'rules.csv': 'start' });
    origin.git('checkout', '--quiet', '-b', 'feature');
    origin.commit({ 'other.txt': 'x' });
    origin.git('checkout', '--quiet', 'main');
    const tip = origin.commit({ 'rules.csv': 'by somebody else' });
    origin.git('checkout', '--quiet', '-b', 'merged');
    origin.git('merge', '--quiet', '--no-edit', 'feature');
    const clone = shallowClone(origin, 'merged');
    const run = clone.run('check.sh', [], {
      RULESWEEP_HEAD: 'rules.csv',
      RULESWEEP_PULL_REQUEST_BASE: start,
      GITHUB_EVENT_NAME: 'pull_request',
      GITHUB_SHA: clone.git('rev-parse', 'HEAD'),
    });
    expect(run.code).toBe(0);
    expect(run.stdout).toContain(`Compared with ${tip}\n`);
    expect(run.recorded?.files[`${BASE}rules.csv`]).toBe('by somebody else');
  });

  test('the head of a pull request is compared with where it branched off', () => {
    const repository = createRepository();
    const start = repository.commit({ 'rules.csv': 'start' });
    const tip = repository.commit({ 'rules.csv': 'by somebody else' });
    repository.git('checkout', '--quiet', '-b', 'feature', start);
    repository.commit({ 'rules.csv': 'feature' });
    const run = repository.run('check.sh', [], {
      RULESWEEP_HEAD: 'rules.csv',
      RULESWEEP_PULL_REQUEST_BASE: tip,
      GITHUB_EVENT_NAME: 'pull_request',
      GITHUB_SHA: 'of the merge',
    });
    expect(run.stdout).toContain(`Compared with ${start}\n`);
    expect(run.recorded?.files[`${BASE}rules.csv`]).toBe('start');
  });

  test('what cannot be compared ends with 2 and a reason, before anything is compared', () => {
    const repository = createRepository();
    repository.commit({ 'rules.csv': '', 'sub/x': '' });
    for (const [env, reason] of [
      [{ RULESWEEP_HEAD: '../rules.csv' }, /not a path below the top folder/],
      [{ RULESWEEP_HEAD: '/etc/rules.csv' }, /not a path below the top folder/],
      [{ RULESWEEP_HEAD: 'rules.csv@2026-01-01' }, /has a date.*write rules\.csv/],
      [{ RULESWEEP_HEAD: 'rules.csv', RULESWEEP_BASE_REF: '--upload-pack=x' }, /begins with a hyphen/],
      [{ RULESWEEP_HEAD: 'rules.csv', RULESWEEP_BASE_REF: 'nowhere' }, /base revision nowhere is neither/],
      [{ RULESWEEP_HEAD: 'rules.csv', RULESWEEP_REPOSITORY: 'sub' }, /top folder of a git working tree/],
    ] as const) {
      const run = repository.run('check.sh', [], env);
      expect(run.code).toBe(2);
      expect(run.stderr).toMatch(reason);
      expect(run.recorded).toBeNull();
    }
  });
});

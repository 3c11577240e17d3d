import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createRepository, missingTool } from './repository.ts';

describe.skipIf(missingTool !== null)(`the pre-commit hook${missingTool === null ? '' : ` (skipped: no ${missingTool} here)`}`, () => {
  test('compares what will be committed with HEAD: neither unstaged edits nor untracked files count', () => {
    const repository = createRepository();
    const name = `rules/it's "a" rule.csv`;
    repository.commit({ [name]: 'committed', 'guardrails.yaml': 'committed' });
    repository.write({ [name]: 'staged', 'guardrails.yaml': 'staged' });
    repository.git('add', '--all');
    repository.write({ [name]: 'unstaged', 'rules/untracked.csv': 'x', 'guardrails.yaml': 'unstaged' });
    const run = repository.run('pre-commit.sh', ['rules/', '--', '--guardrails', 'guardrails.yaml', '--inventory=guardrails.yaml']);
    expect(run.code).toBe(0);
    expect(run.recorded?.args).toEqual([
      'check',
      expect.stringMatching(/^--as-of=\d{4}-\d\d-\d\d$/),
      '--guardrails',
      'guardrails.yaml',
      '--inventory=guardrails.yaml',
      '--head=rules/',
      '--base=../base/rules/',
    ]);
    expect(run.recorded?.files).toEqual({
      [`rules/${name.slice(6)}`]: 'staged',
      [`../base/rules/${name.slice(6)}`]: 'committed',
      'guardrails.yaml': 'staged',
    });
  });

  test('a file that git does not know is read where it lies, and outputs go to the working tree', () => {
    const repository = createRepository();
    repository.commit({ 'rules.csv': 'x' });
    repository.write({ 'inventory file.json': '{}' });
    const run = repository.run('pre-commit.sh', [
      'rules.csv',
      '--',
      '--inventory=inventory file.json',
      '--out',
      'check.json',
      '--format',
      'text',
    ]);
    expect(run.recorded?.args.slice(2, 7)).toEqual([
      `--inventory=${join(repository.folder, 'inventory file.json')}`,
      '--out',
      join(repository.folder, 'check.json'),
      '--format',
      'text',
    ]);
  });

  test('the first commit, and the first rules of a repository, are compared with nothing', () => {
    const repository = createRepository();
    repository.write({ 'rules.csv': 'new' });
    repository.git('add', '--all');
    expect(repository.run('pre-commit.sh', ['rules.csv']).recorded?.args).toContain('--no-base');
    repository.commit({});
    repository.write({ 'more.csv': 'new' });
    repository.git('add', '--all');
    expect(repository.run('pre-commit.sh', ['more.csv']).recorded?.args).toContain('--no-base');
  });

  test('as a hook of git it stops a commit, and sees the index that `commit --all` makes for itself', () => {
    const repository = createRepository();
    repository.commit({ 'rules.csv': 'old' });
    repository.installHook('rules.csv', 1);
    repository.write({ 'rules.csv': 'new' });
    expect(() => repository.git('commit', '--quiet', '--all', '--message=change')).toThrow(/the reason/);
    expect(repository.recorded()?.files).toEqual({ 'rules.csv': 'new', '../base/rules.csv': 'old' });
    expect(repository.git('rev-list', '--count', 'HEAD')).toBe('1');
    repository.installHook('rules.csv', 0);
    repository.git('commit', '--quiet', '--all', '--message=change');
    expect(repository.git('rev-list', '--count', 'HEAD')).toBe('2');
    expect(repository.git('status', '--porcelain')).toBe('');
  });

  test('no path, paths that the commit does not hold and a path outside end with 2 and a reason', () => {
    const repository = createRepository();
    repository.commit({ 'rules.csv': '' });
    for (const [args, reason] of [
      [[], /the hook has no PATH/],
      [['gone.csv'], /the commit holds none of the rule exports gone\.csv/],
      [['../rules.csv'], /not a path below the top folder/],
    ] as const) {
      const run = repository.run('pre-commit.sh', args);
      expect(run.code).toBe(2);
      expect(run.stderr).toMatch(reason);
      expect(run.recorded).toBeNull();
    }
  });
});

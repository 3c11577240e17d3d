import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emitChangeSet } from '../../../../src/report/changes/index.ts';
import { arbitraryGroupsAndRemovals, GONE_GROUPS } from '../../../support/arbitrary-security-groups.ts';
import { manifestChanges, normalised, runAll, runRollback } from '../../../support/change-set-run.ts';
import { isStale, type SimulatedState } from '../../../support/ec2-simulator.ts';
import { auditOf, type ExportKind } from '../../../support/security-group-audit.ts';

const exportKind = fc.constantFrom<ExportKind>('rules', 'groups');
const tagsOf = (kind: ExportKind) => ({ tags: kind === 'rules' ? 'kept' : 'ignored' }) as const;
/** A rule that refers to a group that is gone permits nothing. */
const withoutStale = (state: SimulatedState) => state.rules.filter((rule) => !isStale(state, rule));
const withGoneGroups = (state: SimulatedState): SimulatedState => ({
  ...state,
  groups: [...state.groups, ...GONE_GROUPS.map((GroupId) => ({ GroupId, VpcId: 'vpc-2' }))],
});

test('after apply exactly the emitted rules are gone, and every planned removal is either emitted or refused with a reason', () => {
  let emitted = 0;
  fc.assert(
    fc.property(arbitraryGroupsAndRemovals, exportKind, ({ state, wanted }, kind) => {
      const files = emitChangeSet(auditOf(state, kind, wanted));
      const changes = manifestChanges(files);
      const after = runAll(
        state,
        changes.flatMap((change) => change.apply),
      );
      const ids = state.rules.map((rule, index) => (kind === 'rules' ? rule.SecurityGroupRuleId : String(index)));
      const gone = new Set(changes.map((change) => change.target.rule));
      expect(after.rules).toEqual(state.rules.filter((_, index) => !gone.has(ids[index] ?? '')));
      const { not_emitted } = JSON.parse(files[0]?.content ?? '');
      expect(changes.length + not_emitted.length).toBe(wanted.length);
      emitted += changes.length;
    }),
    { numRuns: 300 },
  );
  expect(emitted).toBeGreaterThan(100);
});

test('apply followed by rollback gives back the same policy', () => {
  fc.assert(
    fc.property(arbitraryGroupsAndRemovals, exportKind, ({ state, wanted }, kind) => {
      const changes = manifestChanges(emitChangeSet(auditOf(state, kind, wanted)));
      const back = runRollback(
        runAll(
          state,
          changes.flatMap((change) => change.apply),
        ),
        changes,
      );
      expect(normalised(withoutStale(back), tagsOf(kind))).toEqual(normalised(withoutStale(state), tagsOf(kind)));
    }),
    { numRuns: 300 },
  );
});

test('when the groups that were gone exist again, rollback gives back the stale references as well', () => {
  fc.assert(
    fc.property(arbitraryGroupsAndRemovals, exportKind, ({ state, wanted }, kind) => {
      const changes = manifestChanges(emitChangeSet(auditOf(state, kind, wanted)));
      const applied = runAll(
        state,
        changes.flatMap((change) => change.apply),
      );
      const back = runRollback(withGoneGroups(applied), changes);
      // What the export has no tags for comes back without them; what was never touched keeps its own.
      expect(normalised(back.rules, tagsOf(kind))).toEqual(normalised(state.rules, tagsOf(kind)));
    }),
    { numRuns: 300 },
  );
});

test('after any prefix of apply every kept copy is in place, and rollback gives back the same policy', () => {
  fc.assert(
    fc.property(arbitraryGroupsAndRemovals, exportKind, fc.nat({ max: 14 }), ({ state, wanted }, kind, length) => {
      const changes = manifestChanges(emitChangeSet(auditOf(state, kind, wanted)));
      const applied = runAll(
        state,
        changes.slice(0, length).flatMap((change) => change.apply),
      );
      const keptIds = wanted.flatMap((removal) => (removal.kept === undefined ? [] : [removal.kept]));
      expect(applied.rules.map((rule) => rule.SecurityGroupRuleId)).toEqual(expect.arrayContaining(keptIds));
      const back = runRollback(withGoneGroups(applied), changes);
      expect(normalised(back.rules, tagsOf(kind))).toEqual(normalised(state.rules, tagsOf(kind)));
    }),
    { numRuns: 300 },
  );
});

test('a rollback that runs twice does no more than once', () => {
  fc.assert(
    fc.property(arbitraryGroupsAndRemovals, exportKind, ({ state, wanted }, kind) => {
      const changes = manifestChanges(emitChangeSet(auditOf(state, kind, wanted)));
      const once = runRollback(
        runAll(
          state,
          changes.flatMap((change) => change.apply),
        ),
        changes,
      );
      expect(runRollback(once, changes)).toEqual(once);
    }),
    { numRuns: 100 },
  );
});

import { quoteShell } from '../shell-text.ts';
import { LIVE_RULE_QUERY } from './live-line.ts';
import type { Check } from './precheck-files.ts';
import type { Step } from './steps.ts';

/** What all three scripts begin with: strict mode, the `aws` to use, and the folder of the change set as the working directory. */
function prologue(summary: string): string {
  return `#!/usr/bin/env bash
# ${summary}
# AWS_CLI names another aws command than the one in PATH.
set -euo pipefail
export AWS_PAGER='' AWS_CLI_AUTO_PROMPT=off
aws="\${AWS_CLI:-aws}"
case "$aws" in
  /*) ;;
  */*) aws="$PWD/$aws" ;;
esac
export AWS_CLI="$aws"
CDPATH='' cd -- "$(dirname -- "\${BASH_SOURCE[0]}")"
`;
}

/**
 * Reads the live groups and compares them with the export the change was made from. Exit 0: as expected; 3: the base moved; 4: a file of the
 * change set was altered; 1: the live state could not be read.
 */
export function precheckScript(checks: readonly Check[]): string {
  return `${prologue('Reads the live security groups and stops with exit 3 when they are not as they were exported. Changes nothing.')}
work="$(mktemp -d)"
trap 'rm -rf -- "$work"' EXIT

stop() {
  printf 'precheck: %s\\n' "$2" >&2
  exit "$1"
}

check_files() {
  local sums
  if command -v sha256sum >/dev/null; then sums='sha256sum'
  elif command -v shasum >/dev/null; then sums='shasum -a 256'
  else stop 1 'neither sha256sum nor shasum was found, so the files of this change set cannot be checked; nothing was changed.'
  fi
  $sums -c SHA256SUMS >"$work/sums" 2>&1 || {
    cat -- "$work/sums" >&2
    stop 4 'a file of this change set is not what SHA256SUMS says; get a fresh copy. Nothing was changed.'
  }
}

read_live() {
  "$aws" ec2 "$2" --cli-input-json "file://$3" --query "$4" --output text >"$work/live" \\
    || stop 1 "the live state of $1 could not be read; nothing was changed."
}

expect() {
  local missing
  cut -f "$2" -- "$work/live" | LC_ALL=C sort >"$work/sorted"
  missing="$(LC_ALL=C comm -23 -- "$3" "$work/sorted")"
  if [ -n "$missing" ]; then
    printf 'expected, and not found any more:\\n%s\\n' "$missing" >&2
    stop 3 "the base moved: $1 is not as it was exported. Audit again with a fresh export; nothing was changed."
  fi
}

check_files
${checks.map(checkLines).join('')}printf 'precheck: the live security groups are as they were exported.\\n'
`;
}

function checkLines(check: Check): string {
  const group = quoteShell(check.groupId);
  const input = quoteShell(check.input);
  if (check.kind === 'stale') {
    return `read_live ${group} describe-stale-security-groups ${input} ${quoteShell(check.query)}
expect ${quoteShell(`the stale reference in ${check.groupId}`)} 1 ${quoteShell(check.expected)}
`;
  }
  return [
    `read_live ${group} describe-security-group-rules ${input} ${quoteShell(LIVE_RULE_QUERY)}\n`,
    ...check.expectations.map((expectation) => `expect ${group} ${quoteShell(expectation.columns)} ${quoteShell(expectation.expected)}\n`),
  ].join('');
}

/** Runs the pre-check, then revokes one rule after the other in the order of the plan. Exit 3 and 4 are those of the pre-check. */
export function applyScript(steps: readonly Step[]): string {
  return `${prologue('Checks the live security groups, then removes the planned rules one after the other. rollback.sh takes it back.')}
bash ./precheck.sh

revoke() {
  local unknown
  printf 'apply: %s removes %s\\n' "$1" "$2"
  unknown="$("$aws" ec2 "$3" --cli-input-json "file://$4" --query 'UnknownIpPermissions[].IpProtocol' --output text)" || {
    printf 'apply: stopped at %s. What was removed before it is safe as it is; rollback.sh brings it back.\\n' "$1" >&2
    exit 1
  }
  case "$unknown" in
    '' | None) ;;
    *)
      printf 'apply: stopped at %s: EC2 knows no such rule and removed nothing in this step. rollback.sh brings back what was removed before.\\n' "$1" >&2
      exit 1
      ;;
  esac
}

${steps.map((step) => `revoke ${[step.id, step.ref, step.revokeCommand, step.revokeInput].map(quoteShell).join(' ')}\n`).join('')}printf 'apply: all %s changes were made.\\n' ${steps.length}
`;
}

/**
 * Creates the removed rules again, last one first. It may run after any prefix of apply, and again. Exit 0: all rules are there; 2: all but
 * those that EC2 refuses because the group they refer to is gone; 1: stopped.
 */
export function rollbackScript(steps: readonly Step[]): string {
  return `${prologue('Creates the removed rules again, last one first. Can be run after a part of apply.sh, and again.')}
gone=0

authorize() {
  local answer
  if answer="$("$aws" ec2 "$3" --cli-input-json "file://$4" --query 'SecurityGroupRules[].SecurityGroupRuleId' --output text 2>&1)"; then
    printf 'rollback: %s created %s again; EC2 answers %s\\n' "$1" "$2" "$answer"
    return
  fi
  case "$answer" in
    *InvalidPermission.Duplicate*)
      printf 'rollback: %s finds %s in place\\n' "$1" "$2"
      ;;
    *InvalidGroup.NotFound*)
      gone=$((gone + 1))
      printf 'rollback: %s cannot create %s: the group it refers to is gone. It permits nothing either way\\n' "$1" "$2" >&2
      ;;
    *)
      printf '%s\\n' "$answer" >&2
      printf 'rollback: stopped at %s. Mend the cause and run rollback.sh again; it leaves alone what is in place.\\n' "$1" >&2
      exit 1
      ;;
  esac
}

${[...steps]
  .reverse()
  .map((step) => `authorize ${[step.id, step.ref, step.authorizeCommand, step.authorizeInput].map(quoteShell).join(' ')}\n`)
  .join('')}if [ "$gone" -gt 0 ]; then
  printf 'rollback: %s rules refer to groups that are gone, and EC2 takes no new reference to those; all others are in place.\\n' "$gone" >&2
  exit 2
fi
printf 'rollback: all %s rules are in place.\\n' ${steps.length}
`;
}

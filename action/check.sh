#!/usr/bin/env bash
# The GitHub Action: compares the rule exports of the working tree with those of the base revision, and says in annotations, in the summary of
# the step and by its exit code what the change introduces. All inputs come as variables RULESWEEP_*; lists have one entry per line.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck source=action/revision-files.sh
source "$here/revision-files.sh"

main() {
  cd -- "${RULESWEEP_REPOSITORY:-.}"
  [[ -z $(git rev-parse --show-prefix) ]] || fail 'the input repository has to name the top folder of a git working tree'
  local git_folder
  git_folder=$(git rev-parse --git-dir)
  # Inside of .git nobody takes them for files of the change, and the names in the result are the same in every run.
  work=$git_folder/rulesweep-check
  rm -rf -- "$work"
  mkdir -p -- "$work/base"
  trap 'rm -rf -- "$work"' EXIT

  local out=${RULESWEEP_OUT:-${RUNNER_TEMP:-$work}/rulesweep}
  [[ $out != *$'\n'* ]] || fail 'the input out has more than one line; expected one folder'
  mkdir -p -- "$out"
  out=$(cd -- "$out" && pwd)
  rm -f -- "$out/check.md" "$out/check.json" "$out/check.xml"

  args=(check --format=github "--out=$out/check.md" "--out=$out/check.json" "--out=$out/check.xml")
  add_sources
  add_list --inventory "${RULESWEEP_INVENTORY:-}"
  add_list --flows "${RULESWEEP_FLOWS:-}"
  add_list --fail-on "${RULESWEEP_FAIL_ON:-}"
  add_value --guardrails "${RULESWEEP_GUARDRAILS:-}"
  add_value --decisions "${RULESWEEP_DECISIONS:-}"
  add_value --from "${RULESWEEP_FROM:-}"
  add_value --to "${RULESWEEP_TO:-}"
  add_value --as-of "${RULESWEEP_AS_OF:-$(date -u +%F)}"
  add_value --default-action "${RULESWEEP_DEFAULT_ACTION:-}"

  find_program "$here/.."
  local code=0
  "${program[@]}" "${args[@]}" >"$work/annotations" 2>"$work/messages" || code=$?
  publish "$code" "$out"
  exit "$code"
}

add_value() {
  if [[ -n $2 ]]; then args+=("$1=$2"); fi
}

add_list() {
  local entry
  while IFS= read -r entry || [[ -n $entry ]]; do
    add_value "$1" "${entry%$'\r'}"
  done <<<"$2"
}

# --head as it stands, --base from the base revision. What the base does not have is new.
add_sources() {
  local entry found=no revision
  add_list --head "${RULESWEEP_HEAD:-}"
  revision=$(base_revision)
  printf 'Compared with %s\n' "${revision:-nothing: there is no earlier revision}"
  export GIT_INDEX_FILE="$PWD/$work/base.index"
  [[ $work != /* ]] || GIT_INDEX_FILE=$work/base.index
  load_revision "$revision" "$GIT_INDEX_FILE"
  while IFS= read -r entry || [[ -n $entry ]]; do
    entry=${entry%$'\r'}
    [[ -n $entry ]] || continue
    split_source "$entry"
    require_inside "$source_path"
    if export_files "$source_path" "$work/base/"; then
      args+=("--base=$source_prefix$work/base/${source_path#./}")
      found=yes
    fi
  done <<<"${RULESWEEP_BASE:-${RULESWEEP_HEAD:-}}"
  unset GIT_INDEX_FILE
  [[ $found == yes ]] || args+=(--no-base)
}

# The commit to compare with: the one that was asked for; of a pull request the commit it was merged with, else where it branched off; of a push
# the commit before it. Nothing where there is none.
base_revision() {
  local base parents first_parent
  # As the commit has them: a shallow clone does not know them otherwise.
  parents=$(git cat-file commit HEAD | sed -n -e '/^$/q' -e 's/^parent //p')
  first_parent=${parents%%$'\n'*}
  if [[ -n ${RULESWEEP_BASE_REF:-} ]]; then
    find_commit "$RULESWEEP_BASE_REF"
  elif [[ -n ${RULESWEEP_PULL_REQUEST_BASE:-} ]]; then
    if [[ ${GITHUB_EVENT_NAME:-} == pull_request && $parents == *$'\n'* && $(git rev-parse HEAD) == "${GITHUB_SHA:-}" ]]; then
      find_commit "$first_parent"
    else
      base=$(find_commit "$RULESWEEP_PULL_REQUEST_BASE") || exit 2
      # A shallow clone may not reach back to it.
      git merge-base "$base" HEAD 2>/dev/null || printf '%s\n' "$base"
    fi
  elif [[ ${RULESWEEP_BEFORE:-} =~ [1-9a-f] ]]; then
    find_commit "$RULESWEEP_BEFORE"
  elif [[ -n $first_parent ]]; then
    find_commit "$first_parent"
  fi
}

# find_commit REVISION: its full id; fetched where the clone does not have it.
find_commit() {
  local -a depth=()
  [[ $1 != -* ]] || fail "the base revision $1 begins with a hyphen"
  git rev-parse --verify --quiet "$1^{commit}" && return 0
  git rev-parse --verify --quiet "origin/$1^{commit}" && return 0
  if [[ $(git rev-parse --is-shallow-repository) == true ]]; then depth=(--depth=1); fi
  git fetch --quiet --no-tags ${depth[@]+"${depth[@]}"} origin "$1" >&2 ||
    fail "the base revision $1 is neither in the clone nor at its origin; give actions/checkout a fetch-depth of 0, or another base-ref"
  git rev-parse --verify 'FETCH_HEAD^{commit}'
}

# Annotations last: everything else that is printed may quote names of rules, and is kept from being read as commands of the runner.
publish() {
  local code=$1 out=$2 token reason result=error
  token=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  printf '::stop-commands::%s\n' "$token"
  cat -- "$work/messages"
  printf '\n::%s::\n' "$token"
  case $code in
    0) result=passed ;;
    1) result=failed ;;
    3) result=incomplete ;;
  esac
  if [[ -f $out/check.md ]]; then
    cat -- "$work/annotations"
    if [[ -n ${GITHUB_STEP_SUMMARY:-} ]]; then cat -- "$out/check.md" >>"$GITHUB_STEP_SUMMARY"; fi
  else
    reason=$(tail -n 1 -- "$work/messages")
    reason=${reason//'%'/%25}
    printf '::error title=Firewall check: could not run::%s\n' "${reason//$'\r'/%0D}"
  fi
  if [[ -n ${GITHUB_OUTPUT:-} ]]; then
    printf '%s\n' "result=$result" "exit-code=$code" "markdown=$out/check.md" "json=$out/check.json" "junit=$out/check.xml" >>"$GITHUB_OUTPUT"
  fi
}

main

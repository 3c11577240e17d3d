#!/usr/bin/env bash
# The pre-commit hook: compares the rule exports of the index, which is what will be committed, with those of HEAD.
#
#   pre-commit.sh PATH… [-- OPTION…]
#
# PATH is [format=]PATH of rule exports, from the top folder; OPTION goes to rulesweep check. Files that options name are taken from the index too,
# and from the working tree where git does not know them.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck source=action/revision-files.sh
source "$here/revision-files.sh"

main() {
  local top
  top=$(git rev-parse --show-toplevel)
  cd -- "$top"
  work=$(mktemp -d)
  trap 'rm -rf -- "$work"' EXIT
  mkdir -- "$work/head" "$work/base"
  args=(check "--as-of=$(date -u +%F)")
  local -a sources=()
  while [[ $# != 0 && $1 != -- ]]; do
    sources+=("$1")
    shift
  done
  [[ $# == 0 ]] || shift
  [[ ${#sources[@]} != 0 ]] || fail 'the hook has no PATH; give the rule exports as args, for example args: [rules/]'
  add_options "$@"
  add_sources "${sources[@]}"
  find_program "$here/.."
  # From inside, so that files have the names they have in the repository.
  cd -- "$work/head"
  local code=0
  "${program[@]}" "${args[@]}" || code=$?
  exit "$code"
}

add_sources() {
  local revision source has_base=no has_head=no
  for source in "$@"; do
    split_source "$source"
    require_inside "$source_path"
    if export_files "$source_path" "$work/head/"; then
      args+=("--head=$source")
      has_head=yes
    fi
  done
  [[ $has_head == yes ]] || fail "the commit holds none of the rule exports $*; change the args of the hook if they have moved"
  revision=$(git rev-parse --verify --quiet 'HEAD^{commit}') || revision=''
  load_revision "$revision" "$work/base.index"
  for source in "$@"; do
    split_source "$source"
    if GIT_INDEX_FILE=$work/base.index export_files "$source_path" "$work/base/"; then
      args+=("--base=$source_prefix../base/${source_path#./}")
      has_base=yes
    fi
  done
  [[ $has_base == yes ]] || args+=(--no-base)
}

add_options() {
  local option='' argument value
  for argument in "$@"; do
    case $argument in
      --*=*)
        option=${argument%%=*}
        value=${argument#*=}
        ;;
      -*)
        option=$argument
        args+=("$argument")
        continue
        ;;
      *)
        value=$argument
        ;;
    esac
    case $option in
      --inventory | --guardrails | --decisions | --flows) value=$(place_input "$value") ;;
      --out) [[ $value == /* ]] || value=$PWD/$value ;;
    esac
    if [[ $argument == --*=* ]]; then args+=("$option=$value"); else args+=("$value"); fi
  done
}

# place_input SOURCE: the name under which the program finds it.
place_input() {
  split_source "$1"
  if [[ $source_path != /* && $source_path != - ]] && export_files "$source_path" "$work/head/"; then
    printf '%s' "$1"
  elif [[ $source_path == /* || $source_path == - ]]; then
    printf '%s' "$1"
  else
    printf '%s%s/%s' "$source_prefix" "$PWD" "$source_path"
  fi
}

main "$@"

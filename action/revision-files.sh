# shellcheck shell=bash
# What the action and the pre-commit hook share: files of a revision or of the index, by the paths that rulesweep would read. To be sourced, in the
# top folder of a repository, by a script with `set -euo pipefail`. Nothing is checked out and no hook of the repository runs. Understood by bash 3.2,
# which is what macOS has.

# fail SENTENCE: ends with 2, as rulesweep does when it cannot begin.
fail() {
  printf 'rulesweep: exit 2: %s\n' "$1" >&2
  exit 2
}

# split_source SOURCE: takes [format=]PATH apart, into the variables source_prefix and source_path.
split_source() {
  source_prefix=''
  source_path=$1
  [[ ! -e $1 ]] || return 0
  if [[ $1 =~ ^([a-z0-9][a-z0-9-]*=)(.+)$ ]]; then
    source_prefix=${BASH_REMATCH[1]}
    source_path=${BASH_REMATCH[2]}
  fi
  if [[ ! -e $source_path && $source_path =~ @[0-9][0-9T:Z.+-]*$ ]]; then
    fail "$1 has a date, and revisions are compared without dates; write $source_prefix${source_path%@*}"
  fi
}

# require_inside PATH: it must be below the top folder.
require_inside() {
  case $1/ in
    /* | [A-Za-z]:* | ../* | */../*) fail "$1 is not a path below the top folder of the repository" ;;
  esac
}

# pathspec PATH: the same files as a pathspec of git. Only * and ? are patterns for rulesweep.
pathspec() {
  local path=$1
  case $path in
    *[*?]*)
      path=${path//\\/\\\\}
      path=${path//\[/\\[}
      printf ':(glob)%s' "$path"
      ;;
    *) printf ':(literal)%s' "$path" ;;
  esac
}

# load_revision REVISION INDEX_FILE: reads a commit into an index of its own; for an empty REVISION an index without files.
load_revision() {
  if [[ -n $1 ]]; then
    GIT_INDEX_FILE=$2 git read-tree "$1"
  else
    GIT_INDEX_FILE=$2 git read-tree --empty
  fi
}

# export_files PATH FOLDER: writes the files of PATH that the index (GIT_INDEX_FILE) has below FOLDER, which ends in a slash; returns 1 when there are none.
# Hidden files count only where PATH itself is hidden, as rulesweep has it.
export_files() {
  local file found=1 list=${2%/}.list
  local -a files=()
  # Callers ask in conditions, where bash ignores failing commands: every one is looked at here.
  git ls-files -z -- "$(pathspec "$1")" >"$list" || fail "git cannot list the files of $1: see the lines above"
  while IFS= read -r -d '' file; do
    if [[ /${1#./} != */.* && /$file == */.* ]]; then continue; fi
    files+=("$file")
    found=0
  done <"$list"
  if [[ $found == 0 ]]; then
    printf '%s\0' "${files[@]}" | git checkout-index --force -z --stdin --prefix="$2" || fail "git cannot write the files of $1: see the lines above"
  fi
  return "$found"
}

# find_program FOLDER: sets the array `program` to RULESWEEP_PROGRAM, else to the rulesweep of FOLDER, which is made ready on first use.
find_program() {
  local path=${RULESWEEP_PROGRAM:-}
  if [[ -z $path ]]; then
    node "$1/scripts/bootstrap.mjs" >&2 || fail 'rulesweep could not be made ready: see the lines above'
    path=$1/dist/cli/main.js
  fi
  case $path in
    *.js | *.mjs) program=(node "$path") ;;
    *) program=("$path") ;;
  esac
}

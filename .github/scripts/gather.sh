#!/usr/bin/env bash
# usage: gather.sh NIGHT KEPT
# NIGHT holds one folder a job of a night, runs-TARGET-INDEX/runs/SUITE/RUN. Joins the shards of one target and suite,
# and copies what is worth keeping for ever, run.json and summary.json, to KEPT/FINGERPRINT/RUN.
set -euo pipefail
shopt -s nullglob
night=$1 kept=$2
merged=$(mktemp -d)
trap 'rm -rf "$merged"' EXIT

keep() {
  local run=$1 place
  if [ ! -f "$run/summary.json" ]; then
    echo "left out, not finished: $run" >&2
    return
  fi
  # Names become folders, so they are checked here: a run is a file of another job.
  place=$(node -e '
    const { id, machine } = JSON.parse(require("node:fs").readFileSync(process.argv[1] + "/run.json", "utf8"));
    const names = [machine.fingerprint, id];
    if (!names.every((name) => /^\w[\w.-]*$/.test(name))) throw new Error("not a folder name: " + names);
    console.log(names.join("/"));
  ' "$run")
  mkdir -p "$kept/$place"
  cp "$run/run.json" "$run/summary.json" "$kept/$place/"
  echo "$place"
}

targets=()
for job in "$night"/runs-*-*/; do
  job=$(basename "$job")
  target=${job#runs-}
  targets+=("${target%-*}")
done

for target in $(printf '%s\n' "${targets[@]}" | sort -u); do
  for suite in lengths ragged; do
    runs=()
    for run in "$night/runs-$target"-*/runs/"$suite"/*/; do
      if [ -f "$run/run.json" ]; then runs+=("${run%/}"); fi
    done
    if [ ${#runs[@]} -eq 0 ]; then
      echo "no run of $suite on $target" >&2
    elif [ ${#runs[@]} -eq 1 ]; then
      keep "${runs[0]}"
    else
      npm run --silent merge -- --out "$merged/$target-$suite" --partial --no-report "${runs[@]}" >&2
      for run in "$merged/$target-$suite"/*/; do keep "${run%/}"; done
    fi
  done
done

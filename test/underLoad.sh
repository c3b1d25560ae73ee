#!/usr/bin/env bash
# The tests on a crowded machine, with models and points of the user's own: test/underLoad.sh [LOOPS [NAME...]]
# LOOPS (16) shells that do nothing but count run beside `npm test -- NAME...`; they end with it, or after three hours.
set -euo pipefail
cd "$(dirname "$0")/.."

loops=${1:-16}
shift || true

own=$(mktemp -d)
pids=()
finish() {
  [ ${#pids[@]} -eq 0 ] || kill "${pids[@]}" 2> /dev/null || true
  rm -rf "$own"
}
trap finish EXIT

busy() { while [ "$SECONDS" -lt 10800 ]; do :; done; }

export TOKEN_PRUNING_MODELS="$own/models" TOKEN_PRUNING_CACHE="$own/cache"
npm run --silent models -- import test/golden/hf/bert --name mine
npm run --silent calibrate -- --model minilm-l6 --method threshold --flops 1.5 --point mine \
  --task reviews --seq-len 32 --examples 24 --held-out 24
npm run --silent models -- list

for ((loop = 0; loop < loops; loop++)); do
  busy &
  pids+=($!)
done
time npm test -- "$@"

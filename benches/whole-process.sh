#!/usr/bin/env bash
# Whole-process time and memory of a check, beside dotenv-linter on the same .env files: of the
# fixtures, and of a service with a thousand variables, against its schema.
#
# Needs hyperfine and GNU time (Debian: `apt-get install hyperfine time`), and for the comparison
# `cargo install dotenv-linter --version 4.0.0`. Quote medians, and measure on a quiet machine.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo build --release
envlint=${CARGO_TARGET_DIR:-target}/release/envlint
commands=(
    "$envlint check fixtures/polyant/hardened --env production"
    "$envlint check fixtures/polyant/broken --env production"
)
many=$(mktemp -d)
trap 'rm -rf "$many"' EXIT
benches/variables.sh "$many" 1000
commands+=("$envlint check $many --env production")
if linter=$(command -v dotenv-linter); then
    files="fixtures/polyant/broken/.env fixtures/polyant/broken/engine.env"
    commands+=(
        "$linter check --skip-updates $files"
        "$linter check --skip-updates --schema $many/linter.json $many/.env"
    )
fi

# Findings are exit code 1, and not a failure of the measurement.
hyperfine --shell=none --ignore-failure --warmup 5 --runs 200 "${commands[@]}"

for command in "${commands[@]}"; do
    # shellcheck disable=SC2086 # the words of the command are its arguments
    peak=$(/usr/bin/time -q -f %M $command 2>&1 >/dev/null | tail -n 1) || true
    printf '%7s KiB at most: %s\n' "$peak" "$command"
done
printf '%7s bytes: %s\n' "$(stat -c %s "$envlint")" "$envlint"

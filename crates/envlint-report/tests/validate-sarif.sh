#!/bin/sh
# Runs the committed sample output through the validators of others: SARIF through Microsoft's
# multitool (its own rules and those of GitHub) and the standard's schema, JSON through ours.
# Ends with 1 if there is an error or a warning.
#
# Not part of `cargo test`: it needs Node.js and the npm registry. `cargo test` compares the same
# files with what the code makes now.
#
# Accepted with @microsoft/sarif-multitool-linux 5.7.0 and ajv 8.17.1: 0 errors, 0 warnings. What
# remains are notes, all on purpose: no snippets and context regions (they hold source lines),
# rule ids that are words (they are names to write down), no provenance (envlint asks no git).
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

npm install --silent --no-fund --no-audit --prefix "$work" \
    @microsoft/sarif-multitool-linux@5.7.0 ajv@8.17.1 ajv-formats@3.0.1
tool="$work/node_modules/@microsoft/sarif-multitool-linux"
chmod u+x "$tool/Sarif.Multitool"
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 # it asks for ICU otherwise

faults=0
# The multitool ends with 0 whatever it finds, so its words are read.
for log in "$here"/reports/expected/*.sarif; do
    "$tool/Sarif.Multitool" validate "$log" --json-schema "$tool/sarif-2.1.0.json" \
        --rule-kind 'Sarif;Ghas' --level 'Error;Warning' \
        --output "$work/result.sarif" --log ForceOverwrite >"$work/said" 2>&1 || true
    grep -q 'Analysis completed successfully' "$work/said" || { cat "$work/said"; faults=1; }
    if grep -E ': (error|warning) ' "$work/said"; then faults=1; fi
done

cat >"$work/schema.cjs" <<'JS'
const fs = require("fs");
const read = (path) => JSON.parse(fs.readFileSync(path, "utf8"));
const [schemaPath, ...documents] = process.argv.slice(2);
const schema = read(schemaPath);
const dialect = String(schema.$schema).includes("2020-12") ? "ajv/dist/2020" : "ajv";
const Ajv = require(dialect).default;
const ajv = new Ajv({ strict: false, allErrors: true });
require("ajv-formats")(ajv);
const validate = ajv.compile(schema);
for (const path of documents) {
    if (!validate(read(path))) {
        console.log(path, validate.errors);
        process.exitCode = 1;
    }
}
JS
node "$work/schema.cjs" "$tool/sarif-2.1.0.json" "$here"/reports/expected/*.sarif || faults=1
node "$work/schema.cjs" "$root/schemas/report.schema.json" "$here"/reports/expected/*.json || faults=1

[ "$faults" = 0 ] && echo "no error, no warning"
exit "$faults"

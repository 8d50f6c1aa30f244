#!/usr/bin/env bash
# A project of one service with many variables, a schema for each: variables.sh DIRECTORY NUMBER
#
# `linter.json` says the same to dotenv-linter, whose schemas have a form of their own. Names are
# in alphabetical order, since it asks for that.
set -euo pipefail
directory=$1 number=$2
mkdir -p "$directory"
cd "$directory"

cat >envlint.toml <<'EOF'
version = 1

[environments]
production = {}

[sources.env]
file   = ".env"
reader = "dotenv"

[services.app]
schema  = "./app.schema.json"
sources = ["env"]
EOF

seq -f '%05g' 0 "$((number - 1))" | awk '
BEGIN {
    split("port url flag mail name", kinds)
    split("Integer Url Boolean Email String", types)
    keywords[1] = "\"type\": \"integer\", \"minimum\": 1, \"maximum\": 65535"
    keywords[2] = "\"type\": \"string\", \"format\": \"uri\""
    keywords[3] = "\"type\": \"boolean\""
    keywords[4] = "\"type\": \"string\", \"format\": \"email\""
    keywords[5] = "\"type\": \"string\", \"minLength\": 1"
}
{
    kind = NR % 5 + 1
    name = "APP_" $1 "_" toupper(kinds[kind])
    value = kinds[kind] == "port" ? 1024 + NR : \
            kinds[kind] == "url"  ? "https://api-" $1 ".acme.dev/v1" : \
            kinds[kind] == "flag" ? (NR % 2 ? "true" : "false") : \
            kinds[kind] == "mail" ? "team-" $1 "@acme.dev" : "value-" $1
    comma = NR == 1 ? "" : ","
    properties = properties comma sprintf("\n    \"%s\": { %s, \"description\": \"Setting %s.\", \"x-envlint\": { \"secret\": false } }", name, keywords[kind], $1)
    required = required comma sprintf("\n    \"%s\"", name)
    entries = entries comma sprintf("\n    \"%s\": { \"type\": \"%s\", \"required\": true }", name, types[kind])
    print name "=" value > ".env"
}
END {
    printf "{\n  \"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n  \"type\": \"object\",\n  \"x-envlint\": { \"name\": \"app\" },\n  \"properties\": {%s\n  },\n  \"required\": [%s\n  ]\n}\n", properties, required > "app.schema.json"
    printf "{\n  \"version\": \"1.0.0\",\n  \"entries\": {%s\n  }\n}\n", entries > "linter.json"
}'

#!/bin/sh
# check_openapi.sh: the OpenAPI document in docs/ must be the one that the code describes.
set -eu
described=$(mktemp)
trap 'rm -f "$described"' EXIT
"${VENV:-.venv}/bin/python" manage.py spectacular --validate --fail-on-warn --file "$described"
if ! diff -u docs/openapi.yaml "$described"; then
    echo "docs/openapi.yaml is not what the code describes: run 'make openapi' and look at the difference." >&2
    exit 1
fi

#!/usr/bin/python3
"""Hold reports to the JSON Schema that ships with mailwhy.

    schema_check.py SCHEMA REPORT...      "-" reads one report from stdin

Prints one line for each report that does not fit; exit 1 if there was any,
77 (CTest's "skipped") where python3-jsonschema is not installed.
"""
import json
import sys

try:
    import jsonschema
except ImportError:
    print("python3-jsonschema is not installed", file=sys.stderr)
    sys.exit(77)


def load(path):
    if path == "-":
        return json.load(sys.stdin)
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def problems(validator, path):
    try:
        report = load(path)
    except (OSError, ValueError) as error:
        return [f"{path}: {error}"]
    return [f"{path}: /{'/'.join(map(str, e.absolute_path))}: {e.message}"
            for e in validator.iter_errors(report)]


def main():
    if len(sys.argv) < 3:
        print(__doc__, file=sys.stderr)
        return 2
    schema = load(sys.argv[1])
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    found = [line for path in sys.argv[2:] for line in
             problems(validator, path)]
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

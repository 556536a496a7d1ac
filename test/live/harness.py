"""Running mailwhy as people do, and what must hold of every run: no trace of
the secret in any output, and JSON that fits the schema."""
import base64
import functools
import html
import json
import os
import signal
import subprocess
import unicodedata
import urllib.parse

import jsonschema

# The suite may run in a script's background, where these are ignored; what is
# tested here shall be as at a terminal.
for number in (signal.SIGINT, signal.SIGHUP):
    signal.signal(number, signal.SIG_DFL)

PROGRAM = os.environ.get("MAILWHY", "mailwhy")


def base64_middle(raw, shift):
    """The characters of a base64 text that depend on `raw` alone, when it
    begins `shift` bytes into a group of three."""
    text = base64.b64encode(b"\0" * shift + raw).decode().rstrip("=")
    spare = 1 if (shift + len(raw)) % 3 else 0
    return text[[0, 2, 3][shift]:len(text) - spare]


def secret_forms(secret):
    """Every spelling in which a secret could come out."""
    raw = secret.encode()
    forms = {secret, json.dumps(secret)[1:-1], html.escape(secret),
             json.dumps(secret, ensure_ascii=False)[1:-1],
             secret.replace("\\", "\\\\").replace('"', '\\"'),
             urllib.parse.quote(secret, safe=""),
             urllib.parse.quote(secret), urllib.parse.quote_plus(secret),
             urllib.parse.quote(secret, safe="").lower(),
             raw.hex(), raw.hex().upper(),
             "".join(f"\\x{b:02x}" for b in raw)}
    for shift in range(3):
        middle = base64_middle(raw, shift)
        forms |= {middle, middle.replace("+", "-").replace("/", "_")}
    return {form for form in forms if len(form) >= 4}


def columns(line):
    wide = {"W": 2, "F": 2}
    return sum(0 if unicodedata.combining(c)
               else wide.get(unicodedata.east_asian_width(c), 1)
               for c in line)


class Run:
    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    @property
    def report(self):
        return json.loads(self.out)

    def __str__(self):
        return f"exit {self.code}\n{self.out}\n{self.err}"


def clean_environment(**more):
    """Neither the caller's settings nor its language change a test."""
    keep = {name: value for name, value in os.environ.items()
            if not name.startswith(("MAILWHY_", "LC_", "XDG_"))
            and name not in ("LANG", "NO_COLOR", "COLUMNS", "TERM", "HOME",
                             "SSL_CERT_FILE", "SSL_CERT_DIR")}
    keep.update(LC_ALL="C.UTF-8", HOME="/nonexistent", TERM="xterm")
    keep.update(more)
    return {name: value for name, value in keep.items() if value is not None}


def run(*arguments, secret=None, stdin=None, timeout=90, environment=None):
    """`secret` goes to standard input; it may not come back."""
    data = stdin if stdin is not None else (
        (secret + "\n").encode() if secret is not None else b"")
    done = subprocess.run([PROGRAM, *map(str, arguments)], input=data,
                          capture_output=True, timeout=timeout,
                          env=clean_environment(**(environment or {})))
    result = Run(done.returncode, done.stdout.decode(), done.stderr.decode())
    for word in ("AddressSanitizer", "runtime error:", "ThreadSanitizer",
                 "LeakSanitizer"):
        if word in result.err:
            raise AssertionError(f"{word}: {arguments}\n{result}")
    if secret is not None and len(secret) >= 4:
        no_trace(secret, result)
    return result


def no_trace(secret, result):
    for form in secret_forms(secret):
        if form in result.out or form in result.err:
            raise AssertionError(f"the secret came out as {form!r}:\n{result}")


@functools.lru_cache
def validator():
    schema = json.loads(run("--schema").out)
    jsonschema.Draft7Validator.check_schema(schema)
    return jsonschema.Draft7Validator(schema)


def validate(report):
    errors = sorted(validator().iter_errors(report), key=str)
    if errors:
        raise AssertionError("the report does not fit its schema: " + "; ".join(
            f"{'/'.join(map(str, e.absolute_path))}: {e.message}"
            for e in errors[:5]))
    steps = [e["steps"] for e in report["endpoints"]]
    for cause in report["causes"]:
        for proof in cause["proof"]:
            steps[proof["endpoint"]][proof["step"]]  # both exist

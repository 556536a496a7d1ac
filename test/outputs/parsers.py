"""Outputs of mailwhy, read by parsers that are not ours: each function takes
the bytes of one output and returns what its readers would see. What does not
fit raises AssertionError."""
import csv
import io
import json
import pathlib
import re
import shutil
import subprocess
import sys
import unicodedata
import xml.etree.ElementTree

HERE = pathlib.Path(__file__).resolve().parent
XSD = HERE / "junit.xsd"
SCHEMA = HERE.parent.parent / "reports" / "report.schema.json"
UNCHECKED = set()


def tool(name, *arguments, data):
    """Run a foreign program over the output; None where it is not there."""
    path = shutil.which(name)
    if not path:
        if name not in UNCHECKED:
            print(f"NOT CHECKED, {name} IS MISSING", file=sys.stderr)
        UNCHECKED.add(name)
        return None
    done = subprocess.run([path, *arguments], input=data, check=False,
                          capture_output=True, timeout=120)
    said = done.stdout + done.stderr
    assert done.returncode == 0, f"{name}: {said.decode()[:2000]}"
    return done.stdout


def jsonl(data):
    assert data == b"" or data.endswith(b"\n")
    lines = [json.loads(line) for line in data.splitlines()]
    counted = tool("jq", "-c", ".account.result", data=data)
    assert counted is None or len(counted.splitlines()) == len(lines)
    try:
        import jsonschema
    except ImportError:
        print("NOT CHECKED, python3-jsonschema IS MISSING", file=sys.stderr)
        return lines
    validator = jsonschema.Draft7Validator(json.loads(SCHEMA.read_text()))
    for line in lines:
        for error in validator.iter_errors(line):
            raise AssertionError(f"{list(error.absolute_path)}: "
                                 f"{error.message}")
    return lines


def junit(data):
    tool("xmllint", "--nonet", "--noout", "--schema", str(XSD), "-",
         data=data)
    root = xml.etree.ElementTree.fromstring(data)
    for suite in root:
        cases = suite.findall("testcase")
        assert int(suite.get("tests")) == len(cases)
        for total, tag in (("failures", "failure"), ("errors", "error"),
                           ("skipped", "skipped")):
            found = sum(case.find(tag) is not None for case in cases)
            assert int(suite.get(total)) == found, (suite.get("name"), total)
        names = [case.get("name") for case in cases]
        assert len(set(names)) == len(names), names
    return root


TAP = r"""
use strict; use TAP::Parser; binmode STDOUT, ":raw";
local $/; my $parser = TAP::Parser->new({ tap => scalar <STDIN> });
while (my $line = $parser->next) {
	print "UNKNOWN ", $line->raw, "\n" if $line->is_unknown;
	print "YAML\n" if $line->is_yaml;
	print "TODO ", $line->raw, "\n" if $line->is_test && $line->has_todo;
	printf "%s\t%s\t%s\n", ($line->has_skip ? "skip" : $line->is_ok ?
		"ok" : "not ok"), $line->description, $line->explanation
		if $line->is_test;
}
print "ERROR $_\n" for $parser->parse_errors;
print "NO PLAN\n" unless $parser->is_good_plan;
"""


def tap(data):
    """[(state, description, why it was skipped)]; nothing is expected to
    fail there: an account that shall not log in passes when it does not."""
    assert data.startswith(b"TAP version 13\n")
    out = tool("perl", "-e", TAP, data=data)
    if out is None:
        return []
    lines = out.decode().split("\n")
    for bad in ("UNKNOWN", "ERROR", "NO PLAN", "TODO"):
        assert not [x for x in lines if x.startswith(bad)], out.decode()
    tests = [tuple(x.split("\t")) for x in lines if "\t" in x]
    failed = [t for t in tests if t[0] == "not ok"]
    assert lines.count("YAML") == len(failed), "a failure without YAML"
    assert all(bool(why) == (state == "skip") for state, _, why in tests), out
    return tests


LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"')
SAMPLE = re.compile(r"([a-zA-Z_:][a-zA-Z0-9_:]*)\{(.*)\} (-?[0-9.]+)")
ESCAPES = {'\\"': '"', "\\\\": "\\", "\\n": "\n"}


def labels_of(text):
    found, at = {}, 0
    while at < len(text):
        match = LABEL.match(text, at)
        assert match, text[at:]
        name, value = match.groups()
        assert name not in found and not name.startswith("__"), name
        found[name] = re.sub(r'\\["\\n]', lambda m: ESCAPES[m[0]], value)
        at = match.end()
        assert at == len(text) or text[at] == ",", text[at:]
        at += 1
    return found


def prometheus(data):
    """{family: [(labels, value)]}; stricter than the collector is."""
    assert data == b"" or data.endswith(b"\n")
    tool("promtool", "check", "metrics", data=data)
    families, name, typed = {}, None, None
    for line in data.decode().split("\n")[:-1]:
        if line.startswith("# HELP "):
            name = line.split(" ")[2]
            assert name not in families, f"{name} comes in two pieces"
            families[name], typed = [], False
        elif line.startswith("# TYPE "):
            assert line == f"# TYPE {name} gauge", line
            typed = True
        else:
            match = SAMPLE.fullmatch(line)
            assert match and match[1] == name and typed, line
            families[name].append((labels_of(match[2]), float(match[3])))
    for name, samples in families.items():
        series = [tuple(sorted(labels.items())) for labels, _ in samples]
        assert len(set(series)) == len(series), f"{name}: twice the same"
    return families


COMMAND = re.compile(r"::(error|warning|notice) ([^\n]*?)::([^\n]*)")


def github(data):
    """[(level, {property: value}, message)], as the runner reads them."""
    found = []
    for line in data.decode().split("\n")[:-1]:
        match = COMMAND.fullmatch(line)
        assert match, line
        properties = {}
        for pair in match[2].split(","):
            name, _, value = pair.partition("=")
            assert name in ("file", "line", "title"), line
            properties[name] = (value.replace("%3A", ":")
                                .replace("%2C", ",").replace("%0A", "\n")
                                .replace("%0D", "\r").replace("%25", "%"))
        found.append((match[1], properties,
                      match[3].replace("%0A", "\n").replace("%0D", "\r")
                      .replace("%25", "%")))
    return found


def spreadsheet(data):
    """[{column: cell}]"""
    text = data.decode("utf-8")
    assert text.startswith("\ufeff") and text.endswith("\r\n")
    rows = list(csv.reader(io.StringIO(text[1:], newline=""), strict=True))
    assert all(len(row) == len(rows[0]) for row in rows)
    for row in rows:
        for cell in row:
            number = re.fullmatch(r"-?[0-9]+", cell)
            assert number or cell[:1] not in tuple("=+-@\t\r\n＝＋－＠"), cell
    return [dict(zip(rows[0], row)) for row in rows[1:]]


PERFORMANCE = re.compile(
    r"('[^'=]+'|[^\s'=]+)=(-?[0-9.]+)(s|%|B|c)?"
    r"(;[-0-9.:@~]*){0,2}(;[-0-9.]*){0,2}")


STATES = ("OK", "WARNING", "CRITICAL", "UNKNOWN")
PLUGIN = r"""
use strict; use Monitoring::Plugin::Performance; local $/; my $all = <STDIN>;
for my $p (Monitoring::Plugin::Performance->parse_perfstring($all)) {
	printf "%s\t%s\t%s\n", $p->label, $p->value,
		$p->threshold->get_status($p->value);
}
"""


def performance(text, state):
    """{label: value} as the plugins' own library reads it, thresholds too:
    what is beyond one of them is no better a state than that."""
    if subprocess.run(["perl", "-MMonitoring::Plugin", "-e1"], check=False,
                      capture_output=True).returncode != 0:
        tool("Monitoring::Plugin", data=b"")    # says that it is missing
        return None
    rows = [row.split("\t") for row in
            tool("perl", "-e", PLUGIN, data=text.encode()).decode().split("\n")
            if row]
    if state in STATES[:3]:
        for label, value, reached in rows:
            assert int(reached) <= STATES.index(state), (label, value, state)
    return {label: float(value) for label, value, _ in rows}


def nagios(data):
    """(state, text, {label: value}, lines below)"""
    text = data.decode()
    assert text.endswith("\n")
    first, *below = text[:-1].split("\n")
    match = re.fullmatch(r"MAIL (OK|WARNING|CRITICAL|UNKNOWN) - "
                         r"([^|]+) \| ([^|]+)", first)
    assert match, first
    assert "|" not in "".join(below)
    values = {}
    for part in match[3].split(" "):
        datum = PERFORMANCE.fullmatch(part)
        assert datum, part
        assert datum[1] not in values
        values[datum[1]] = float(datum[2])
    read = performance(match[3], match[1])
    assert read is None or read == values, (read, values)
    return match[1], match[2], values, below


def columns(line):
    return sum(0 if unicodedata.combining(c) else
               2 if unicodedata.east_asian_width(c) in "WF" else 1
               for c in line)


def summary(data, width=80):
    text = data.decode()
    assert text.endswith("\n")
    for line in text.split("\n"):
        assert columns(line) <= width or "https://" in line, line
        assert line == line.rstrip(), repr(line)
        assert not re.search("[\x00-\x1f\x7f]", line), repr(line)
    return text.split("\n")


PARSERS = {"jsonl": jsonl, "junit": junit, "tap": tap,
           "prometheus": prometheus, "github": github, "csv": spreadsheet,
           "nagios": nagios, "summary": summary}

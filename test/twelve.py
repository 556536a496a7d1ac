#!/usr/bin/env python3
"""What is proven of the twelve providers, by which scenario.

    twelve.py FOLDER            the scenarios; prints a table in Markdown

Fails when a provider lacks one of the five situations: works, a secret of the
wrong kind, a wrong password, a wrong port or security, access switched off.
"""
import pathlib
import sys

PROVIDERS = {
    "gmail": "Gmail", "yahoo": "Yahoo", "yahoo-japan": "Yahoo! JAPAN",
    "icloud": "iCloud", "aol": "AOL", "zoho": "Zoho",
    "outlook": "Outlook.com", "mailru": "Mail.ru", "yandex": "Yandex",
    "docomo": "docomo", "softbank": "SoftBank", "au": "au",
}
SITUATIONS = {
    "works": "works", "wrong-secret": "wrong kind of secret",
    "wrong-password": "wrong password",
    "wrong-port": "wrong port or security", "switched-off": "switched off",
}


def head_of(folder, name):
    """The keys of a scenario's head, with those of its bases."""
    head = {}
    for line in (folder / f"{name}.scn").read_text("utf-8").splitlines():
        if line.startswith("endpoint "):
            break
        if line.startswith("#") or ": " not in line:
            continue
        key, value = line.split(": ", 1)
        if key == "base":
            head.update(head_of(folder, value))
            head.pop("abstract", None)
        else:
            head[key] = value
    return head


def provider_of(name):
    fitting = [p for p in PROVIDERS if name.startswith(p + "-")]
    return max(fitting, key=len, default=None)


def find_all(folder):
    found, extra = {}, {}
    for file in sorted(folder.glob("*.scn")):
        head = head_of(folder, file.stem)
        provider = provider_of(file.stem)
        if provider is None or head.get("abstract") == "yes":
            continue
        situation = head.get("situation")
        if situation is None:
            extra.setdefault(provider, []).append((file.stem, head))
        elif situation not in SITUATIONS:
            sys.exit(f"{file.name}: there is no situation \"{situation}\"")
        elif (provider, situation) in found:
            sys.exit(f"{file.name}: {situation} is shown twice")
        else:
            found[provider, situation] = (file.stem, head)
    return found, extra


def cell(name, head):
    how = f" ({head['confidence']})" if "confidence" in head else ""
    rivals = head.get("rivals", "none").replace(" ", ", ")
    other = "" if rivals == "none" else f"; else {rivals}"
    return f"`{name}`: **{head['verdict']}**{how}{other}; " \
           f"exit {head['exit']}, logins {head['logins']}"


def main():
    found, extra = find_all(pathlib.Path(sys.argv[1]))
    missing = [f"{p}: {s}" for p in PROVIDERS for s in SITUATIONS
               if (p, s) not in found]
    print("| provider | " + " | ".join(SITUATIONS.values()) + " | besides |")
    print("|---" * (len(SITUATIONS) + 2) + "|")
    for p, title in PROVIDERS.items():
        cells = [cell(*found[p, s]) if (p, s) in found else "**missing**"
                 for s in SITUATIONS]
        besides = ", ".join(f"`{n}`" for n, _ in extra.get(p, []))
        print(f"| {title} | " + " | ".join(cells) + f" | {besides} |")
    if missing:
        sys.exit("missing: " + "; ".join(missing))


if __name__ == "__main__":
    main()

"""Writes the copies of the knowledge files that are quick to read.

``python tools/gen_knowledge.py`` writes them, ``--check`` only says which are out of date (exit code 1).
"""

import argparse
import json
import sys
from pathlib import Path

from ruamel.yaml import YAML

from infant_course.knowledge.reading import digest

ROOT = Path(__file__).resolve().parents[1]
KNOWLEDGE = ROOT / "src" / "infant_course" / "knowledge"
COMPILED = KNOWLEDGE / "compiled"


def copies() -> dict[Path, str]:
    """Every copy, by its path. Raises ValueError for a file that JSON cannot hold (keys that are not words)."""
    made = {}
    for path in sorted(KNOWLEDGE.rglob("*.yaml")):
        source = path.read_bytes()
        content = YAML(typ="safe", pure=True).load(source.decode("utf-8"))
        text = json.dumps({"sha256": digest(source), "content": content}, ensure_ascii=False, separators=(",", ":"))
        if json.loads(text)["content"] != content:
            raise ValueError(f"{path.name}: JSON cannot hold it; are all keys words?")
        made[(COMPILED / path.relative_to(KNOWLEDGE)).with_suffix(".json")] = text + "\n"
    return made


def main() -> int:
    """Write the copies, or check them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 where a copy is out of date")
    check = parser.parse_args().check
    made = copies()
    late = [path for path, text in made.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    stale = [path for path in COMPILED.rglob("*.json") if path not in made]
    if check:
        for path in [*late, *stale]:
            print(f"{path.relative_to(ROOT)} is out of date: run `make docs`", file=sys.stderr)
        return int(bool(late or stale))
    for path in stale:
        path.unlink()
    for path in late:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(made[path], encoding="utf-8")
    print(f"{len(late)} of {len(made)} copies written, {len(stale)} removed")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""A step of `make test`: the unit tests took every line and branch of the pure modules.

Run from the project's folder, after `coverage combine`.
"""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import coverage
from pure_modules import ROOT, pure_files


def main() -> int:
    """Write what the pure modules lack; the exit status."""
    files = measured()
    report = [fault for file in pure_files().values() if (fault := lack(file, files))]
    status = 1 if report else 0
    if report:
        report.append(
            "Every line and branch of the pure modules above must be taken by a unit test."
        )
    else:
        report.append("The unit tests take every line and branch of the pure modules.")
    sys.stdout.write("\n".join(report) + "\n")
    return status


def measured() -> dict[Path, Any]:
    """Coverage's findings on each file."""
    data = coverage.Coverage()
    data.load()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "coverage.json"
        data.json_report(outfile=str(report))
        found = json.loads(report.read_text(encoding="utf-8"))["files"]
    return {Path(name).resolve(): findings for name, findings in found.items()}


def lack(file: Path, files: dict[Path, Any]) -> str:
    """What of a pure module was not run, as one line; empty when nothing is missing."""
    name = file.relative_to(ROOT)
    findings = files.get(file)
    if findings is None:
        return f"{name}: nothing of it was measured"
    lines = [str(line) for line in findings["missing_lines"]]
    # A negative line is the way out of the function that begins there.
    branches = [
        f"{start}→{'exit' if end < 0 else end}" for start, end in findings["missing_branches"]
    ]
    kinds = (("lines", lines), ("branches", branches))
    missing = "; ".join(f"{kind} {', '.join(items)}" for kind, items in kinds if items)
    return f"{name}: {missing}" if missing else ""


if __name__ == "__main__":
    sys.exit(main())

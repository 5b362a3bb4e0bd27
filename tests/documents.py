"""Read the commands that the documents tell a person to type, and the output that they show."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))]


def consoles(page: Path) -> list[tuple[str, str]]:
    """Return (command, output shown below it) for every line with a `$` in the page, in order, without comments."""
    found = []
    for block in re.findall(r"^```console\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL):
        for entry in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = entry.partition("\n")
            found.append((command.partition(" # ")[0].strip(), output))
    return found


def mentions(name: str) -> set[str]:
    """Return every `name …` in backticks or in a code block of a document, such as `predmon send file --wait`."""
    found: set[str] = set()
    for page in DOCUMENTS:
        # The arrows of a figure are not commands.
        text = re.sub(r"^```mermaid\n.*?^```", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
        code = re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
        spans = re.findall(r"`([^`]+)`", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))
        lines = [line.partition(" # ")[0] for block in code for line in block.splitlines()]
        for each in [*lines, *(" ".join(span.split()) for span in spans)]:
            found |= {f"{name} {rest}".strip() for rest in re.findall(rf"(?:^|[ /=]){name} (.+)$", each.strip())}
    return found

"""What the documents tell a person to type, and what they show as its output."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))]


def consoles(page: Path) -> list[tuple[str, str]]:
    """(command, the output shown below it) for every line with a `$` in the page, in order; comments left out."""
    found = []
    for block in re.findall(r"^```console\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL):
        for entry in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = entry.partition("\n")
            found.append((command.partition(" # ")[0].strip(), output))
    return found


def mentions(name: str) -> set[str]:
    """Every `name …` that a document has in backticks or in a code block, such as `predmon send file --wait`."""
    found: set[str] = set()
    for page in DOCUMENTS:
        # A figure's arrows are no commands.
        text = re.sub(r"^```mermaid\n.*?^```", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
        code = re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
        spans = re.findall(r"`([^`]+)`", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))
        lines = [line.partition(" # ")[0] for block in code for line in block.splitlines()]
        for each in [*lines, *(" ".join(span.split()) for span in spans)]:
            found |= {f"{name} {rest}".strip() for rest in re.findall(rf"(?:^|[ /=]){name} (.+)$", each.strip())}
    return found

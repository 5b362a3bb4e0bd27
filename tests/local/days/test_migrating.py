"""What is folded is copied into another domain under the names of its days, which are folded there again."""

from collections.abc import Callable
from typing import Any

from opensearchpy import OpenSearch

from predmon.commands.delivering.migrate import list_names


def test_an_archive_is_copied_day_by_day(
    search: OpenSearch, days: Callable[[int], int], run: Callable[..., dict[str, Any]]
) -> None:
    days(3)
    run(3.5)

    found = [name for name in list_names(search) if name.startswith(("cwl-", "raw-"))]

    assert found == [f"{kind}-2026.10.0{day}" for kind in ("cwl", "raw") for day in (1, 2, 3)]

"""Work of which one part must not stop the others."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from opensearchpy.exceptions import ConnectionError as OpenSearchConnectionError

Result = TypeVar("Result")


def attempt(work: Callable[..., Result], *arguments: object) -> tuple[Result | None, str]:
    """Return what `work` returns and an empty text, or None and what is wrong.

    Where OpenSearch cannot be reached, all parts would fail: that is raised.
    """
    try:
        return work(*arguments), ""
    except OpenSearchConnectionError:
        raise
    except Exception as error:  # whatever is wrong with one group, or with what is stored of it
        return None, f"{type(error).__name__}: {error}"

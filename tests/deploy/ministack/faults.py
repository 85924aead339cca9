"""A type of resource that a test names in a file cannot be created."""

import os
from pathlib import Path


def plant(handlers):
    """Every type asks the file before it creates a resource."""
    for kind, handler in handlers.items():
        if "create" in handler:
            handler["create"] = refusing(kind, handler["create"])


def refusing(kind, create):
    """`create`, or an error if the file names the type."""

    def checked(*arguments):
        if kind in Path(os.environ["PLANTED_FAULTS"]).read_text().split():
            raise ValueError(f"a fault was planted for {kind}")
        return create(*arguments)

    return checked

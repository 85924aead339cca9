"""The commands of docs/deploy.md, and of other pages."""

import re

from servers import ROOT


def section(heading, page="deploy.md"):
    """A section of a page, without the sections after it."""
    match = re.search(rf"^(#+) {re.escape(heading)}\n(.*?)(?=^#+ |\Z)", without_comments(page), re.M | re.S)
    assert match, f"docs/{page} has no section {heading}"
    return match[2].replace("\0", "#")


def without_comments(page):
    """A page, where a comment in a block does not look like a heading."""
    text = (ROOT / "docs" / page).read_text()
    return re.sub(r"```.*?```", lambda block: block[0].replace("#", "\0"), text, flags=re.S)


def commands(heading, page="deploy.md"):
    """The first block of commands of a section."""
    return re.search(r"```bash account\n(.*?)```", section(heading, page), re.S)[1]


def settings(heading):
    """The parameters for samconfig.toml in a section, without the name of their table."""
    block = re.search(r"```toml\n(.*?)```", section(heading), re.S)[1]
    table = "[default.deploy.parameters]\n"
    assert block.startswith(table), block
    return block.removeprefix(table)

"""The commands of docs/deploy.md."""

import re

from servers import ROOT

GUIDE = (ROOT / "docs" / "deploy.md").read_text()


def section(heading):
    """A section of the guide, without the sections after it."""
    match = re.search(rf"^(#+) {re.escape(heading)}\n(.*?)(?=^#+ |\Z)", without_comments(), re.M | re.S)
    assert match, f"docs/deploy.md has no section {heading}"
    return match[2].replace("\0", "#")


def without_comments():
    """The guide, where a comment in a block does not look like a heading."""
    return re.sub(r"```.*?```", lambda block: block[0].replace("#", "\0"), GUIDE, flags=re.S)


def commands(heading, number=0):
    """A block of commands of a section."""
    return re.findall(r"```bash account\n(.*?)```", section(heading), re.S)[number]


def settings(heading):
    """The parameters for samconfig.toml in a section, without the name of their table."""
    block = re.search(r"```toml\n(.*?)```", section(heading), re.S)[1]
    table = "[default.deploy.parameters]\n"
    assert block.startswith(table), block
    return block.removeprefix(table)

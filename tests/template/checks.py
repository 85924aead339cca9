"""Every check by its name: each takes a stack and returns what is wrong with it."""

import checks_buffer
import checks_many
import checks_operation
import checks_organization
import checks_results
import checks_settings
import checks_triggers
import iam_policies
import linters
from intrinsics import Dangling


def check_references(stack):
    """Every reference leads to something that these parameters make."""
    try:
        _ = stack.resources, stack.outputs
    except Dangling as error:
        return [f"dangling reference: {error}"]
    return []


def check_rules(stack):
    """The Rules section accepts the parameters."""
    return stack.refused_by()


def named_checks(module):
    """A module's checks by their names, without `check_`."""
    found = {name: value for name, value in vars(module).items() if name.startswith("check_")}
    return {name.removeprefix("check_"): check for name, check in found.items()}


# What no linter knows.
OWN = {
    "references": check_references,
    "rules": check_rules,
    **named_checks(checks_triggers),
    **named_checks(checks_settings),
    **named_checks(checks_operation),
    **named_checks(checks_organization),
    **named_checks(checks_buffer),
    **named_checks(checks_many),
    **named_checks(checks_results),
}

LINTERS = {**named_checks(linters), **named_checks(iam_policies)}

ALL = {**OWN, **LINTERS}

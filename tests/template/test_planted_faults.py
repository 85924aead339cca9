"""Each check is red when what it guards is broken: one fault in a copy of the template, and the
checks that must find it."""

from functools import cache

import pytest

import checks
import stack as stacks
from checks_operation import rate_minutes
from checks_settings import unexplained_wildcards
from faults import FAULTS
from iam_policies import run_linters
from linters import run_cfn_lint, run_checkov
from stack import Stack

CASES = [
    pytest.param(what, check, id=f"{what}, caught by {check}")
    for what, (_, caught_by, _) in FAULTS.items()
    for check in caught_by
]


@cache
def planted(what):
    """The template with a fault."""
    plant, _, parameters = FAULTS[what]
    template = stacks.read()
    plant(template)
    return Stack(template, parameters)


@pytest.fixture(scope="module", autouse=True)
def linters_ran():
    """One run of each linter for all faults that it must catch."""

    def caught_by(*linters):
        return [planted(what) for what, (_, caught_by, _) in FAULTS.items() if {*linters} & {*caught_by}]

    run_checkov(caught_by("checkov"))
    run_cfn_lint(caught_by("cfn_lint"))
    run_linters(caught_by("parliament", "cloudsplaining"))


@pytest.mark.parametrize(("what", "check"), CASES)
def test_fault_is_caught(what, check):
    assert checks.ALL[check](planted(what)), f"{check} misses it"


def test_every_check_has_a_fault_that_it_catches():
    caught = {check for _, caught_by, _ in FAULTS.values() for check in caught_by}
    # test_template.py shows what `rules` refuses.
    assert caught == set(checks.ALL) - {"rules"}


def test_an_unexplained_wildcard_is_caught():
    text = stacks.TEMPLATE.read_text().replace("# *:", "#")
    assert len(unexplained_wildcards(text)) > 5


@pytest.mark.parametrize(
    "expression", ["rate(1 minutes)", "rate(2 minute)", "rate(0 minutes)", "rate(1minute)", "rate(1 second)", "1 minute"]
)
def test_rates_that_the_scheduler_refuses(expression):
    with pytest.raises(ValueError):
        rate_minutes(expression)


@pytest.mark.parametrize(("expression", "minutes"), [("rate(1 minute)", 1), ("rate(5 minutes)", 5), ("rate(1 hour)", 60)])
def test_rates_that_the_scheduler_takes(expression, minutes):
    assert rate_minutes(expression) == minutes

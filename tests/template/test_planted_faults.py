"""Each check is red when what it guards is broken: one fault in a copy of the template, and the
checks that must find it."""

import copy

import pytest

import checks
import stack as stacks
from checks_operation import rate_minutes
from checks_settings import unexplained_wildcards
from faults import FAULTS
from stack import Stack

CASES = [
    pytest.param(plant, check, parameters, id=f"{what}, caught by {check}")
    for what, (plant, caught_by, parameters) in FAULTS.items()
    for check in caught_by
]


@pytest.mark.parametrize(("plant", "check", "parameters"), CASES)
def test_fault_is_caught(plant, check, parameters):
    template = copy.deepcopy(stacks.read())
    plant(template)
    assert checks.ALL[check](Stack(template, parameters)), f"{check} misses it"


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

"""An account for each test."""

import pytest

from account import Account


@pytest.fixture
def account(tmp_path):
    """A new account, with its servers."""
    opened = Account(tmp_path)
    yield opened
    opened.close()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    """With a failure, the ends of the servers' logs are shown."""
    outcome = yield
    report = outcome.get_result()
    opened = getattr(item, "funcargs", {}).get("account")
    if report.failed and opened:
        for server in (opened.simulated, opened.ministack):
            report.sections.append((server.log.name, server.log.read_text(errors="replace")[-4000:]))

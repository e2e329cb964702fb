from __future__ import annotations

import pytest

from equipoise.cli.errors import INTERRUPTED, NO_SUCH_FILE, UNEXPECTED, at_the_edge


def fails_with(error: BaseException):
    def work() -> None:
        raise error

    return work


@pytest.mark.parametrize(
    ("error", "status"),
    [(NO_SUCH_FILE.error("x"), 2), (KeyboardInterrupt(), INTERRUPTED), (ValueError("canary-4711"), UNEXPECTED.exit_status)],
)
def test_each_end_has_its_status_and_no_value_leaks(error, status, capsys):
    assert at_the_edge(fails_with(error), as_json=False) == status
    assert "canary-4711" not in capsys.readouterr().err

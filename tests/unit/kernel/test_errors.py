from __future__ import annotations

from equipoise.kernel.errors import EquipoiseError, ErrorKind, Where, closest

KIND = ErrorKind("EQ-TEST-001", "a test", "it matters", "mend it", exit_status=3)


def test_a_problem_says_code_what_where_why_and_remedy():
    error = KIND.error("no such key: indx", Where(file="study.yaml", line=7, path="index"), did_you_mean="index")
    text = str(error)
    for part in ("EQ-TEST-001", "no such key: indx", "study.yaml:7", "did you mean: index?", "why: it matters", "what to do: mend it"):
        assert part in text
    assert (error.code, error.exit_status) == ("EQ-TEST-001", 3)


def test_several_problems_travel_in_one_error():
    one, two = KIND.error("first").problems[0], KIND.error("second").problems[0]
    assert "first" in str(EquipoiseError(one, two))
    assert "second" in str(EquipoiseError(one, two))


def test_a_record_is_plain():
    record = KIND.error("x", Where(site="H01", table="person")).problems[0].as_record()
    assert record["site"] == "H01"
    assert record["line"] is None
    assert record["remedy"] == "mend it"


def test_closest_name():
    assert closest("overlpa", ["overlap", "iptw"]) == "overlap"
    assert closest("zzz", ["overlap", "iptw"]) is None

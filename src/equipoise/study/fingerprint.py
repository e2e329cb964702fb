"""The hash of a study: of what it means, not of how it is written."""

from __future__ import annotations

from typing import Any

from equipoise.cohort.circe.fingerprint import fingerprint
from equipoise.cohort.circe.reading import parse_circe
from equipoise.kernel.canonical import content_hash
from equipoise.study.model import Study


def study_hash(study: Study) -> str:
    """SHA-256 of the study's meaning, code sets included.

    Of a cohort definition its own fingerprint counts: who is in it, and when; not its names and descriptions, nor its path. Comments, key
    order, formatting, the order in which outcomes and covariates are listed and the descriptions of codes do not count.
    The order of arms, of steps and of the levels of a category does: it decides who goes where.
    """
    record: dict[str, Any] = study.model_dump(mode="json")
    for block in ("outcomes", "covariates", "code_sets"):
        record[block] = sorted(record[block], key=lambda item: str(item["name"]))
    for code_set in record["code_sets"]:
        for code in code_set["codes"]:
            del code["description"]
        if "circe" in code_set:
            code_set["circe"] = fingerprint(parse_circe(code_set["circe"]))
    if record["propensity"]:
        record["propensity"]["covariates"] = sorted(record["propensity"]["covariates"])
    return content_hash(record)

"""Lines of therapy of simulated patients: the simulator gives each line drugs of another class, so classes before the index count lines."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np

from equipoise.cohort.from_study import cohort_plan
from equipoise.engine.lines.finding import find_lines
from equipoise.engine.lines.from_records import treatments_of
from equipoise.engine.open import open_cdm
from equipoise.simulate.network import simulate_network
from equipoise.study.code_file import read_code_file
from equipoise.study.lines.naming import sets_by_drug
from equipoise.study.lines.reading import bundled_pack
from equipoise.study.lines.vary import vary
from equipoise.study.model import CodeSet, EventCriterion, LineAnchor, LinesOfTherapy, Window
from equipoise.study.reading import read_study

STUDIES = Path(__file__).resolve().parents[2] / "studies"
CLASSES = ("endocrine", "chemotherapy", "her2_targeted", "antibody_drug_conjugate", "parp_inhibitor")
METASTASES = ("MET_BONE", "MET_LUNG", "MET_BRAIN", "LIVERMET_DX")


def code_sets(*beginnings: str) -> tuple[CodeSet, ...]:
    rows = read_code_file(STUDIES / "codes" / "bclm.csv").rows
    names = dict.fromkeys(row.set_id for row in rows if row.set_id.startswith(beginnings))
    return tuple(CodeSet(name=name, codes=tuple(row.code for row in rows if row.set_id == name)) for name in names)


def test_prior_lines_are_the_lines_that_the_simulator_planted(tmp_path):
    """By the pack's rules; a shorter window, or one code for metastasis, finds more: some drugs begin late, some patients were treated
    for cure with a metastasis suspected."""
    simulate_network(tmp_path / "net", 1, 600, 11, "flagship")
    study, pack = read_study(STUDIES / "bclm.yaml").study, bundled_pack("breast")
    by_drug = sets_by_drug(pack, code_sets("DRUG_"))
    (site,) = (one for one in (tmp_path / "net").iterdir() if one.is_dir())
    with closing(open_cdm(site, "here")) as engine:
        engine.prepare(study.code_sets)
        index = engine.cohort(replace(cohort_plan(study), steps=())).rows.select(["person_id", "index_date"])
        at_least = tuple(EventCriterion(sets=CLASSES, window=Window(end=-1), count="sets", at_least=number) for number in (1, 2, 3, 4))
        held = engine.criteria(index, at_least)
        engine.prepare((*by_drug.code_sets, *code_sets("MET_", "LIVERMET_DX")))
        lines = LinesOfTherapy(pack=pack, drugs=by_drug.drugs, anchor=LineAnchor(sets=METASTASES, confirmed_within=90))
        treatments = treatments_of(engine, index, lines)
        unanchored = lines.model_copy(update={"anchor": LineAnchor(sets=METASTASES)})
        first_days = treatments_of(engine, index, unanchored).anchors
    classes = np.sum([held[f"c{place}"].to_numpy() for place in range(4)], axis=0)
    assert by_drug.unknown == ()
    assert set(classes) == {0, 1, 2, 3, 4}
    assert find_lines(treatments, pack).persons["prior_lines"].to_pylist() == classes.tolist()
    (short,) = vary(pack, window=[21])
    fewer_days = np.array(find_lines(treatments, short.pack).persons["prior_lines"].to_pylist())
    one_code = replace(treatments, anchors=first_days)
    unconfirmed = np.array(find_lines(one_code, pack).persons["prior_lines"].to_pylist())
    for other in (fewer_days, unconfirmed):
        assert (other >= classes).all()
        assert 0.05 < (other > classes).mean() < 0.4

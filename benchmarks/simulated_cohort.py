"""Reads a simulated network as a stranger would: from its Parquet files alone, by plain SQL over all sites, without Equipoise's engine.

One row a person with an index event: which criteria hold, arm, recorded covariates, follow-up. Used to verify the simulator.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

TABLES = ("person", "condition_occurrence", "procedure_occurrence", "device_exposure", "drug_exposure", "measurement", "observation",
          "visit_occurrence", "death")  # fmt: skip

FACTS = """
CREATE TABLE fact AS
SELECT person_id, condition_start_date AS d, condition_end_date AS e, condition_source_value AS code, 'dx' AS kind FROM condition_occurrence
UNION ALL SELECT person_id, observation_date, NULL, observation_source_value, 'obs' FROM observation
UNION ALL SELECT person_id, procedure_date, procedure_end_date, procedure_source_value, 'px' FROM procedure_occurrence
UNION ALL SELECT person_id, device_exposure_start_date, device_exposure_end_date, device_source_value, 'px' FROM device_exposure
UNION ALL SELECT person_id, visit_start_date, visit_end_date, '', 'visit' FROM visit_occurrence
UNION ALL SELECT person_id, measurement_date, NULL, '', 'lab' FROM measurement;

CREATE TABLE ingredient AS
SELECT a.descendant_concept_id AS concept_id, c.concept_name AS name
FROM concept_ancestor a JOIN concept c ON c.concept_id = a.ancestor_concept_id AND c.concept_class_id = 'Ingredient';

CREATE TABLE drug AS
SELECT x.person_id, x.drug_exposure_start_date AS d, x.drug_exposure_end_date AS e, i.name,
    CASE WHEN i.name IN ('letrozole', 'anastrozole', 'exemestane', 'fulvestrant') THEN 'endocrine'
         WHEN i.name IN ('paclitaxel', 'capecitabine', 'eribulin', 'gemcitabine', 'carboplatin', 'doxorubicin') THEN 'chemo'
         WHEN i.name LIKE '%trastuzumab%' OR i.name = 'pertuzumab' THEN 'her2'
         WHEN i.name = 'sacituzumab govitecan' THEN 'adc' WHEN i.name IN ('olaparib', 'talazoparib') THEN 'parp'
         WHEN i.name LIKE '%ciclib' THEN 'cdk46' WHEN i.name LIKE '%lizumab' THEN 'ici' ELSE 'other' END AS class
FROM drug_exposure x JOIN ingredient i ON i.concept_id = x.drug_concept_id;

CREATE TABLE evidence AS
SELECT person_id, d, bool_or(code IN ('79445', 'C2616', 'S2095', 'DF10BYZ')) AS tare FROM fact
WHERE kind = 'px' AND code IN ('79445', 'C2616', 'S2095', 'DF10BYZ', '96420', '96422', '3E05305') GROUP BY ALL;

CREATE TABLE idx AS SELECT person_id, min(d) AS index_date, arg_min(tare, d) AS tare FROM evidence GROUP BY ALL;
"""

COHORT = """
WITH dx AS (
    SELECT i.person_id,
        max(d) FILTER (code LIKE 'C50%' AND d <= index_date) - min(d) FILTER (code LIKE 'C50%' AND d <= index_date) AS c50_span,
        bool_or(code = 'C78.7' AND d - index_date BETWEEN -365 AND 7) AS liver,
        bool_or(code LIKE 'C22%' AND d <= index_date) AS c22,
        bool_or((code = 'C79.51' OR code LIKE 'C78.0%' OR code LIKE 'C79.3%') AND d - index_date BETWEEN -365 AND 0) AS extrahepatic
    FROM idx i LEFT JOIN fact f ON f.person_id = i.person_id AND kind = 'dx' GROUP BY ALL
), rx AS (
    SELECT i.person_id,
        count(DISTINCT class) FILTER (d < index_date AND class IN ('endocrine', 'chemo', 'her2', 'adc', 'parp')) AS lines,
        bool_or(class = 'her2' AND d <= index_date) AS her2,
        bool_or(class IN ('endocrine', 'cdk46') AND d <= index_date) AS hormone
    FROM idx i LEFT JOIN drug x ON x.person_id = i.person_id GROUP BY ALL
), lab AS (
    SELECT i.person_id, measurement_source_value AS loinc,
        arg_max(CASE unit_concept_id WHEN 8749 THEN value_as_number / 17.104 WHEN 8636 THEN value_as_number / 10 ELSE value_as_number END,
            (measurement_date, -measurement_id)) AS value
    FROM idx i JOIN measurement m ON m.person_id = i.person_id AND measurement_date - index_date BETWEEN -90 AND 0
    WHERE measurement_source_value IN ('1975-2', '1751-7') GROUP BY ALL
), seen AS (
    SELECT person_id, greatest(max(d), max(e)) AS last_date FROM fact GROUP BY ALL
), pills AS (
    SELECT person_id, greatest(max(d), max(e)) AS last_date FROM drug GROUP BY ALL
)
SELECT i.person_id, i.index_date, i.tare, year(i.index_date) AS year,
    date_sub('year', make_date(year_of_birth, month_of_birth, day_of_birth), i.index_date) AS age,
    coalesce(c50_span >= 30, false) AS twice_c50, coalesce(liver, false) AS liver, coalesce(c22, false) AS c22, coalesce(lines, 0) AS lines,
    i.index_date BETWEEN DATE '2016-01-01' AND DATE '2024-07-31' AS in_period,
    coalesce(extrahepatic, false) AS extrahepatic, CASE WHEN her2 THEN 'HER2+' WHEN hormone THEN 'HR+' ELSE 'TNBC' END AS subtype,
    b.value AS bilirubin, a.value AS albumin,
    greatest(s.last_date, q.last_date) - i.index_date AS last_day, death_date - i.index_date AS death_day
FROM idx i JOIN person p USING (person_id) JOIN dx USING (person_id) JOIN rx USING (person_id) JOIN seen s USING (person_id)
LEFT JOIN pills q USING (person_id) LEFT JOIN death USING (person_id)
LEFT JOIN lab b ON b.person_id = i.person_id AND b.loinc = '1975-2' LEFT JOIN lab a ON a.person_id = i.person_id AND a.loinc = '1751-7'
ORDER BY i.person_id
"""


def read(network: Path) -> pd.DataFrame:
    """One row a person with an index event; `failed` counts the criteria that do not hold."""
    with duckdb.connect() as db:
        db.execute("SET preserve_insertion_order = false")
        for name in TABLES:
            db.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet('{network}/H*/{name}.parquet')")
        first = sorted(network.glob("H*"))[0]
        for name in ("concept", "concept_ancestor"):
            db.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet('{first}/{name}.parquet')")
        db.execute(FACTS)
        people = db.execute(COHORT).df()
    holds = [people.in_period, people.age >= 18, people.twice_c50, people.liver, people.lines.between(1, 3), ~people.c22]
    people["failed"] = sum((~one).astype(int) for one in holds)
    death = people.death_day.where(people.death_day >= people.last_day, people.last_day).where(people.death_day.notna())
    people["time"] = np.minimum(death.fillna(people.last_day), 1826).astype(int)
    people["event"] = death.notna() & (death <= 1826)
    return people


def design(people: pd.DataFrame) -> np.ndarray:
    """Columns of a propensity model on the recorded covariates, the intercept first; medians and an indicator for missing values."""
    log_bilirubin = np.log(people.bilirubin)
    columns = [
        np.ones(len(people)), people.subtype == "HER2+", people.subtype == "TNBC", people.extrahepatic,
        people.lines == 2, people.lines == 3,
        people.albumin.fillna(people.albumin.median()), people.albumin.isna(),
        log_bilirubin.fillna(log_bilirubin.median()), log_bilirubin.isna(), people.age, people.year - 2020,
    ]  # fmt: skip
    return np.column_stack([np.asarray(column, float) for column in columns])


def logistic(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Fitted probabilities of a logistic regression, by Newton's method."""
    beta = np.zeros(x.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-x @ beta))
        step = np.linalg.solve((x * (p * (1 - p))[:, None]).T @ x, x.T @ (y - p))
        beta += step
        if np.abs(step).max() < 1e-12:
            break
    return 1 / (1 + np.exp(-x @ beta))


def weighted_cox(time: np.ndarray, event: np.ndarray, arm: np.ndarray, weight: np.ndarray) -> tuple[float, float]:
    """Log hazard ratio of one binary covariate (Breslow ties) and its robust standard error (Lin and Wei), from whole days."""
    days = int(time.max()) + 1
    ended = np.array([np.bincount(time[arm == a], weight[arm == a], days) for a in (0, 1)])
    dead = np.bincount(time[event], weight[event], days)
    risk = np.cumsum(ended[:, ::-1], axis=1)[:, ::-1]
    beta, target = 0.0, weight[event & (arm == 1)].sum()
    for _ in range(100):
        total = risk[1] * np.exp(beta) + risk[0]
        mean = np.divide(risk[1] * np.exp(beta), total, out=np.zeros(days), where=total > 0)
        step = (target - (dead * mean).sum()) / (dead * mean * (1 - mean)).sum()
        beta += step
        if abs(step) < 1e-12:
            break
    hazard = np.divide(dead, total, out=np.zeros(days), where=total > 0)
    cumulated, centred = np.cumsum(hazard), np.cumsum(hazard * mean)
    residual = event * (arm - mean[time]) - np.exp(beta * arm) * (arm * cumulated[time] - centred[time])
    return float(beta), float(np.sqrt(((weight * residual) ** 2).sum()) / (dead * mean * (1 - mean)).sum())

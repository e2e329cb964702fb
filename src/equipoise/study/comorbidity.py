"""The groups of the comorbidity indices and the weights that exist for them, so that a study can name them."""

from __future__ import annotations

GROUPS: dict[str, dict[str, str]] = {
    "Charlson": {
        "ami": "myocardial infarction",
        "chf": "congestive heart failure",
        "pvd": "peripheral vascular disease",
        "cevd": "cerebrovascular disease",
        "dementia": "dementia",
        "copd": "chronic pulmonary disease",
        "rheumd": "rheumatic/connective tissue disease",
        "pud": "peptic ulcer disease",
        "mld": "mild liver disease",
        "diab": "diabetes w/o chronic complication",
        "diabwc": "diabetes with chronic complication",
        "hp": "hemiplegia/paraplegia",
        "rend": "renal disease",
        "canc": "any malignancy (non-metastatic)",
        "msld": "moderate/severe liver disease",
        "metacanc": "metastatic solid tumour",
        "aids": "AIDS/HIV",
    },
    "Elixhauser": {
        "chf": "congestive heart failure",
        "carit": "cardiac arrhythmia",
        "valv": "valvular disease",
        "pcd": "pulmonary circulation disorder",
        "pvd": "peripheral vascular disease",
        "hypunc": "hypertension uncomplicated",
        "hypc": "hypertension complicated",
        "para": "paralysis",
        "ond": "other neurological disorder",
        "cpd": "chronic pulmonary disease",
        "diabunc": "diabetes uncomplicated",
        "diabc": "diabetes complicated",
        "hypothy": "hypothyroidism",
        "rf": "renal failure",
        "ld": "liver disease",
        "pud": "peptic ulcer disease",
        "aids": "AIDS/HIV",
        "lymph": "lymphoma",
        "metacanc": "metastatic solid tumour",
        "solidtum": "solid tumour w/o metastasis",
        "rheumd": "rheumatic/connective tissue disease",
        "coag": "coagulopathy",
        "obes": "obesity",
        "wloss": "weight loss",
        "fed": "fluid/electrolyte disorder",
        "blane": "blood-loss anaemia",
        "dane": "deficiency anaemia",
        "alcohol": "alcohol abuse",
        "drug": "drug abuse",
        "psycho": "psychoses",
        "depre": "depression",
    },
}
"""Groups of Quan's 2005 coding of each index: short name and what it means."""

WEIGHTS: dict[str, tuple[str, ...]] = {
    "Charlson": ("charlson1987", "quan2011", "count"),
    "Elixhauser": ("vanwalraven", "count"),
}
"""Weights that were published for each index; `count` gives every group 1. The first is the default."""

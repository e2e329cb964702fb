"""Lines of therapy: kinds of rules (`rules.py`), a disease's whole set (`pack.py`), and their place in a study (`block.py`)."""

from equipoise.study.model.lines.block import LineAnchor, LineDrug, LinesOfTherapy, Varied
from equipoise.study.model.lines.pack import Pack

__all__ = ["LineAnchor", "LineDrug", "LinesOfTherapy", "Pack", "Varied"]

"""The look shared by figures and page: one pair of colours that also differ in grey and in line style, one type family, fixed settings."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import matplotlib as mpl
from matplotlib import font_manager

TARGET = "#0b57b0"
COMPARATOR = "#c24a16"
INK = "#17202e"
QUIET = "#566070"
RULE = "#c9ced8"
GRID = "#e8ebf0"
STRIPE = "#f2f6fb"
BOX_EDGE = "#0b57b0"
TARGET_BAND = "#d9e6f4"
COMPARATOR_BAND = "#f7e1d7"
COMPARATOR_DASH = (0, (7, 1.4))
FONT_STACK = "Arial, Helvetica, 'Liberation Sans', 'DejaVu Sans', sans-serif"

_ONE_AT_A_TIME = threading.RLock()


@cache
def _families() -> list[str]:
    installed = set(font_manager.fontManager.get_font_names())
    wanted = ("Arial", "Helvetica", "Liberation Sans", "DejaVu Sans")
    return [name for name in wanted if name in installed]


def _settings() -> dict[Any, Any]:
    return {
        "font.family": _families(),
        "font.size": 10,
        "text.color": INK,
        "text.parse_math": False,
        "axes.edgecolor": INK,
        "axes.labelcolor": INK,
        "axes.labelweight": "bold",
        "axes.labelsize": 10,
        "axes.linewidth": 0.9,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.unicode_minus": True,
        "xtick.color": INK,
        "ytick.color": INK,
        "xtick.labelsize": 10,
        "ytick.labelsize": 10,
        "figure.facecolor": "white",
        "svg.fonttype": "none",
        "svg.hashsalt": "equipoise",
        "path.simplify": True,
    }


@contextmanager
def drawing() -> Iterator[None]:
    """Everything drawn inside has the look, and equal input gives equal bytes. One thread at a time: matplotlib's settings are global."""
    with _ONE_AT_A_TIME, mpl.rc_context(_settings()), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        yield

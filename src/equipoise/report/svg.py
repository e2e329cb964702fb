"""Makes matplotlib's SVG fit to stand in a page with others: own ids, a text alternative, a type family found everywhere."""

from __future__ import annotations

import re
from html import escape

from equipoise.report.look import FONT_STACK

_ROOT = re.compile(r"<svg\b[^>]*>", re.DOTALL)
_METADATA = re.compile(r"\s*<metadata>.*?</metadata>", re.DOTALL)
_STYLE = re.compile(r"\s*<defs>\s*<style type=\"text/css\">.*?</style>\s*</defs>", re.DOTALL)
_ID = re.compile(r"(\bid=\"|xlink:href=\"#|url\(#)")
_FONT = re.compile(r"font-family: [^;\"]*")
_SHORT_FONT = re.compile(r"font: ([^;\"]*?px) [^;\"]*")
_COMMENT = re.compile(r"\s*<!--.*?-->", re.DOTALL)
_SPACES = re.compile(r"\n\s+")


def finished(raw: str, *, prefix: str, title: str, description: str) -> str:
    """The SVG file's text: `prefix` before every id and reference, `<title>` and `<desc>` as text alternative.

    `raw` is what matplotlib wrote. `prefix` must differ between figures of one page.
    """
    body = _STYLE.sub("", _METADATA.sub("", _COMMENT.sub("", raw)))
    body = _ID.sub(rf"\1{prefix}-", body)
    body = _FONT.sub(f"font-family: {FONT_STACK}", _SHORT_FONT.sub(rf"font: \1 {FONT_STACK}", body))
    body = _SPACES.sub("\n", body)
    return _ROOT.sub(lambda found: _root(found.group(0), prefix, title, description), body, count=1)


def inline(file_text: str) -> str:
    """The `<svg>` element alone, without XML declaration and document type."""
    return file_text[file_text.index("<svg") :].strip()


def _root(tag: str, prefix: str, title: str, description: str) -> str:
    kept = dict(re.findall(r"(viewBox|width|height)=\"([^\"]*)\"", tag))
    size = " ".join(f'{name}="{kept[name]}"' for name in ("width", "height", "viewBox"))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" {size} version="1.1" role="img" '
        f'aria-labelledby="{prefix}-title {prefix}-desc" style="stroke-linejoin: round; stroke-linecap: butt">\n'
        f'<title id="{prefix}-title">{escape(title)}</title>\n<desc id="{prefix}-desc">{escape(description)}</desc>'
    )

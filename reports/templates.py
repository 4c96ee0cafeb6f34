"""Pages: a template, filled in as Markdown or as HTML."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jinja2

__all__ = ["filled", "shown"]


def filled(template: Path, style: str, **values: Any) -> str:
    """The template with these values; whatever is text in them is escaped
    where the style is "html"."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(template.parent),
        autoescape=style == "html",
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    return environment.get_template(template.name).render(**values)


def shown(text: str, style: str) -> str:
    """Text that stands in a page as it is: a table, a picture."""
    return jinja2.filters.do_mark_safe(text) if style == "html" else text

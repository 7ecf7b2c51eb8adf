"""The page that a browser sees: put together from the files beside this one, and closed against everything else."""

import base64
import hashlib
from functools import lru_cache
from pathlib import Path

from ..routes import Page

FOLDER = Path(__file__).parent
SCRIPTS = ("elements.js", "schemas.js", "fields.js", "samples.js", "state.js", "page.js")
STYLE_PLACE = "/* the style */"
SCRIPT_PLACE = "/* the scripts */"


@lru_cache(maxsize=1)
def page() -> Page:
    """The page with its style and scripts inside; the browser runs these and nothing else."""
    style = read("style.css")
    script = "\n".join(['"use strict";', *map(read, SCRIPTS)])
    body = read("page.html").replace(STYLE_PLACE, style).replace(SCRIPT_PLACE, script)
    policy = "; ".join(
        (
            "default-src 'none'",
            f"script-src '{fingerprint(script)}'",
            f"style-src '{fingerprint(style)}'",
            "connect-src 'self'",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
        )
    )
    headers = (
        ("Content-Security-Policy", policy),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Referrer-Policy", "no-referrer"),
        ("X-Frame-Options", "DENY"),
    )
    return Page(body.encode(), headers)


def read(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def fingerprint(text: str) -> str:
    """How a Content-Security-Policy names an inline text."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()

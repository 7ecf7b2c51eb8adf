"""The documentation as one page for the browser: settings and every action, made from the add-on itself."""

import html
import os
import re
from typing import Iterable, List

import markdown  # type: ignore[import-untyped]
from aqt.main import AnkiQt
from aqt.qt import QUrl
from aqt.utils import openLink

from .. import config
from ..registry import ACTIONS, Action
from ..version import VERSION
from . import words

STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 48rem; margin: 2rem auto; padding: 0 1rem; }
h2 { border-bottom: 1px solid #8886; padding-bottom: .3rem; margin-top: 3rem; }
h3 { margin-top: 2rem; }
code, pre { font-family: ui-monospace, monospace; background: #8882; border-radius: 3px; padding: 0 .2em; }
pre { padding: .8rem; overflow-x: auto; }
dt { font-weight: 600; }
nav a { margin-right: .8em; }
"""
EXAMPLE = """curl http://127.0.0.1:8765 -d '{"action": "deckNames", "version": 6}'"""


def open_manual(mw: AnkiQt, package: str) -> None:
    """Writes the page and opens it in the browser."""
    folder = os.path.join(mw.addonManager.addonsFolder(package), "user_files")
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, "documentation.html")
    with open(path, "w", encoding="utf-8") as file:
        file.write(manual())
    openLink(QUrl.fromLocalFile(path))


def manual() -> str:
    """The page."""
    categories = sorted({action.category for action in ACTIONS.values()})
    parts = [words.MANUAL_START.format(version=VERSION, example=html.escape(EXAMPLE))]
    parts.append("<nav>")
    parts.extend(f'<a href="#{each}">{each.capitalize()}</a>' for each in categories)
    parts.append(f'<a href="#settings">{words.MANUAL_SETTINGS}</a></nav>')
    for category in categories:
        parts.append(f'<h2 id="{category}">{category.capitalize()}</h2>')
        actions = [action for action in ACTIONS.values() if action.category == category]
        for action in sorted(actions, key=lambda found: found.name):
            parts.extend(described(action))
    settings = markdown.markdown(config.config_markdown().partition("\n")[2])
    parts.append(f'<h2 id="settings">{words.MANUAL_SETTINGS}</h2>{settings}')
    head = f'<meta charset="utf-8"><title>{words.WINDOW_TITLE}</title><style>{STYLE}</style>'
    return f'<!doctype html><html lang="en"><head>{head}</head><body>{"".join(parts)}</body></html>'


def described(action: Action) -> List[str]:
    """One action."""
    doc = action.doc
    parts = [
        f'<h3 id="{action.name}">{action.name}</h3>',
        prose(doc.summary),
        prose(doc.description),
    ]
    if action.parameters:
        parts.append(f"<dl>{''.join(parameters(action))}</dl>")
    if doc.returns:
        parts.append(prose(f"{words.MANUAL_RETURNS} {doc.returns}"))
    if doc.errors:
        texts = "".join(f"<li><code>{html.escape(text)}</code></li>" for text in doc.errors)
        parts.append(f"<p>{words.MANUAL_ERRORS}</p><ul>{texts}</ul>")
    return parts


def parameters(action: Action) -> Iterable[str]:
    for parameter in action.parameters.values():
        optional = "" if parameter.required else f" <em>({words.MANUAL_OPTIONAL})</em>"
        yield f"<dt><code>{parameter.wire}</code>{optional}</dt>"
        yield f"<dd>{prose(parameter.description)}</dd>"


def prose(text: str) -> str:
    """Text with the little Markdown that docstrings use; nothing in it is taken for HTML."""
    found = markdown.markdown(html.escape(text, quote=False)) if text else ""
    # In code, Markdown escapes once more.
    return re.sub("&amp;(lt|gt|amp);", r"&\1;", found)

"""The hooks of mkdocs.yml: what the site needs beside the pages in docs/.

The pages are written to be read in the repository. For the site the README is its home, the files beside it are pages
too, links lead there, and the diagram is a picture, because browsers cannot draw Mermaid by themselves.
"""

import re
from pathlib import Path
from typing import Any, Mapping

from mkdocs.structure.files import File

ROOT = Path(__file__).resolve().parent.parent

# Files at top level, and the pages they are.
PAGES: Mapping[str, str] = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
}
# Where links to files lead that are no pages themselves.
INSTEAD: Mapping[str, str] = {"plugin/config.md": "configuration.md"}

LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")
FENCE = re.compile(r"(^```.*?^```$)", re.MULTILINE | re.DOTALL)
MERMAID = re.compile(r"^```mermaid\n.*?^```$", re.MULTILINE | re.DOTALL)
PICTURE = "![The way of a request through the rooms of the add-on](images/architecture.svg)"
# Python-Markdown wants four blanks for a list in a list; the repository has two.
NESTED = re.compile(r"^((?:  )+)(?=- )", re.MULTILINE)


def on_files(files: Any, config: Any) -> Any:
    for name, page in PAGES.items():
        text = LINK.sub(from_the_top, (ROOT / name).read_text(encoding="utf-8"))
        files.append(File.generated(config, page, content=text))
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:
    parts = FENCE.split(MERMAID.sub(PICTURE, markdown))
    return "".join(part if part.startswith("```") else for_the_site(part) for part in parts)


def for_the_site(text: str) -> str:
    return NESTED.sub(r"\1\1", LINK.sub(from_a_page, text))


def from_the_top(link: "re.Match[str]") -> str:
    """A link of a file at top level, as it is for a page in docs/."""
    target = link.group(1)
    page = PAGES.get(target) or INSTEAD.get(target) or target
    return f"]({page[5:] if page.startswith('docs/') else page}"


def from_a_page(link: "re.Match[str]") -> str:
    """A link of a page in docs/ to a file at top level."""
    top = link.group(1)
    page = PAGES.get(top[3:]) or INSTEAD.get(top[3:]) if top.startswith("../") else None
    return f"]({page or top}"

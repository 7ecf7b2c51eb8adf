"""Draws docs/images/architecture.svg from the Mermaid diagram in docs/architecture.md, for the site.

    python tools/draw_architecture.py mermaid.min.js

Needs Playwright, Chromium, and Mermaid (the file of that name in the npm package `mermaid`).
"""

import hashlib
import re
import shutil
import sys
from pathlib import Path

DOCS = Path(__file__).resolve().parent.parent / "docs"
DIAGRAM = re.compile(r"```mermaid\n(.*?)```", re.DOTALL)
DRAW = """async (source) => {
    mermaid.initialize({
        startOnLoad: false, theme: "neutral", htmlLabels: false, flowchart: { htmlLabels: false },
        fontFamily: "sans-serif", deterministicIds: true,
    });
    return (await mermaid.render("architecture", source)).svg;
}"""
SIZE = re.compile(r'viewBox="(\S+ \S+ (\S+) (\S+))"')


def source() -> str:
    found = DIAGRAM.search((DOCS / "architecture.md").read_text(encoding="utf-8"))
    assert found is not None, "docs/architecture.md has no diagram"
    return found.group(1)


def mark() -> str:
    """What the picture says of the diagram that it was drawn from."""
    return f"<!-- drawn from {hashlib.sha256(source().encode()).hexdigest()} -->"


def draw(mermaid: str) -> str:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        page = browser.new_page()
        page.add_script_tag(path=mermaid)
        # From top to bottom: a column of text is higher than wide.
        svg = str(page.evaluate(DRAW, source().replace("flowchart LR", "flowchart TB")))
        browser.close()
    size = SIZE.search(svg)
    assert size is not None
    sized = f'{size.group(0)} height="{size.group(3)}"'
    svg = svg.replace(size.group(0), sized, 1).replace(
        'width="100%"', f'width="{size.group(2)}"', 1
    )
    return svg.replace("max-width:", "background: white; max-width:", 1) + mark() + "\n"


if __name__ == "__main__":
    (DOCS / "images" / "architecture.svg").write_text(draw(sys.argv[1]), encoding="utf-8")

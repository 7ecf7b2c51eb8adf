"""A TypeScript client from openapi-typescript: its types hold under `tsc --strict`, and it works in a real Anki."""

from __future__ import annotations

import pathlib
import shutil

from tests.clients.conftest import KEY, check_sample, check_session, last_line, run, sample
from tests.real_anki import RealAnki

SOURCE = pathlib.Path(__file__).with_name("typescript")


def test_a_generated_typescript_client(
    locked_anki: RealAnki, description: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    room = tmp_path / "typescript"
    shutil.copytree(SOURCE, room, ignore=shutil.ignore_patterns("node_modules"))
    run("npm", "ci", "--no-audit", "--no-fund", folder=room)
    run("npx", "openapi-typescript", description, "--output", "anki.d.ts", folder=room)
    (room / "sample.ts").write_text(sample("typescript", locked_anki.url), encoding="utf-8")
    run("npx", "tsc", "--project", ".", folder=room)
    told = run("node", "out/session.js", locked_anki.url, KEY, folder=room)
    check_session(last_line(told), locked_anki)
    check_sample(last_line(run("node", "out/sample.js", folder=room)), "pez", locked_anki)

"""A Python client from openapi-python-client: generated without a warning, typed, and at work in a real Anki."""

from __future__ import annotations

import pathlib
import sys

from tests.clients.conftest import KEY, check_sample, check_session, last_line, run, sample
from tests.real_anki import RealAnki

SESSION = pathlib.Path(__file__).with_name("python_session.py")
# In code of the generator's own, the same for every API: its `__exit__` takes its arguments as
# objects, and it writes casts that change nothing.
MYPY = """
[mypy]
strict = true
warn_redundant_casts = false
[mypy-anki_connect_client.client]
disable_error_code = arg-type
"""


def test_a_generated_python_client(
    locked_anki: RealAnki, description: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    room = tmp_path / "python"
    room.mkdir()
    run(
        *("openapi-python-client", "generate", "--path", description, "--fail-on-warning"),
        *("--meta", "none"),
        folder=room,
    )
    (room / "session.py").write_text(SESSION.read_text(encoding="utf-8"), encoding="utf-8")
    (room / "sample.py").write_text(sample("python", locked_anki.url), encoding="utf-8")
    (room / "mypy.ini").write_text(MYPY, encoding="utf-8")
    checked = ("anki_connect_client", "session.py", "sample.py")
    run(sys.executable, "-m", "mypy", *checked, folder=room)
    told = run(sys.executable, "session.py", locked_anki.url, KEY, folder=room)
    check_session(last_line(told), locked_anki)
    check_sample(last_line(run(sys.executable, "sample.py", folder=room)), "perro", locked_anki)

"""Every sample of the pages is run: requests and curl lines against a real Anki, Python and JavaScript by running them.

A reply or an output is the block that follows directly. A block that is not run says so in a comment before it, such
as `<!-- sample: docker -->`, by one of the words in NOT_RUN. Ids of the samples (tools/samples.py) stand for those of
the prepared collection.
"""

from __future__ import annotations

import contextlib
import http.server
import io
import json
import re
import shutil
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, Iterator, List, Mapping, Optional

import pytest

import plugin.actions
from plugin import config
from plugin.registry import ACTIONS, Scope
from tests.contract.test_examples import difference
from tests.given import prepare_in
from tests.real_anki import RealAnki
from tools import generate_docs
from tools.examples import all_examples, filled
from tools.samples import NAMES, URL

ROOT = Path(__file__).resolve().parents[2]
WRITTEN = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]

# Why a block is not run, or where else it is.
NOT_RUN: Mapping[str, str] = {
    "checkout": "installs Anki and tests the checkout: .ci/run does it",
    "function": "tests/collection/test_adding_an_action.py adds it and calls it",
    "example": "the same",
    "harness": "shows what the tests themselves use all the time",
    "generators": "installs programs from the network: tests/clients does it",
    "macos": "changes settings of macOS",
    "docker": "needs Docker",
    "container": "tests/anki/test_container.py runs it",
}
MOST_NOT_RUN = 12
# What is run in another way, or compared otherwise.
WAYS = ("note", "settings", "alike")

BLOCK = re.compile(
    r"(?:^<!-- sample: (\w+) -->\n)?^```(json|sh|bash|python|javascript|text)\n(.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
FENCED = re.compile(r"^```(json|sh|bash|python|javascript)\b", re.MULTILINE)
IDS = {name: number for name, number in NAMES.items() if name != "folder"}
SHOWN_ID = re.compile(r"\b17000\d{8}\b")
COMMAND_SECONDS = 30


@dataclass(frozen=True)
class Block:
    language: str
    text: str
    mark: Optional[str]
    follows: bool
    """Whether nothing but blanks is between it and the block before."""


def blocks(text: str) -> List[Block]:
    found: List[Block] = []
    end = 0
    for match in BLOCK.finditer(text):
        mark, language, inside = match.groups()
        follows = bool(found) and not text[end : match.start()].strip()
        found.append(Block(language, inside, mark, follows))
        end = match.end()
    return found


def run_by_shell(command: str) -> str:
    assert shutil.which("curl"), "the samples need curl: apt-get install curl"
    run = subprocess.run(
        ["bash", "-c", command],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=COMMAND_SECONDS,
        check=False,
    )
    assert run.returncode == 0, f"{command}\n{run.stdout}{run.stderr}"
    return run.stdout


def run_by_python(code: str, known: Dict[str, Any]) -> str:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, "sample", "exec"), known)
    return printed.getvalue()


def with_invoke(address: str) -> Dict[str, Any]:
    """What the Python samples may use: the function that the reference's first page shows."""
    known: Dict[str, Any] = {"__name__": "sample"}
    [code] = [one.text for one in blocks(generate_docs.index()) if one.language == "python"]
    run_by_python(code.replace(URL, address), known)
    return known


class Play:
    """Runs the blocks of a page one after the other."""

    def __init__(self, anki: RealAnki, ids: Mapping[str, int]) -> None:
        self.anki = anki
        self.real = {str(IDS[name]): str(number) for name, number in ids.items()}
        self.known = with_invoke(anki.url)
        self.earlier = ""
        self.output: Optional[str] = None

    def play(self, block: Block) -> None:
        if block.mark in NOT_RUN:
            self.output = None
            return
        text = self.for_anki(block.text)
        if block.language == "text" or (block.language == "json" and self.is_reply(block)):
            self.compare(block)
        elif block.language == "json":
            self.output = json.dumps(self.send(json.loads(text), block.mark))
        elif block.language == "python":
            self.output = run_by_python(text, self.known)
        elif block.language == "javascript":
            self.output = self.run_javascript(text)
        else:
            self.output = run_by_shell(text)

    def for_anki(self, text: str) -> str:
        text = re.sub(r"\b8765\b", str(self.anki.port), text)
        return SHOWN_ID.sub(lambda found: self.real.get(found.group(), found.group()), text)

    def is_reply(self, block: Block) -> bool:
        if block.mark:
            return block.mark == "alike"
        value = json.loads(block.text)
        return not (isinstance(value, dict) and "action" in value)

    def send(self, value: Any, mark: Optional[str]) -> Any:
        if mark == "note":
            assert self.anki.request("canAddNotes", notes=[value]) == [True]
        elif mark == "settings":
            assert config.read(value, {})[1] == []
        else:
            return self.anki.raw(value)
        return None

    def run_javascript(self, text: str) -> str:
        marker = "== here it begins"
        run = subprocess.run(
            ["node", "--input-type=module", "-"],
            input=f"{self.earlier}\nconsole.log({json.dumps(marker)});\n{text}",
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=COMMAND_SECONDS,
            check=False,
        )
        assert run.returncode == 0, run.stderr
        self.earlier += text
        return run.stdout.partition(f"{marker}\n")[2]

    def compare(self, block: Block) -> None:
        if block.language == "text" and not block.follows:
            return  # a message of Anki's window: tests/docs/test_troubleshooting.py
        assert block.follows, f"nothing replies with {block.text}"
        assert self.output is not None
        expected = self.for_anki(block.text)
        if block.language == "text":
            assert self.output.strip() == expected.strip()
        elif block.mark == "alike":
            assert kinds(json.loads(self.output)) == kinds(json.loads(expected))
        else:
            assert sorted_ids(json.loads(self.output)) == sorted_ids(json.loads(expected))


def sorted_ids(value: Any) -> Any:
    """The ids that a search finds come in any order."""
    if isinstance(value, dict):
        return {key: sorted_ids(one) for key, one in value.items()}
    if isinstance(value, list):
        inner = [sorted_ids(one) for one in value]
        return sorted(inner) if all(type(one) is int for one in inner) else inner
    return value


def kinds(value: Any) -> Any:
    """What a value is made of. A member that may be null is of any kind."""
    if isinstance(value, dict):
        return {key: kinds(one) for key, one in value.items() if key != "busy"}
    return [kinds(one) for one in value] if isinstance(value, list) else type(value).__name__


def written(*languages: str) -> List[Any]:
    return [
        pytest.param(path, id=path.stem)
        for path in WRITTEN
        if any(one.language in languages for one in blocks(path.read_text(encoding="utf-8")))
    ]


def played(path: Path, anki: RealAnki) -> Play:
    """The README speaks of a new collection, all other pages of the prepared one."""
    return Play(anki, {} if path.name == "README.md" else prepare_in(anki))


@pytest.mark.parametrize("path", written("json", "sh", "bash", "python"))
def test_samples_of_a_page(path: Path, anki: RealAnki) -> None:
    play = played(path, anki)
    after_javascript = False
    for block in blocks(path.read_text(encoding="utf-8")):
        after_javascript = block.language == "javascript" or (after_javascript and block.follows)
        if not after_javascript:
            play.play(block)


@pytest.mark.skipif(
    shutil.which("node") is None, reason="JavaScript is run by Node, which is not here"
)
@pytest.mark.parametrize("path", written("javascript"))
def test_javascript_samples_of_a_page(path: Path, anki: RealAnki) -> None:
    play = played(path, anki)
    of_javascript = False
    for block in blocks(path.read_text(encoding="utf-8")):
        of_javascript = block.language == "javascript" or (
            of_javascript and block.language == "text"
        )
        if of_javascript:
            play.play(block)


def test_no_sample_is_overlooked() -> None:
    for path in WRITTEN:
        text = path.read_text(encoding="utf-8")
        run = [one.language for one in blocks(text) if one.language != "text"]
        assert run == FENCED.findall(text), path.name
        loose = [one for one in blocks(text) if one.language == "text" and not one.follows]
        assert path.name == "troubleshooting.md" or loose == [], path.name


def test_what_is_not_run_says_why() -> None:
    marks = [one.mark for path in WRITTEN for one in blocks(path.read_text(encoding="utf-8"))]
    used = [mark for mark in marks if mark is not None and mark not in WAYS]
    assert set(used) == set(NOT_RUN)
    assert len(used) <= MOST_NOT_RUN


# The reference. Its JSON is played by test_examples.py; here its curl and Python texts are run. All of them against a
# desk that notes what arrives, because each changes the collection that the next one needs; those that only read
# against Anki too.


@dataclass(frozen=True)
class Samples:
    """What the page of an action shows."""

    request: Any
    reply: Any
    curl: str
    python: str


def samples_of(name: str) -> Samples:
    page = (generate_docs.FOLDER / f"{ACTIONS[name].category}.md").read_text(encoding="utf-8")
    section = page.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
    found = blocks(section)[:4]
    assert [one.language for one in found] == ["json", "json", "sh", "python"]
    request, reply, curl, python = (one.text for one in found)
    return Samples(json.loads(request), json.loads(reply), curl, python)


class Desk(http.server.ThreadingHTTPServer):
    """Notes the last request and gives the reply that it was told to give."""

    daemon_threads = True
    reply: Any = None
    request: Any = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Clerk(http.server.BaseHTTPRequestHandler):
    server: Desk

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.request = json.loads(body.decode("utf-8"))
        reply = json.dumps(self.server.reply).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(reply)))
        self.end_headers()
        self.wfile.write(reply)

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    server = Desk(("127.0.0.1", 0), Clerk)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def same(one: Any, other: Any) -> bool:
    """Equal, and 1 is not True."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def run_python_sample(code: str, known: Dict[str, Any]) -> Any:
    return eval(compile(code.strip(), "sample", "eval"), known)


@pytest.mark.parametrize("name", sorted(ACTIONS))
def test_curl_and_python_of_the_reference_send_the_request_that_is_shown(
    name: str, desk: Desk
) -> None:
    shown = samples_of(name)
    desk.reply = shown.reply
    reply = json.loads(run_by_shell(shown.curl.replace(URL, desk.url)))
    assert same(desk.request, shown.request)
    assert same(reply, shown.reply)
    result = run_python_sample(shown.python, with_invoke(desk.url))
    assert same(desk.request, {"params": {}, **shown.request})
    assert same(result, shown.reply["result"])


def only_read() -> List[str]:
    assert plugin.actions.__all__
    return [
        example.action
        for example in all_examples()
        if ACTIONS[example.action].scope is Scope.READ
        and not example.success.given
        and "$folder" not in json.dumps(example.success.request)
    ]


def test_curl_and_python_samples_that_read_are_answered_by_anki(anki: RealAnki) -> None:
    names: Dict[str, Any] = prepare_in(anki)
    play = Play(anki, names)
    replies = {example.action: example.success.reply for example in all_examples()}
    problems = {}
    for action in only_read():
        shown = samples_of(action)
        curl = json.loads(run_by_shell(play.for_anki(shown.curl)))
        result = run_python_sample(play.for_anki(shown.python), play.known)
        expected = filled(replies[action], names)
        for found in (curl, {"result": result, "error": None}):
            problems[action] = difference(expected, found, set(names.values()))
    assert len(problems) > 40
    assert {action: problem for action, problem in problems.items() if problem} == {}


@pytest.mark.parametrize(
    ("text", "languages", "follows"),
    [
        ("```sh\na\n```\n\n```json\n1\n```\n", ["sh", "json"], [False, True]),
        ("```sh\na\n```\n\nb\n\n```json\n1\n```\n", ["sh", "json"], [False, False]),
        ("```\nx\n```\n\n<!-- sample: note -->\n```json\n1\n```\n", ["json"], [False]),
    ],
)
def test_blocks_are_found(text: str, languages: List[str], follows: List[bool]) -> None:
    assert [one.language for one in blocks(text)] == languages
    assert [one.follows for one in blocks(text)] == follows

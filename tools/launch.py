"""Starting a real Anki in a base folder of its own, with add-ons linked into it.

Used by run.sh (through tools/run_anki.py) and by the tests (through tests/real_anki.py).
Started as a script by the Python that has Anki, it becomes that Anki.
"""

from __future__ import annotations

import argparse
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import threading
import time
import uuid
from dataclasses import dataclass
from typing import IO, Any, Dict, List, Mapping, Optional, Sequence

ROOT = pathlib.Path(__file__).resolve().parent.parent
ADDON_SOURCE = ROOT / "plugin"
ADDON_FOLDER = "ankiconnect"
FIRST_PROFILE = "User 1"
# Written when Anki has closed everything; what follows is Python's and Qt's own end.
ENDED = "Anki has ended"

NOT_LINKED = {"__pycache__", "meta.json", "user_files"}
NO_MESSAGE_AFTER = 2**31 - 1  # Anki shows news only if they are newer than this


@dataclass(frozen=True)
class Addon:
    """An add-on to link into the base folder, with the settings its user has chosen."""

    folder: str
    source: pathlib.Path
    config: Optional[Mapping[str, Any]] = None


def prepare_base(base: pathlib.Path, addons: Sequence[Addon] = ()) -> None:
    """Makes the base folder, or brings its links to the add-ons up to date."""
    base.mkdir(parents=True, exist_ok=True)
    for addon in addons:
        link_addon(base, addon)


def link_addon(base: pathlib.Path, addon: Addon) -> pathlib.Path:
    """Makes a real folder whose entries are links, so that Anki's meta.json stays in the base."""
    folder = base / "addons21" / addon.folder
    folder.mkdir(parents=True, exist_ok=True)
    for entry in addon.source.iterdir():
        if entry.name not in NOT_LINKED and not (folder / entry.name).exists():
            _link_or_copy(entry, folder / entry.name)
    meta = folder / "meta.json"
    if addon.config is not None and not meta.exists():
        meta.write_text(json.dumps({"config": dict(addon.config)}), encoding="utf-8")
    return folder


def _link_or_copy(source: pathlib.Path, target: pathlib.Path) -> None:
    try:
        target.symlink_to(source)
    except OSError:  # Windows allows links only in developer mode
        if source.is_dir():
            shutil.copytree(source, target)
        else:
            shutil.copy2(source, target)


def command(
    base: pathlib.Path,
    profiles: Sequence[str] = (FIRST_PROFILE,),
    open_profile: Optional[str] = FIRST_PROFILE,
    python: str = sys.executable,
) -> List[str]:
    """The command that starts Anki.

    Without `open_profile` Anki asks which of its profiles to open, if there are several.
    """
    words = [python, str(pathlib.Path(__file__).resolve()), "--base", str(base)]
    for profile in profiles:
        words += ["--profile", profile]
    if open_profile is not None:
        words += ["--open", open_profile]
    return words


def environment(offscreen: bool, more: Optional[Mapping[str, str]] = None) -> Dict[str, str]:
    """The environment of a started Anki.

    Anki runs once for each user name, so every start gets a name of its own. Chromium's sandbox
    cannot be had as root, in most containers and on Ubuntu since 24.04; the only pages shown are
    Anki's own and those of the throw-away collection.
    """
    name = f"ankiconnect-{uuid.uuid4().hex[:12]}"
    found = dict(os.environ, LOGNAME=name, ANKI_SINGLE_INSTANCE_KEY=name)
    found.update(QTWEBENGINE_DISABLE_SANDBOX="1", PYTHONUNBUFFERED="1", PYTHONUTF8="1")
    found.update(PYTHONFAULTHANDLER="1")
    if offscreen:
        # Qt 5 cannot draw with OpenGL when there is no screen
        found.update(QT_QPA_PLATFORM="offscreen", QT_QUICK_BACKEND="software")
    found.update(more or {})
    return found


def start(
    words: Sequence[str], environ: Mapping[str, str], output: Optional[IO[bytes]]
) -> subprocess.Popen[bytes]:
    """Starts Anki on a leash: closing its standard input makes it quit in an orderly way."""
    return subprocess.Popen(
        list(words),
        env=dict(environ),
        stdin=subprocess.PIPE,
        stdout=output,
        stderr=subprocess.STDOUT if output is not None else None,
        start_new_session=True,
    )


def free_port(preferred: int = 0) -> int:
    """`preferred` if nobody listens there on the loopback addresses, else a free port."""
    if preferred and all(_is_free(family, preferred) for family in _loopback_families()):
        return preferred
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _loopback_families() -> List[socket.AddressFamily]:
    return [socket.AF_INET, *([socket.AF_INET6] if socket.has_ipv6 else [])]


def _is_free(family: socket.AddressFamily, port: int) -> bool:
    address = "::1" if family == socket.AF_INET6 else "127.0.0.1"
    with socket.socket(family) as caller:
        caller.settimeout(1)
        return caller.connect_ex((address, port)) != 0


# What follows runs inside the Python that becomes Anki.


def open_profile_manager(base: str) -> Any:
    """Anki's own keeper of profiles, in English."""
    import anki.lang
    from aqt.profiles import ProfileManager

    anki.lang.set_lang("en_US")
    if hasattr(ProfileManager, "get_created_base_folder"):
        manager = ProfileManager(ProfileManager.get_created_base_folder(base))
    else:  # Anki 2.1.50 to 2.1.53
        manager = ProfileManager(base)
    manager.setupMeta()
    return manager


def create_profiles(base: str, names: Sequence[str]) -> None:
    """Makes the profiles of a new base folder, so that Anki asks nothing at its first start."""
    manager = open_profile_manager(base)
    manager.setLang("en_US")
    manager.meta.update(
        firstRun=False,
        updates=False,
        check_for_updates=False,
        lastMsg=NO_MESSAGE_AFTER,
        last_addon_update_check=int(time.time()),
    )
    for name in names:
        manager.create(name)
        manager.load(name)
        manager.profile["autoSync"] = False
        manager.save()
    manager.db.close()


def forget_last_profile(base: str) -> None:
    """Makes Anki ask which of its profiles to open; newer ones open the last one unasked."""
    manager = open_profile_manager(base)
    manager.load(manager.profiles()[0])
    manager.meta["last_loaded_profile_name"] = None
    manager.save()
    manager.db.close()


def quit_when_released() -> None:
    """Waits until whoever started this Anki lets go of it, then closes Anki's main window."""
    while os.read(0, 4096):  # not sys.stdin: its lock would be held when Python shuts down
        pass
    import aqt

    while aqt.mw is None:
        time.sleep(0.05)
    aqt.mw.taskman.run_on_main(_close_main_window)


def _close_main_window() -> None:
    import aqt

    aqt.mw.close()


def main(arguments: Optional[Sequence[str]] = None) -> int:
    parser = argparse.ArgumentParser(description="Become an Anki with a base folder of its own.")
    parser.add_argument("--base", required=True)
    parser.add_argument("--profile", action="append", default=[], dest="profiles")
    parser.add_argument("--open", dest="open_profile")
    chosen = parser.parse_args(arguments)

    import aqt

    if not (pathlib.Path(chosen.base) / "prefs21.db").exists():
        create_profiles(chosen.base, chosen.profiles)
    if chosen.open_profile is None:
        forget_last_profile(chosen.base)
    threading.Thread(target=quit_when_released, name="leash", daemon=True).start()
    sys.argv = ["anki", "-b", chosen.base]
    if chosen.open_profile is not None:
        sys.argv += ["-p", chosen.open_profile]
    aqt.run()
    print(ENDED, flush=True)
    return 0


if __name__ == "__main__":
    sys.path.pop(0)  # the tools folder is not Anki's
    sys.exit(main())

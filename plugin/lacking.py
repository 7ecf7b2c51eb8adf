"""Actions that this Anki cannot start, because something that they need of it is gone.

They are taken out of the registry, so that callers do not find them; to those who ask all the same, and to
`apiReflect`, it is said what is missing. Everything else works.
"""

import ast
import sys
import traceback
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Dict, Iterator, Mapping, Sequence, Tuple

from . import registry
from .errors import ApiError, MissingInAnki, UnsupportedAction

SCHEDULER = "anki.scheduler.base:SchedulerBase"
COLLECTION = "anki.collection:Collection"
TAGS = "anki.tags:TagManager"
WINDOW = "aqt.main:AnkiQt"
REVIEWER = "aqt.reviewer:Reviewer"
BROWSER = "aqt.browser.table.table:Table"

# What of Anki an action stands or falls with, where that can be named. Things that have had several names are a matter
# for compat/.
NEEDED: Mapping[str, Tuple[str, ...]] = {
    "addTags": (f"{TAGS}.bulk_add",),
    "changeDeck": (f"{COLLECTION}.set_deck",),
    "clearUnusedTags": (f"{TAGS}.clear_unused_tags",),
    "deleteDecks": ("anki.decks:DeckManager.remove",),
    "deleteMediaFile": ("anki.media:MediaManager.trash_files",),
    "deleteNotes": (f"{COLLECTION}.remove_notes",),
    "findCards": (f"{COLLECTION}.find_cards",),
    "findNotes": (f"{COLLECTION}.find_notes",),
    "forgetCards": (f"{SCHEDULER}.schedule_cards_as_new",),
    "getCollectionStatsHTML": (f"{COLLECTION}.stats",),
    "guiAnswerCard": (f"{REVIEWER}._answerCard",),
    "guiBrowse": ("aqt.browser:Browser.search_for",),
    "guiCheckDatabase": (f"{COLLECTION}.fix_integrity", f"{WINDOW}.create_backup_now"),
    "guiImportFile": (f"{WINDOW}.handleImport", f"{WINDOW}.onImport"),
    "guiPlayAudio": (f"{REVIEWER}.replayAudio",),
    "guiSelectCard": (f"{BROWSER}.select_single_card",),
    "guiSelectNote": (f"{BROWSER}.select_single_card",),
    "guiUndo": (f"{WINDOW}.undo",),
    "removeTags": (f"{TAGS}.bulk_remove",),
    "setDueDate": (f"{SCHEDULER}.set_due_date",),
    "storeMediaFile": ("anki.media:MediaManager.write_data",),
    "suspend": (f"{SCHEDULER}.suspend_cards",),
    "sync": (f"{COLLECTION}.sync_collection",),
    "unsuspend": (f"{SCHEDULER}.unsuspend_cards",),
}

# The actions that were taken out, with what callers read about it.
MISSING: Dict[str, str] = {}


def load(package: str, names: Sequence[str]) -> None:
    """Imports modules of actions. One that does not load takes only its own actions with it."""
    for name in names:
        try:
            import_module(f".{name}", package)
        except (ImportError, AttributeError) as error:
            # Anki would show at its start, in a box, what is written to the standard error.
            traceback.print_exception(type(error), error, error.__traceback__, file=sys.stdout)
            for action in sorted(set(written_in(f"{package}.{name}")) - set(registry.ACTIONS)):
                # Python's text goes on to say which file that would be in.
                withdraw(action, str(error).partition(" (")[0])


def check_needs(needed: Mapping[str, Tuple[str, ...]] = NEEDED) -> None:
    """Takes out the actions that need something which this Anki does not have."""
    for action, places in needed.items():
        gone = [place.replace(":", ".") for place in places if not is_there(place)]
        if gone and action in registry.ACTIONS:
            withdraw(action, f"it has no {' and no '.join(gone)}")


def withdraw(action: str, reason: str) -> None:
    found = registry.ACTIONS.pop(action, None)
    for former in found.former if found is not None else ():
        registry.FORMER.pop(former, None)
    MISSING[action] = f"{action} does not work in this version of Anki: {reason}"


def refusal(action: str) -> ApiError:
    """What is raised for a name that is not in the registry."""
    return MissingInAnki(MISSING[action]) if action in MISSING else UnsupportedAction()


def is_there(place: str) -> bool:
    """Whether a module has something: `package.module:Class.method`."""
    module, _, path = place.partition(":")
    try:
        found = import_module(module)
        for name in path.split("."):
            found = getattr(found, name)
    except (ImportError, AttributeError):
        return False
    return True


def written_in(module: str) -> Iterator[str]:
    """The names of the actions in the source of a module that did not load."""
    spec = find_spec(module)
    if spec is None or spec.origin is None:
        return
    for node in ast.parse(Path(spec.origin).read_text(encoding="utf-8")).body:
        for call in getattr(node, "decorator_list", ()):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "action":
                own = [each.value for each in call.keywords if each.arg == "name"]
                yield ast.literal_eval(own[0]) if own else registry.camel(getattr(node, "name", ""))

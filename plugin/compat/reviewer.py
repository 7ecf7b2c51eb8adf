"""Differences in Anki's reviewer and preview, and in how its main window undoes and imports."""

from typing import Any, Callable, List, Optional

from .library import anki_errors, answer_button_texts


def reviewer_button_texts(reviewer: Any) -> List[str]:
    """What the answer buttons of the card under review say, in order.

    With the v3 scheduler the states that the reviewer holds count: a script of the user's may have changed them.
    (They were renamed in 2.1.54. The v2 scheduler, up to 23.10, is asked anew.)
    """
    scheduler = reviewer.mw.col.sched
    states = getattr(reviewer._v3, "states", None) or getattr(reviewer._v3, "next_states", None)
    try:
        if states is not None and hasattr(scheduler, "describe_next_states"):
            return list(scheduler.describe_next_states(states))
        return answer_button_texts(reviewer.mw.col, reviewer.card)
    except anki_errors():
        return []


def watch_undo(undone: Callable[..., None], over: Callable[[], None]) -> Callable[[], None]:
    """Has `undone` called when something has been undone, and `over` when an operation has ended.

    Returns what ends the watch. (`state_did_revert` is for reviews with the v2 scheduler, up to 23.10.)
    """
    from aqt import gui_hooks

    watched = [(gui_hooks.backend_did_block, over)]
    for name in ("state_did_undo", "state_did_revert"):
        if hasattr(gui_hooks, name):
            watched.append((getattr(gui_hooks, name), undone))
    for hook, function in watched:
        hook.append(function)

    def stop() -> None:
        for hook, function in watched:
            hook.remove(function)

    return stop


def importable_endings(mw: Any) -> Optional[List[str]]:
    """The endings of the files that Anki imports; None where it takes any other file for text. (Before 2.1.55.)"""
    try:
        from aqt.import_export import importing
    except ImportError:
        return None
    return sorted(importing.all_accepted_file_endings(mw))


def refresh_preview(previewer: Any) -> None:
    """Has the browser's preview drawn anew where Anki may have missed a change.

    It tells two texts of a note apart by the second in which they were stored.
    """
    import time

    last = previewer._last_state
    card = previewer.card()
    if last is None or card is None or time.time() - card.note(reload=True).mod >= 2:
        return
    previewer._last_state = None
    previewer.render_card()

"""AnkiConnect: other programs talk to Anki over HTTP.

Inside a running Anki this package starts the add-on; imported elsewhere it does nothing.
"""

import sys

_aqt = sys.modules.get("aqt")

if getattr(_aqt, "mw", None) is not None:
    from .addon import AddOn

    addon = AddOn(_aqt.mw, __name__)  # type: ignore[union-attr]
    addon.start_soon()

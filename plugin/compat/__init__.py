"""Every difference between Anki versions, behind functions named for what they do.

Each says which versions need it, so that raising the minimum means deleting functions. Nothing else compares
versions. Preferred is the question "is it there?" over "which number is it?"."""

from .library import (
    add_deck,
    add_notes,
    all_changes,
    anki_errors,
    answer_button_texts,
    answer_card,
    app_version,
    commit,
    keeps_custom_data,
    mark_modified,
    merge_undo_entries,
    searches_are_known,
    stored_media_name,
    take_back,
)
from .macos import app_nap_switch
from .note_types import (
    add_note_type,
    change_note_type_request,
    empty_backend,
    note_type_refusal,
    put_note_type,
)
from .packages import after_import, before_import, export_package, import_package, os_reason
from .qt import flag_number
from .reviewer import importable_endings, refresh_preview, reviewer_button_texts, watch_undo
from .syncing import (
    after_full_sync,
    after_sync,
    before_full_sync,
    before_sync,
    full_sync,
    remember_server,
    start_media_sync,
    sync_collection,
)
from .windows import (
    active_browser_columns,
    announce,
    collection_is_open,
    has_page,
    is_busy,
    reload_editor,
    save_editor,
    select_in_browser,
    sort_browser,
)

__all__ = [
    "active_browser_columns",
    "add_deck",
    "add_note_type",
    "add_notes",
    "after_full_sync",
    "after_import",
    "after_sync",
    "all_changes",
    "anki_errors",
    "announce",
    "answer_button_texts",
    "answer_card",
    "app_nap_switch",
    "app_version",
    "before_full_sync",
    "before_import",
    "before_sync",
    "change_note_type_request",
    "collection_is_open",
    "commit",
    "empty_backend",
    "export_package",
    "flag_number",
    "full_sync",
    "has_page",
    "import_package",
    "importable_endings",
    "is_busy",
    "keeps_custom_data",
    "mark_modified",
    "merge_undo_entries",
    "note_type_refusal",
    "os_reason",
    "put_note_type",
    "refresh_preview",
    "reload_editor",
    "remember_server",
    "reviewer_button_texts",
    "save_editor",
    "searches_are_known",
    "select_in_browser",
    "sort_browser",
    "start_media_sync",
    "stored_media_name",
    "sync_collection",
    "take_back",
    "watch_undo",
]

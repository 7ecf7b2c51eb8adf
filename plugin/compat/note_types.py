"""Differences in how note types are stored and changed."""

from typing import Any, Dict, Optional, Sequence, Tuple

from anki.collection import Collection

from .library import anki_errors


def add_note_type(col: Collection, note_type: Dict[str, Any]) -> int:
    """Adds a note type whose name is known to be free, and returns its id.

    Anki's own `add_dict` asks for the name first, by an exception that may hold up the main thread for 100 ms.
    """
    from anki.utils import to_json_bytes

    return int(col._backend.add_notetype_legacy(to_json_bytes(note_type)).id)


def note_type_refusal(changes: Sequence[Tuple[Any, Any]]) -> Optional[str]:
    """Anki's words why it would not store one of these note types, or None.

    Each comes as what is stored now (None for a new one) and what is wanted. They are tried in an empty collection in
    memory: a failed operation would empty the undo list of the user's own.
    """
    backend = empty_backend()
    try:
        for stored, wanted in changes:
            known = stored and put_note_type(backend, {**stored, "id": 0}, skip_checks=True)
            put_note_type(backend, {**wanted, "id": known or 0}, skip_checks=False)
    except anki_errors() as error:
        return str(error)
    finally:
        backend.close_collection(downgrade_to_schema11=False)
    return None


def empty_backend() -> Any:
    """A backend with an empty collection in memory. (2.1.50 wants a path more, 2.1.66 a switch.)"""
    import inspect

    from anki._backend import RustBackend

    backend = RustBackend()
    wanted = inspect.signature(backend.open_collection).parameters
    empty = {name: "" if name.endswith("_path") else False for name in wanted}
    backend.open_collection(**{**empty, "collection_path": ":memory:"})
    return backend


def put_note_type(backend: Any, note_type: Dict[str, Any], skip_checks: bool) -> Any:
    """Adds a note type (id 0) or updates it, and returns its id."""
    from anki.utils import to_json_bytes

    json = to_json_bytes(note_type)
    return backend.add_or_update_notetype(
        json=json, preserve_usn_and_mtime=False, skip_checks=skip_checks
    )


def change_note_type_request(col: Collection, old_id: int, new_id: int) -> Any:
    """Anki's own proposal for a change of note type, to be completed. (2.1.50 gives it packed, in bytes.)"""
    info = col.models.change_notetype_info(old_notetype_id=old_id, new_notetype_id=new_id)
    if isinstance(info, bytes):
        from anki.models import ChangeNotetypeInfo

        packed, info = info, ChangeNotetypeInfo()
        info.ParseFromString(packed)
    return info.input

"""Differences in how decks are imported and exported."""

from typing import Any

from anki.collection import Collection

from .library import commit


def export_package(col: Collection, deck_id: Any, path: str, with_scheduling: bool) -> None:
    """Writes a deck with sub-decks and media to a package that every Anki can read; may take long.

    (Before 2.1.55 Python does it; 24.04 and later want an object of options.)
    """
    from anki import collection as library

    if not hasattr(col, "export_anki_package"):
        _export_in_python(col, deck_id, path, with_scheduling)
        return
    options: Any = {
        "with_scheduling": with_scheduling,
        "with_media": True,
        "legacy_support": True,
    }
    if hasattr(library, "ExportAnkiPackageOptions"):
        message = library.ExportAnkiPackageOptions(
            with_scheduling=with_scheduling,
            with_deck_configs=with_scheduling,
            with_media=True,
            legacy=True,
        )
        options = {"options": message}
    col.export_anki_package(out_path=path, limit=library.DeckIdLimit(deck_id), **options)


def _export_in_python(col: Collection, deck_id: Any, path: str, with_scheduling: bool) -> None:
    """Made beside, because the exporter removes an older file first and replaces `.apkg` anywhere in the path.

    It may also rename note types in the memory of the collection that is exported.
    """
    import os
    import shutil
    import tempfile

    from anki.exporting import AnkiPackageExporter

    from ..errors import Refused

    exporter = AnkiPackageExporter(col)
    exporter.did = deck_id
    exporter.includeSched = with_scheduling
    half = f"{path}.part"
    with tempfile.TemporaryDirectory() as folder:
        made = os.path.join(folder, "deck.apkg")
        try:
            exporter.exportInto(made)
        finally:
            col.models._clear_cache()
        try:
            shutil.copyfile(made, half)
            os.replace(half, path)
        except OSError as error:
            raise Refused(f"Failed to create '{path}': {os_reason(error)}") from None


def os_reason(error: OSError) -> str:
    """A system error in the words that later versions of Anki use."""
    return f"{error.strerror} (os error {error.errno})"


def before_import(col: Collection) -> None:
    """(2.1.50 has one open transaction; what is in it already must survive a failed import.)"""
    commit(col)


def after_import(col: Collection, succeeded: bool) -> None:
    """(In 2.1.50 Python has to keep an import or take back a half-done one.)"""
    if succeeded:
        commit(col)
    elif hasattr(col.db, "last_begin_at"):
        col.rollback()


def import_package(col: Collection, path: str) -> None:
    """Imports a package by the rules that Anki's import window is set to, scheduling included; may take long.

    (Before 2.1.55 Python does it; 23.10 and later want an object of options.)
    """
    from anki import collection as library

    _check_that_it_opens(path)
    if not hasattr(col, "import_anki_package"):
        _import_in_python(col, path)
        return
    if not hasattr(library, "ImportAnkiPackageRequest"):
        col.import_anki_package(path)
        return
    options = col._backend.get_import_anki_package_presets()
    for name in ("with_scheduling", "with_deck_configs"):
        if name in options.DESCRIPTOR.fields_by_name:
            setattr(options, name, True)
    request = library.ImportAnkiPackageRequest(package_path=path, options=options)
    col.import_anki_package(request)


def _check_that_it_opens(path: str) -> None:
    """(2.1.54 would show Rust's inside: `IoError("Os { code: 2, …`.)"""
    from ..errors import Refused

    try:
        with open(path, "rb"):
            return
    except OSError as error:
        raise Refused(f"Failed to open '{path}': {os_reason(error)}") from None


def _import_in_python(col: Collection, path: str) -> None:
    from zipfile import BadZipFile, ZipFile

    from anki.importing.apkg import AnkiPackageImporter

    from ..errors import Refused

    try:
        with ZipFile(path) as package:
            names = set(package.namelist())
        if "collection.anki21b" in names:
            raise Refused(f"'{path}' was made for a newer version of Anki")
        AnkiPackageImporter(col, path).run()
    except OSError as error:
        raise Refused(f"Failed to open '{path}': {os_reason(error)}") from None
    except BadZipFile as error:
        raise Refused(f"invalid Zip archive: {error}") from None
    except (KeyError, ValueError) as error:
        raise Refused(f"'{path}' is not an Anki package: {error}") from None

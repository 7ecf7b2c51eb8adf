"""HTTP: from sockets to doors. Nothing in here knows Anki or Qt."""

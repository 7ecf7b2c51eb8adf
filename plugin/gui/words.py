"""Every text of our windows, in one place, ready to be translated."""

PERMISSION_TITLE = "AnkiConnect: a page asks for access"
PERMISSION_QUESTION = "This page or app wants to use Anki:"
PERMISSION_MEANING = (
    "If you allow it, it can read, add, change and delete your notes, cards and media, now and later, "
    "until you remove it from AnkiConnect's settings."
)
PERMISSION_ADVICE = "Allow it only if you know it and have just asked it to work with Anki."
ALLOW = "&Allow"
DENY = "&Deny"
IGNORE = "Deny and never ask &again"

MENU_LISTENING = "AnkiConnect: listening on {address}"
MENU_TROUBLE = "AnkiConnect: not available…"
MENU_STARTING = "AnkiConnect: starting…"
STATUS_TITLE = "AnkiConnect"
STATUS_LISTENING = "AnkiConnect is listening on {addresses}."
STATUS_STARTING = "AnkiConnect is not listening yet."
KEY_MISSING = (
    "AnkiConnect is not listening: the address {address} can be reached from other computers, and no apiKey is "
    "set. Set an apiKey in Tools > Add-ons > AnkiConnect > Config, or go back to 127.0.0.1."
)

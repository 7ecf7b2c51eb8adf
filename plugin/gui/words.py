"""Every text of our windows, in one place, ready to be translated."""

# The permission window

PERMISSION_TITLE = "AnkiConnect"
ASKS_WEBSITE = "Allow this website to use Anki?"
ASKS_EXTENSION = "Allow this browser extension to use Anki?"
ASKS_APP = "Allow this app to use Anki?"
ASKS_NOBODY = "Allow pages without a name to use Anki?"
PERMISSION_MEANING = "If you allow it, it can, whenever Anki is running:"
PERMISSION_ADVICE = (
    "Allow it only if you know it and have just asked it to work with Anki. You can take it back, or change what it "
    "may do, at any time in Tools\u00a0>\u00a0AnkiConnect."
)
# By scope; reading is told first, and editing together with deleting where both are allowed.
POWER_READ = "see all your decks, notes, cards and media"
POWER_WRITE_AND_DELETE = "add, change and delete notes, decks and media"
POWERS = {
    "write": "add and change notes, decks and media",
    "delete": "delete notes, decks and media",
    "files": "have Anki open and save files on this computer",
    "network": "have Anki download files, and sync",
    "gui": "open windows of Anki, and act in them",
    "admin": "switch profiles, close Anki, and overwrite one side of a sync",
}
POWER_NONE = "nothing yet: you have taken all rights from it"
NATIVE_NAME = (
    "In its own letters ({scripts}) it is called {name}. "
    "Such a name can look like one that you know, and be another."
)
NAMES_NOBODY = (
    "“{origin}” is not the name of anyone. Pages saved on this computer and many hidden parts of web pages call "
    "themselves so: if you allow one, you allow them all, those of strangers too. Better deny it."
)
LETS_IN_NEIGHBOURS = (
    "This name stands for more than one page: if you allow it, every page served by this computer and every "
    "browser extension may use Anki."
)
ALLOW = "&Allow"
DENY = "&Deny"
IGNORE = "Always &Ignore"
IGNORE_HINT = "Deny, and do not ask about this origin again"
ORIGIN_NAME = "Who asks"

# The entry in the Tools menu

MENU = "An&kiConnect"
MENU_ATTENTION = "An&kiConnect: needs attention"
MENU_TROUBLE = "An&kiConnect: not available"
MENU_PAUSED = "An&kiConnect: paused"
MENU_STARTING = "An&kiConnect: starting"

# Troubles, shown in the window and once as a notice

KEY_MISSING = (
    "Other computers could reach the address {address}, and no API key (apiKey or apiKeys) protects it. "
    "Make a key in Tools > AnkiConnect, or go back to this computer only."
)
NOTICE = "AnkiConnect: {troubles}"
NOT_SAVED = "The settings could not be saved and hold until Anki is closed: {reason}"

# Good to know, shown in the window

TAKEN_OVER = (
    "This is the first start of this AnkiConnect. "
    "It goes on with what you had set in the classic one: {settings}."
)
APP_NAP = (
    "macOS slows Anki down while its windows are covered (App Nap), and programs wait for answers. To prevent that, "
    "run this in the Terminal and start Anki again: defaults write net.ankiweb.dtop NSAppSleepDisabled -bool true"
)

# The AnkiConnect window: its head

WINDOW_TITLE = "AnkiConnect"
ON = "AnkiConnect is on"
PAUSED = "AnkiConnect is paused"
OFF = "AnkiConnect is not available"
STARTING = "AnkiConnect is starting…"
ADDRESSES = "Listening at {addresses} since {since}."
AND = " and "
LINES = "{} {}"
EVERY_ADDRESS = "every address of this computer, port {port}"
PAUSED_MEANING = "No program can reach Anki until you resume it or start Anki again."
OFF_MEANING = "No program can reach Anki at the moment."
PAUSE = "&Pause"
RESUME = "Re&sume"
COPY_ADDRESS = "&Copy Address"
COPIED = "Copied."
DOCUMENTATION = "&Documentation"
CLOSE = "C&lose"
TROUBLE_NAME = "What is wrong"

# Its pages

PAGE_REQUESTS = "&Requests"
PAGE_ORIGINS = "&Web Pages"
PAGE_KEY = "&Keys"
PAGE_ADDRESS = "&Address"
FROM_ENVIRONMENT = "The environment variable {variable} decides this: it goes before the settings."

# Requests

TIME = "Time"
CLIENT = "From"
ACTION = "Action"
OUTCOME = "Outcome"
MILLISECONDS = "ms"
A_PROGRAM = "a program"
NO_ACTION = "(none)"
OUTCOME_DONE = "done"
OUTCOME_FAILED = "failed"
OUTCOME_WRONG_KEY = "key wrong or missing"
OUTCOME_UNKNOWN_ACTION = "no such action"
OUTCOME_NO_COLLECTION = "no profile open"
OUTCOME_NO_RIGHT = "no right to do this"
REQUESTS_NAME = "The last requests"
NO_REQUESTS = "No requests yet"
NO_REQUESTS_MEANING = "What programs ask of Anki appears here while it happens."
REQUESTS_NOTE = "Contents and keys are never listed here. The list is forgotten when Anki closes."
CLEAR = "Cl&ear List"

# What callers may do

RIGHTS = {
    "read": "reading",
    "write": "editing",
    "delete": "deleting",
    "files": "files",
    "network": "downloads",
    "gui": "windows",
    "admin": "administration",
}
RIGHTS_EXPLAINED = {
    "read": "Reading: see all decks, notes, cards, media and statistics",
    "write": "Editing: add and change notes, decks, note types and media",
    "delete": "Deleting: remove notes, decks, media and fields, change the type of notes",
    "files": "Files: open and save files anywhere on this computer",
    "network": "Downloads: fetch files from the network, and sync",
    "gui": "Windows: open windows of Anki, and act in them",
    "admin": "Administration: switch profiles, close Anki, overwrite one side of a sync",
}
MAY_EVERYTHING = "everything"
MAY_NOTHING = "nothing"
MAY_ALL_BUT = "everything but {rights}"
MAY_ONLY = "{right} only"
RIGHTS_FIELD = "Ri&ghts:"
RIGHTS_USUAL = "As usual"
RIGHTS_USUAL_FOR = "As usual for {kind}"
RIGHTS_READING = "Reading only"
RIGHTS_EDITING = "Reading and editing"
RIGHTS_AS_A_PAGE = "Everything but files and administration"
RIGHTS_EVERYTHING = "Everything"
RIGHTS_TICKED = "As ticked below"
RIGHTS_TITLE = "What {who} may do"
RIGHTS_MEANING = "Whatever is not ticked is refused."
RIGHTS_SAVE = "Sa&ve"
# Kinds of callers: in the list, and in "as usual for".
KINDS = {
    "programs": "Programs",
    "apps": "Apps that you allowed",
    "pages": "Web pages that you allowed",
    "localPages": "Pages served by this computer",
    "extensions": "Browser extensions",
    "anki": "Scripts in cards and in Anki's windows",
}
KINDS_IN_SENTENCES = {
    "programs": "programs",
    "apps": "apps",
    "pages": "web pages",
    "localPages": "pages served by this computer",
    "extensions": "browser extensions",
    "anki": "scripts in cards and in Anki's windows",
}

# Web pages

ORIGINS_MEANING = (
    "Web pages, browser extensions and apps need your permission to use Anki. "
    "Programs on this computer do not, unless there is a key."
)
ALLOWED = "Allowed"
NEIGHBOURS = "Let in together with http://localhost"
KINDS_TITLE = "What each kind may do, unless one of them has rights of its own"
NOT_LET_IN = "not let in, as http://localhost is not allowed"
LET_IN_AS_PAGES = "the same as web pages, because of the entry *"
IGNORED = "Ignored (refused without asking you)"
REFUSED = "Recently refused"
NONE_ALLOWED = "None is allowed."
NONE_IGNORED = "None is ignored."
NONE_REFUSED = "None was refused."
MEANING_OF_LOCALHOST = "pages of this computer, extensions: see below"
MEANING_OF_ALL_ALLOWED = "every web page: see below"
MEANING_OF_ALL_IGNORED = "all that are not allowed"
MEANING_OF_NULL = "pages without an origin of their own"
ANY_PAGE_WARNING = (
    "Because of the entry *, every web page that you visit can read and change your collection. "
    "Forget it, and allow only the pages that you use."
)
TIMES_REFUSED = "{times} times, {last}"
ONCE_REFUSED = "once, {last}"
ORIGIN_ALLOW = "Allow"
ORIGIN_IGNORE = "Ignore"
ORIGIN_FORGET = "Forget"
ORIGIN_RIGHTS = "Rights…"
ORIGIN_ACTION_NAME = "{action} {origin}"
NULL_NOT_ALLOWED = "Many unrelated pages share this origin: allowing one would allow all."
ADD_ORIGIN = "A&nother:"
ADD_ORIGIN_EXAMPLE = "https://example.com"
ADD_ALLOW = "All&ow"
ADD_IGNORE = "&Ignore"
NOT_AN_ORIGIN = "Write it like https://example.com or app://obsidian.md, without a path."

# Key

NO_KEY = "There is no key"
NO_KEY_MEANING = (
    "Every program on this computer, and every web page that you allow, may use Anki. "
    "With a key, they also have to know it."
)
KEY_NEEDED = "Every request needs a key"
KEY_NEEDED_MEANING = (
    "As long as there is any key on this page, every request must carry one. No key is shown a second time: "
    "if you have lost one, make a new one."
)
ONE_FOR_ALL = "One key for all"
KEY_SET = (
    "A key is set. Who knows it may do what callers of their kind may do (see the page Web Pages)."
)
KEY_NOT_SET = (
    "None is set. Whoever uses Anki would have to know it, and could do no more than without it."
)
NAMED_KEYS = "Keys for single programs"
NAMED_KEYS_MEANING = (
    "Each has a name. Who shows one may do what you tick for it, no more and no less."
)
NAMED_UNUSABLE = (
    "The keys in the settings (apiKeys) cannot be used, so they open nothing. Mend them there, or make a new one "
    "here, which takes their place."
)
NEW_NAMED_KEY = "&New Key for a Program…"
NAMED_CHANGE = "Change…"
NAMED_REMOVE = "Remove…"
NAMED_ACTION_NAME = "{action} {name}"
NO_NAME = "(no name)"
FORM_TITLE = "A new key for a program"
FORM_CHANGE_TITLE = "The key of “{name}”"
FORM_MEANING = (
    "The name is for you, to know it again in the list. The key is made when you press the button."
)
FORM_CHANGE_MEANING = "The key itself stays as it is."
FORM_NAME = "Na&me:"
FORM_NAME_EXAMPLE = "my agent"
FORM_MAKE = "Mak&e Key"
FORM_SAVE = "Sa&ve"
NAME_MISSING = "Give it a name."
NAME_TAKEN = "There is a key of this name already."
NO_RIGHT_TICKED = "Tick at least one right: a key without any is of no use."
NAMED_READY = "The new key of “{name}”"
NAMED_READY_MEANING = (
    "Copy it now into that program. It is shown this one time, and not even stored here."
)
KEY_UNUSABLE = "The key in the settings cannot be used"
KEY_UNUSABLE_MEANING = "Every request is refused until you make a new key or remove it."
MAKE_KEY = "&Make a Key"
MAKE_NEW_KEY = "&Make a New Key…"
TYPE_KEY = "&Type a Key…"
REMOVE_KEY = "Remo&ve Key…"
KEY_READY = "Your new key"
KEY_READY_MEANING = "Copy it now into the programs that use Anki. It is shown this one time."
KEY_FIELD_NAME = "The new key"
COPY_KEY = "Cop&y Key"
KEY_COPIED = "D&one"
REPLACE_QUESTION = "Replace the key?"
REPLACE_MEANING = "Programs that know the present key are refused until you give them the new one."
REPLACE_YES = "Replace Ke&y"
REMOVE_QUESTION = "Remove the key?"
REMOVE_NAMED_QUESTION = "Remove the key of “{name}”?"
REMOVE_MEANING_OTHERS = "Programs that know it are refused until you give them another one."
REMOVE_MEANING = "Everything that asks for a key today can then be done without one."
REMOVE_MEANING_NETWORK = (
    "AnkiConnect then becomes unavailable, because other computers can reach the address {address}."
)
REMOVE_YES = "Remo&ve Key"
KEEP_KEY = "Keep &It"
TYPE_QUESTION = "Type a key"
TYPE_MEANING = "Long and random is best, and no word that you use elsewhere."
TYPE_FIELD = "Ke&y:"
TYPE_SHORT = "Short keys can be guessed. Twenty characters or more are safe."
TYPE_SAVE = "Sa&ve Key"
CANCEL = "Ca&ncel"

# Address

ADDRESS_MEANING = "Who can reach Anki through AnkiConnect:"
THIS_COMPUTER = "T&his computer only (recommended)"
WHOLE_NETWORK = "Every computer in the &networks that this one is in"
ONE_ADDRESS = "Whoever reaches &one address of this computer:"
ONE_ADDRESS_NAME = "Address to listen on"
ONE_ADDRESS_EXAMPLE = "192.168.1.20"
PORT = "Por&t:"
PORT_NOTE = "Programs expect 8765. Change it only together with them."
PORT_ANY = "any free one"
NOT_AN_ADDRESS = "Write an IP address or the name of this computer, without a port."
NETWORK_WARNING = (
    "Other computers will be able to reach Anki. Whoever has a key can do what it allows, up to deleting your "
    "collection, and everything, the key too, crosses the network unencrypted. Use this only in a network that you "
    "trust."
)
KEY_FIRST = "This needs a key. Make one first, on the page Keys."
USE_ADDRESS = "&Use This Address"
ADDRESS_IN_USE = "This is the address in use."

# The documentation

MANUAL_START = (
    "<h1>AnkiConnect {version}</h1><p>Programs send a JSON object in the body of an HTTP POST, and get one back "
    "with <code>result</code> and <code>error</code>. Try it:</p><pre>{example}</pre>"
)
NO_MANUAL = "The documentation could not be written: {reason}"
MANUAL_SETTINGS = "Settings"
MANUAL_RETURNS = "Result:"
MANUAL_ERRORS = "Errors:"
MANUAL_OPTIONAL = "optional"

# Anki's add window

ADD_REPLACE_QUESTION = "Discard what you have typed?"
ADD_REPLACE_MEANING = "A program wants to fill in another note in this window."
ADD_KEEP = "&Keep Editing"
ADD_REPLACE = "&Discard and Fill In"

# The window for a note

EDIT_TITLE = "Edit Note"
EDIT_PLACE = "{place} of {count}"
EDIT_PLACE_NAME = "Place among the notes that were opened in this window"
EDIT_PREVIOUS = "Previous"
EDIT_PREVIOUS_TIP = "The note that was opened before this one ({keys})"
EDIT_NEXT = "Next"
EDIT_NEXT_TIP = "The note that was opened after this one ({keys})"
EDIT_PREVIEW = "Preview"
EDIT_PREVIEW_TIP = "Show the cards of this note ({keys})"
EDIT_BROWSE = "Browse"
EDIT_BROWSE_TIP = "Show the notes that were opened here in the browser ({keys})"

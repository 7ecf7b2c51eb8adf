"""Who may talk: decided from a request's head alone, before its body is read."""

from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Callable, Optional, Tuple, Union

from .. import scopes
from ..config import LOCALHOST, Settings
from ..scopes import NOTHING, Scopes, scopes_of
from ..setting_kinds import ANY_ORIGIN
from .addresses import ip_literal, parse_origin, plain_origin, split_authority
from .messages import Head, Response, never_gone, refusal

HeaderFields = Tuple[Tuple[str, str], ...]

# A browser shows a reply only to the origin named in it. This one is nobody's who was refused.
NOT_FOR_PAGES = ("Access-Control-Allow-Origin", LOCALHOST)
CONFIG_PLACE = "Tools > Add-ons > AnkiConnect > Config"

LOOPBACK_PAGES = ("localhost", "127.0.0.1", "::1")
EXTENSION_SCHEMES = ("chrome-extension", "moz-extension", "safari-web-extension")
_ID_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_")
_PREFLIGHT_SECONDS = "600"


class CallerKind(Enum):
    """How a caller was recognised; what each kind may do is decided elsewhere."""

    PROGRAM = "a program of the user, which sends no origin"
    ALLOWED = "an origin that the user listed"
    THIS_COMPUTER = "a page served by this computer"
    EXTENSION = "a browser extension"
    ANKI = "a page of Anki's own: a card's script, or an add-on's window"
    VISITOR = "a link that a page led the user to: may be greeted, not obeyed"
    FOREIGN = "a page that nobody allowed"


_GROUPS = {
    CallerKind.PROGRAM: scopes.PROGRAMS,
    CallerKind.THIS_COMPUTER: scopes.LOCAL_PAGES,
    CallerKind.EXTENSION: scopes.EXTENSIONS,
    CallerKind.ANKI: scopes.ANKI,
}
# Origins of these may be anybody's; one of another scheme is an app that the user has installed and listed.
_PAGE_SCHEMES = ("http", "https", "null", "file", *EXTENSION_SCHEMES)
_UNTRUSTED = (CallerKind.VISITOR, CallerKind.FOREIGN)


@dataclass(frozen=True)
class Caller:
    """Who asks. `gone()` tells whether they have hung up meanwhile."""

    kind: CallerKind
    origin: Optional[str] = None
    """As the browser sent it; None for programs, and for pages that hide it."""
    bearer: Optional[str] = field(default=None, repr=False)
    """The token of `Authorization: Bearer`."""
    gone: Callable[[], bool] = never_gone
    program: str = ""
    """What a client calls itself. Anybody may call themselves anything."""
    peer: str = ""
    """The address that the connection comes from."""
    scopes: Scopes = NOTHING
    """What they may do."""

    @property
    def trusted(self) -> bool:
        """Whether anything but `requestPermission` may be carried out for them."""
        return self.kind not in _UNTRUSTED

    def heard_by(self, gone: Callable[[], bool]) -> "Caller":
        """The same caller, of whom `gone` knows whether they have hung up."""
        return Caller(
            self.kind, self.origin, self.bearer, gone, self.program, self.peer, self.scopes
        )

    def limited_to(self, scopes: Scopes) -> "Caller":
        """The same caller with the scopes of the key they have shown."""
        return replace(self, scopes=scopes)

    @property
    def may_look(self) -> bool:
        """Whether they may see the greeting that an empty GET is answered with."""
        return self.kind is not CallerKind.FOREIGN


def examine(
    head: Head,
    settings: Settings,
    anki_port: Optional[int] = None,
) -> Union[Caller, Response]:
    """The caller of a request, or the reply that refuses it whatever it asks for.

    `anki_port` is that of Anki's own web server, from which its windows and cards are loaded.
    """
    refused = _wrong_host(head, settings)
    if refused is not None:
        return refused
    origins = head.headers.all("Origin")
    if len(origins) > 1:
        return _refuse("the request holds more than one Origin header")
    origin = origins[0] if origins else None
    if origin is None:
        kind = _kind_without_origin(head)
    elif plain_origin(origin) is None:
        return _refuse(f"the Origin header is malformed: '{printable(origin)}'")
    else:
        kind = kind_of(origin, settings, anki_port)
    return Caller(
        kind,
        origin,
        _bearer(head),
        program=_program(head),
        peer=head.peer,
        scopes=scopes_of(
            group_of(kind, origin), plain_origin(origin or ""), settings.caller_scopes
        ),
    )


def printable(text: str, limit: int = 200) -> str:
    """A text from outside for people's eyes: plain ASCII in one line, of bounded length."""
    if len(text) <= limit and text.isascii() and text.isprintable() and "\\" not in text:
        return text
    plain = text[: limit + 1].encode("unicode_escape").decode("ascii")
    return plain if len(plain) <= limit else plain[: limit - 3] + "..."


def _program(head: Head) -> str:
    words = (head.headers.get("User-Agent") or "").split(None, 1)
    return printable(words[0], 40) if words else ""


def _refuse(reason: str, status: int = 403) -> Response:
    return refusal(status, reason, NOT_FOR_PAGES, ("Vary", "Origin"))


# Host: a page can make the browser take any name for this computer, but not any address.


def _wrong_host(head: Head, settings: Settings) -> Optional[Response]:
    hosts = head.headers.all("Host")
    if len(hosts) > 1:
        return _refuse("the request holds more than one Host header", 400)
    if not hosts and head.version >= (1, 1):
        return _refuse("the request holds no Host header", 400)
    for authority in (*hosts, *_authority_of(head.target)):
        parts = split_authority(authority)
        if parts is None:
            return _refuse(f"the host is malformed: '{printable(authority)}'", 400)
        if not host_is_ours(parts[0], settings):
            return _refuse(
                f"{printable(authority)} is not known as a name of this computer, so the request "
                "may come from a hostile page. If you use this name yourself, add it without its "
                f"port to webHostList in {CONFIG_PLACE}"
            )
    return None


def _authority_of(target: str) -> Tuple[str, ...]:
    """The authority of an absolute-form target, as a tuple of none or one."""
    if target.startswith("/"):
        return ()
    _, separator, rest = target.partition("://")
    end = min((at for at in map(rest.find, "/?#") if at >= 0), default=len(rest))
    return (rest[:end],) if separator else ()


def host_is_ours(host: str, settings: Settings) -> bool:
    """Whether a request that names this host (spelt as `split_authority` does) is meant for us."""
    if host == "localhost" or host in settings.allowed_hosts or host == settings.bind_address:
        return True
    address = ip_literal(host)
    if address is None:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    # 0.0.0.0 reaches this computer too, and gets past some of the browsers' own fences.
    return not (mapped or address).is_unspecified


# Origin: set by the browser, out of a page's reach.


def kind_of(origin: str, settings: Settings, anki_port: Optional[int] = None) -> CallerKind:
    """What an Origin header, malformed ones excepted, makes of its sender."""
    plain = plain_origin(origin)
    listed = settings.cors_origins
    if plain in listed and plain != LOCALHOST:
        return CallerKind.ALLOWED
    kind = None if plain in settings.ignored_origins else _neighbour(origin, anki_port)
    # A card's script stays one where every page is let in.
    if kind is not None and (
        LOCALHOST in listed or (kind is CallerKind.ANKI and settings.any_origin)
    ):
        return kind
    return CallerKind.ALLOWED if settings.any_origin else CallerKind.FOREIGN


def _neighbour(text: str, anki_port: Optional[int]) -> Optional[CallerKind]:
    """The kind that is let in together with http://localhost, if the origin is of one."""
    origin = parse_origin(text)
    if origin is None:
        return None
    if origin.scheme in ("http", "https") and origin.host in LOOPBACK_PAGES:
        from_anki = anki_port is not None and origin.port == str(anki_port)
        return CallerKind.ANKI if from_anki else CallerKind.THIS_COMPUTER
    is_id = 0 < len(origin.host) <= 64 and _ID_CHARACTERS.issuperset(origin.host)
    if origin.scheme in EXTENSION_SCHEMES and is_id and not origin.port:
        return CallerKind.EXTENSION
    return None


def group_of(kind: CallerKind, origin: Optional[str]) -> Optional[str]:
    """The group whose scopes a caller of this kind has; None for those who have none."""
    if kind is CallerKind.ALLOWED:
        scheme = (origin or "").partition(":")[0].lower()
        return scopes.PAGES if scheme in _PAGE_SCHEMES else scopes.APPS
    return _GROUPS.get(kind)


def _kind_without_origin(head: Head) -> CallerKind:
    """Browsers leave Origin out of some requests that pages cause (images, links), but say so."""
    sites = head.headers.all("Sec-Fetch-Site")
    if all(site.strip().lower() in ("none", "same-origin") for site in sites):
        return CallerKind.PROGRAM
    follows_link = (
        head.method in ("GET", "HEAD")
        and head.headers.all("Sec-Fetch-Mode") == ["navigate"]
        and head.headers.all("Sec-Fetch-Dest") == ["document"]
    )
    return CallerKind.VISITOR if follows_link else CallerKind.FOREIGN


def standing(origin: str, settings: Settings) -> Optional[bool]:
    """What the settings say of an origin: True allowed, False ignored, None: ask the user."""
    if kind_of(origin, settings) not in _UNTRUSTED:
        return True
    ignored = settings.ignored_origins
    return False if ANY_ORIGIN in ignored or plain_origin(origin) in ignored else None


def origin_refused(caller: Caller) -> Response:
    """The refusal of an untrusted caller; browsers keep it from the page that caused it."""
    if caller.origin is None:
        return _refuse(
            "a web page caused this request without naming its origin; pages may not use "
            "AnkiConnect in that way"
        )
    return _refuse(
        f"the origin {printable(caller.origin)} is not allowed to use AnkiConnect. To allow it, "
        "let it call requestPermission and answer Yes, or add it to webCorsOriginList in "
        + CONFIG_PLACE
    )


def too_large(limit: int, caller: Caller, settings: Settings) -> Response:
    """The refusal of a trusted caller's body; its page may read why."""
    return refusal(
        413,
        f"the request is larger than {limit} bytes ({limit / 2**20:.4g} MiB), the limit that "
        f"webMaxBodyMB sets. Send less at a time, or raise webMaxBodyMB in {CONFIG_PLACE}",
        *cors_headers(caller, settings),
    )


# CORS: what a browser must be told before it lets a page see a reply.


def cors_headers(caller: Caller, settings: Settings) -> HeaderFields:
    """For every reply that is not a refusal: whose pages may read it."""
    echoed = ANY_ORIGIN if settings.any_origin else caller.origin
    return (
        ("Access-Control-Allow-Origin", LOCALHOST if caller.origin is None else str(echoed)),
        ("Access-Control-Allow-Headers", "*"),
        ("Vary", "Origin"),
    )


def preflight(head: Head, caller: Caller, settings: Settings) -> Response:
    """The reply to OPTIONS. It binds us to nothing: the request that follows is examined itself.

    Origins that are not allowed yet get a yes too, or their pages could not ask for permission.
    """
    origin = cors_headers(caller, settings)[0]
    wanted = head.headers.get("Access-Control-Request-Headers") or ""
    names = [name.strip().lower() for name in wanted.split(",")]
    fields = [
        origin,
        # "*" covers every header but this one.
        ("Access-Control-Allow-Headers", "*, Authorization" if "authorization" in names else "*"),
        ("Access-Control-Allow-Methods", "GET, POST, OPTIONS"),
        (
            "Vary",
            "Origin, Access-Control-Request-Headers, Access-Control-Request-Private-Network",
        ),
    ]
    if caller.trusted:
        fields.append(("Access-Control-Max-Age", _PREFLIGHT_SECONDS))
        if caller.origin is not None and _asks_for_private_network(head):
            fields.append(("Access-Control-Allow-Private-Network", "true"))
    return Response(200, b"", headers=tuple(fields))


def _asks_for_private_network(head: Head) -> bool:
    asked = head.headers.get("Access-Control-Request-Private-Network") or ""
    return asked.strip().lower() == "true"


# Keys.


def _bearer(head: Head) -> Optional[str]:
    sent = head.headers.all("Authorization")
    if len(sent) != 1:
        return None
    scheme, _, token = sent[0].strip().partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None

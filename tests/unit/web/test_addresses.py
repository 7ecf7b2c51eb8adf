"""How the names of origins are shown to people. (What they are compared as: test_guard.py.)"""

from typing import Optional, Tuple

import pytest

from plugin.web.addresses import native_name

NATIVE = [
    ("https://xn--mnchen-3ya.de", "münchen.de", ("LATIN",)),
    ("https://xn--80ak6aa92e.com", "аррӏе.com", ("CYRILLIC", "LATIN")),
    ("https://xn--e1afmkfd.xn--p1ai:8443", "пример.рф", ("CYRILLIC",)),
    ("https://xn--mgbh0fb.xn--mgbaam7a8h", "مثال.امارات", ("ARABIC",)),
    ("https://xn--r8jz45g.xn--zckzah", "例え.テスト", ("CJK", "HIRAGANA", "KATAKANA")),
    ("app://xn--80ak6aa92e", "аррӏе", ("CYRILLIC",)),
]


@pytest.mark.parametrize(("origin", "host", "scripts"), NATIVE, ids=[row[0] for row in NATIVE])
def test_names_in_other_letters(origin: str, host: str, scripts: Tuple[str, ...]) -> None:
    assert native_name(origin) == (host, scripts)


def label(text: str) -> str:
    return "xn--" + text.encode("punycode").decode("ascii")


SHOWN_AS_SENT: Tuple[Tuple[str, Optional[str]], ...] = (
    ("plain", "https://site.example"),
    ("an address", "http://[::1]:8080"),
    ("no origin", "null"),
    ("a file", "file://"),
    ("malformed", "https://xn--p1ai/path"),
    ("not punycode", "https://xn--99999999999.example"),
    ("nothing behind the mark", "https://xn--.example"),
    ("nothing but ASCII", "https://xn--google-.example"),
    ("turned around", f"https://{label('moc' + chr(0x202E) + 'x')}.example"),
    ("isolated", f"https://{label(chr(0x2067) + 'пример')}.example"),
    ("invisible", f"https://{label('goo' + chr(0x200B) + 'gle')}.example"),
    ("a slash that is none", f"https://{label('a.com' + chr(0x2215) + 'login')}.example"),
    ("blanks", f"https://{label('a' + chr(0xA0) * 9 + 'б')}.example"),
    ("not normalised", f"https://{label('e' + chr(0x301))}.example"),
    ("no character at all", f"https://{label('a' + chr(0xE000))}.example"),
)


@pytest.mark.parametrize(
    "origin", [row[1] for row in SHOWN_AS_SENT], ids=[row[0] for row in SHOWN_AS_SENT]
)
def test_what_could_deceive_has_no_second_name(origin: str) -> None:
    assert native_name(origin) is None

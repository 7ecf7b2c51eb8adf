"""Text that Anki makes for people, made fit for programs."""

# Anki's translations wrap what they insert in these invisible marks.
ISOLATES = dict.fromkeys((0x2066, 0x2067, 0x2068, 0x2069))


def without_isolates(text: str) -> str:
    return text.translate(ISOLATES)

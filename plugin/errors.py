"""The failures that a caller may meet. The text of each is what the reply's `error` holds."""


class ApiError(Exception):
    """An expected failure: its text is written for the person who reads the reply.

    Nothing was changed when one of these is raised, unless its class says otherwise.
    """


class BadRequest(ApiError):
    """The request as a whole cannot be understood."""


class BadParams(ApiError):
    """A parameter is missing, unknown, or of the wrong kind; the text names it."""


class NotFound(ApiError):
    """Something the request names does not exist."""


class Refused(ApiError):
    """The request is understood and will not be carried out."""


class UnsupportedAction(ApiError):
    """No action of that name exists in the API version asked for."""

    def __init__(self) -> None:
        super().__init__("unsupported action")


class MissingInAnki(UnsupportedAction):
    """The action exists, but this version of Anki lacks something that it needs; the text names it."""

    def __init__(self, text: str) -> None:
        ApiError.__init__(self, text)


class InvalidKey(ApiError):
    """The request lacks the API key, or holds another one."""

    def __init__(self) -> None:
        super().__init__("valid api key must be provided")


class NotAllowed(ApiError):
    """The caller's scopes do not reach that far."""

    def __init__(self, action: str, scope: str) -> None:
        super().__init__(
            f'{action} needs the scope "{scope}", which this caller does not have. '
            "The user can give it under Tools > AnkiConnect, to the page or to the key"
        )


class CollectionUnavailable(ApiError):
    """No profile is open, or its collection is closed at the moment."""

    def __init__(self) -> None:
        super().__init__("collection is not available")


class AnkiBusy(ApiError):
    """Anki's window did not get round to the request in time; the request was withdrawn."""

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"Anki is busy and did not start this request within {seconds:.3g} seconds; "
            "it was withdrawn and nothing was changed. Finish what Anki is doing, then try again"
        )


class AnkiClosing(ApiError):
    """Anki is being closed; the request was not started."""

    def __init__(self) -> None:
        super().__init__("Anki is closing; this request was not carried out")

"""A small set of actions for tests of the rooms around them; nothing of Anki is in them."""

from contextlib import contextmanager
from typing import Any, Callable, Dict, Iterator, List, Mapping, NewType, Optional
from unittest.mock import patch

from plugin import registry
from plugin.dispatch import Answered, Dispatcher
from plugin.errors import Refused
from plugin.keys import KeyRing
from plugin.registry import Action
from plugin.scopes import EVERYTHING, Scope
from plugin.web.guard import Caller, CallerKind

ToyId = NewType("ToyId", int)

PROGRAM = Caller(CallerKind.PROGRAM, scopes=EVERYTHING)


class Panic(BaseException):
    """As Anki's backend raises it: no Exception."""


def version() -> int:
    """Tells the version.

    Returns: 6.
    """
    return 6


def echo(value: Any = None) -> Any:
    """Gives back what it was given.

    Args:
        value: anything

    Returns: the same.
    """
    return value


def toys_info(toys: List[ToyId], limit: int = 10, name: Optional[str] = None) -> List[int]:
    """Takes ids, a number and a text.

    Args:
        toys: ids
        limit: how many
        name: a text

    Returns: the first ids.
    """
    return [*toys][:limit]


def move_toys(deck: str, path: str) -> None:
    """Needs two texts.

    Args:
        deck: a text
        path: a text

    Returns: null.
    """


def build_toy(a: str, b: str, c: str) -> None:
    """Needs three texts.

    Args:
        a: a text
        b: a text
        c: a text

    Returns: null.
    """


def gui_browse(query: Optional[str] = None) -> List[int]:
    """Has an older name.

    Args:
        query: a text

    Returns: no ids.
    """
    return []


def use_key(key: str) -> str:
    """Has a parameter that is called as keys are.

    Args:
        key: a text

    Returns: the text.
    """
    return key


def fail(how: str = "") -> None:
    """Fails in several ways.

    Args:
        how: which

    Returns: nothing, ever.
    """
    if how == "unexpected":
        raise KeyError("secret detail")
    if how == "panic":
        raise Panic("secret detail")
    if how == "chained":
        try:
            raise ValueError("secret detail")
        except ValueError as error:
            raise Refused("no").with_traceback(error.__traceback__) from error
    raise Refused(how)


def multi(reply_to: Callable[[Any], Any], actions: List[Any]) -> List[Any]:
    """Several requests in one.

    Args:
        actions: requests

    Returns: replies.
    """
    return [reply_to(entry) for entry in actions]


def request_permission(caller: Any) -> bool:
    """The action that needs no key.

    Returns: whether the caller is trusted.
    """
    return bool(caller.trusted)


PLAIN = (version, echo, toys_info, move_toys, build_toy, use_key, fail, multi, request_permission)


@contextmanager
def toy_actions() -> Iterator[None]:
    """The registry holds the toys, and nothing else."""
    with patch.object(registry, "ACTIONS", {}), patch.object(registry, "FORMER", {}):
        for function in PLAIN:
            registry.action(Scope.OPEN)(function)
        registry.action(Scope.GUI, former={"browse": 4})(gui_browse)
        yield


def perform(action: Action, arguments: Dict[str, Any], supplies: Mapping[str, Any]) -> Any:
    return action.function(**arguments, **{name: supplies[name] for name in action.needs})


class Desk:
    """A dispatcher over the toys, with a key that can be changed, and what it told of requests."""

    def __init__(self, key: Optional[str] = None) -> None:
        self.key = key
        self.told: List[Answered] = []
        self.dispatcher = Dispatcher(perform, lambda: KeyRing(self.key), {}, self.told.append)

    def ask(self, request: Any, caller: Caller = PROGRAM) -> Any:
        return self.dispatcher.reply(request, caller)

    def call(self, action: str, /, **params: Any) -> Any:
        """The reply in version 6, taken apart: the result, or the error's text."""
        reply = self.ask({"action": action, "version": 6, "params": params})
        assert set(reply) == {"result", "error"}
        return reply["result"] if reply["error"] is None else reply["error"]

"""What an action is, and the one table of all of them.

An action is a typed function with a docstring, in `actions/`. `@action` reads it once, at import, and refuses what
is wrong there: a parameter without a type or without a word of documentation, a type that JSON cannot carry, a name
that is taken. Look-up, checking of arguments, JSON Schema, `apiReflect` and the reference pages follow from it.
"""

import inspect
import re
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import cached_property
from typing import (
    Any,
    Callable,
    Dict,
    Iterable,
    Iterator,
    List,
    Mapping,
    Optional,
    Sequence,
    Tuple,
    TypeVar,
    get_args,
    get_origin,
    get_type_hints,
)

from .errors import BadParams, CollectionUnavailable
from .scopes import Scope as Scope
from .shapes import Schema, Shape, shape_of

API_VERSION = 6
DEFAULT_VERSION = 4

# What an action may name as a parameter and the dispatcher supplies; callers never see these.
IN_ANKI = ("col", "edit", "mw", "profile", "pending")
AT_THE_DOOR = ("caller", "reply_to", "permissions", "settings")
COLLECTION = ("col", "edit", "profile")

# From bound arguments and what the door supplies, on the request's own thread, to arguments that replace them.
Prepare = Callable[[Mapping[str, Any], Mapping[str, Any]], Mapping[str, Any]]

# From bound arguments to the scopes that these need besides the action's own.
FurtherScopes = Callable[[Mapping[str, Any]], Iterable[Scope]]


def no_further_scopes(arguments: Mapping[str, Any]) -> Iterable[Scope]:
    """For actions whose own scope says it all."""
    return ()


# From bound arguments to the result that holds while no collection is open.
WithoutCollection = Callable[[Mapping[str, Any]], Any]


def unavailable(arguments: Mapping[str, Any]) -> Any:
    """For actions that have nothing to say without a collection."""
    raise CollectionUnavailable


# Asked for the bytes that the collection takes on disk.
Size = Callable[[], int]
# From bound arguments and the collection's size to whether so much would hold Anki's main thread for long.
IsLong = Callable[[Mapping[str, Any], Size], bool]
# About 5,000 notes, which Anki searches within some 3 ms. Handing that to another thread takes longer than it saves.
SMALL_COLLECTION = 4 * 1024 * 1024


def never(arguments: Mapping[str, Any], size: Size) -> bool:
    """For actions that take a moment, however big the collection is."""
    return False


def always(arguments: Mapping[str, Any], size: Size) -> bool:
    """For actions that take long even where there is little, or wait for the disk."""
    return True


def in_large_collections(arguments: Mapping[str, Any], size: Size) -> bool:
    """For actions that look through the collection."""
    return size() > SMALL_COLLECTION


def more_than(count: int, name: str) -> IsLong:
    """For actions that take longer, the longer the list is that `name` holds."""
    return lambda arguments, size: len(arguments.get(name) or ()) > count


@dataclass(frozen=True)
class Parts:
    """How a long request is cut up so that others come in between: the results of the parts make the whole list.

    `name` is the parameter that holds a list; `size` says from the arguments how much of it is done at a time. `locate`
    is called first, with the collection and the bound arguments, and returns the arguments with the list in place of
    what it is found by.
    """

    name: str
    size: Callable[[Mapping[str, Any]], int]
    locate: Callable[[Any, Mapping[str, Any]], Mapping[str, Any]]

    def located(self, col: Any, profile: str = "", **arguments: Any) -> Mapping[str, Any]:
        """To be called as the action itself."""
        return self.locate(col, arguments)

    def of(self, arguments: Mapping[str, Any]) -> Iterator[Dict[str, Any]]:
        whole = arguments[self.name]
        size = self.size(arguments)
        for begin in range(0, len(whole), size):
            yield {**arguments, self.name: whole[begin : begin + size]}


# Since when there are actions that do not say it.
ORIGINAL = "classic AnkiConnect, 2022 or earlier"

SECTION = re.compile(r"^(Args|Returns|Errors|Since):[ \t]*", re.MULTILINE)


@dataclass(frozen=True)
class Parameter:
    """One parameter as callers see it."""

    name: str
    wire: str
    shape: Shape
    required: bool
    default: Any
    description: str

    def read(self, value: Any) -> Any:
        """Checks and converts a value from the wire; null means absent where the parameter may be left out."""
        if value is None and not self.required and "null" not in self.shape.accepts:
            return self.default
        return self.shape.read(value, self.wire)


@dataclass(frozen=True)
class Doc:
    """An action's docstring, taken apart."""

    summary: str
    description: str
    parameters: Mapping[str, str]
    returns: str
    errors: Tuple[str, ...]
    since: str


@dataclass(frozen=True)
class Action:
    """One action. `former` maps older names to the last API version that knows them."""

    name: str
    category: str
    scope: Scope
    function: Callable[..., Any]
    needs: Tuple[str, ...]
    parameters: Mapping[str, Parameter]
    result: Schema
    doc: Doc
    undo: str = ""
    prepare: Optional[Prepare] = None
    finish: Optional[Callable[[Any], Any]] = None
    rewrite: Optional[Callable[[Dict[str, Any]], Dict[str, Any]]] = None
    former: Mapping[str, int] = field(default_factory=dict)
    further_scopes: FurtherScopes = no_further_scopes
    without_collection: WithoutCollection = unavailable
    long: IsLong = never
    parts: Optional[Parts] = None

    @cached_property
    def in_anki(self) -> bool:
        """Whether the action needs Anki's main thread."""
        return any(name in IN_ANKI for name in self.needs)

    @cached_property
    def needs_collection(self) -> bool:
        return any(name in COLLECTION for name in self.needs)

    @cached_property
    def writes(self) -> bool:
        return "edit" in self.needs

    @cached_property
    def writes_only(self) -> bool:
        """Whether it changes the collection and uses no window."""
        return self.writes and "mw" not in self.needs

    def bind(self, given: Mapping[str, Any]) -> Dict[str, Any]:
        """Arguments by Python name, checked and converted; errors speak in the wire's words."""
        if self.rewrite is not None:
            given = self.rewrite(dict(given))
        for name in given:
            if name not in self.parameters:
                raise BadParams(f"{self.name}() got an unexpected keyword argument '{name[:100]}'")
        missing = [p.wire for p in self.parameters.values() if p.required and p.wire not in given]
        if missing:
            raise BadParams(f"{self.name}() {missing_text(missing)}")
        return {
            self.parameters[name].name: self.parameters[name].read(value)
            for name, value in given.items()
        }

    @property
    def input_schema(self) -> Schema:
        """The JSON Schema of `params`."""
        properties = {}
        for parameter in self.parameters.values():
            schema = {**parameter.shape.schema, "description": parameter.description}
            if not parameter.required:
                schema["default"] = parameter.default
            properties[parameter.wire] = schema
        required = [p.wire for p in self.parameters.values() if p.required]
        return {
            "type": "object",
            "properties": properties,
            "required": required,
            "additionalProperties": False,
        }


ACTIONS: Dict[str, Action] = {}
FORMER: Dict[str, Action] = {}

F = TypeVar("F", bound=Callable[..., Any])


def action(
    scope: Scope,
    *,
    name: str = "",
    wire: Optional[Mapping[str, str]] = None,
    undo: str = "",
    prepare: Optional[Prepare] = None,
    finish: Optional[Callable[[Any], Any]] = None,
    rewrite: Optional[Callable[[Dict[str, Any]], Dict[str, Any]]] = None,
    former: Optional[Mapping[str, int]] = None,
    further_scopes: FurtherScopes = no_further_scopes,
    without_collection: WithoutCollection = unavailable,
    long: IsLong = never,
    parts: Optional[Parts] = None,
) -> Callable[[F], F]:
    """Makes a function an action; the function itself is returned as it was.

    Args:
        scope: what a caller must be allowed to do.
        name: the name on the wire where it does not follow from the function's.
        wire: parameter names on the wire where they do not follow from Python's.
        undo: what the step is called in Anki's undo menu; required for actions that take `edit`.
        prepare: called with the bound arguments and with what the door supplies, on the request's own thread,
            before Anki is entered; what it returns replaces arguments. For downloads, file contents, decoding.
        finish: called with the function's result on the request's own thread, after Anki has been left; what it
            returns is the reply's result. For reading files, encoding.
        rewrite: called with the raw parameters before they are bound; for other spellings that clients send.
        former: older names, each with the last API version in which it holds.
        further_scopes: called with the bound arguments; the scopes that these need besides `scope`, such as FILES
            for the path of a file.
        without_collection: called with the bound arguments while no collection is open; gives the result that holds
            then, or raises CollectionUnavailable.
        long: called with the bound arguments and a function for the collection's size in bytes; says that these are
            better handed to Anki's background thread. Such an action takes `col` or `profile` of what is Anki's, never
            `mw`. What takes `edit` and no `mw` goes there always: it waits for the disk.
        parts: how a long request is cut up.
    """

    def register(function: F) -> F:
        found = read_action(function, scope, name or camel(function.__name__), wire or {})
        found = Action(
            **{
                **found.__dict__,
                "undo": undo,
                "prepare": prepare,
                "finish": finish,
                "rewrite": rewrite,
                "former": dict(former or {}),
                "further_scopes": further_scopes,
                "without_collection": without_collection,
                "long": long,
                "parts": parts,
            }
        )
        add(found)
        return function

    return register


def add(found: Action) -> None:
    if found.writes and not found.undo:
        raise ValueError(f"{found.name} writes and does not say what its undo step is called")
    if found.long is not never and "mw" in found.needs:
        raise ValueError(f"{found.name} uses windows, which only the main thread may")
    if found.long is not never and found.writes:
        raise ValueError(f"{found.name} writes, which is never done on the main thread")
    for name, table in [(found.name, ACTIONS), *((old, FORMER) for old in found.former)]:
        if name in ACTIONS or name in FORMER:
            raise ValueError(f"two actions are called {name}")
        table[name] = found


def look_up(name: str, version: int) -> Optional[Action]:
    """The action of that name in that API version, or None."""
    found = ACTIONS.get(name)
    if found is None and name in FORMER and version <= FORMER[name].former[name]:
        found = FORMER[name]
    return found


def camel(name: str) -> str:
    """The wire's spelling of a Python name: `deck_names` is `deckNames`."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def missing_text(names: Sequence[str]) -> str:
    quoted = [f"'{name}'" for name in names]
    if len(quoted) == 1:
        return f"missing 1 required positional argument: {quoted[0]}"
    comma = "," if len(quoted) > 2 else ""
    listed = ", ".join(quoted[:-1]) + f"{comma} and {quoted[-1]}"
    return f"missing {len(quoted)} required positional arguments: {listed}"


def read_action(
    function: Callable[..., Any], scope: Scope, name: str, wire: Mapping[str, str]
) -> Action:
    signature = inspect.signature(function)
    hints = get_type_hints(function, include_extras=True)
    doc = read_doc(inspect.getdoc(function) or "", name)
    needs: List[str] = []
    parameters: Dict[str, Parameter] = {}
    for parameter in signature.parameters.values():
        if parameter.name in IN_ANKI + AT_THE_DOOR:
            needs.append(parameter.name)
        else:
            found = read_parameter(parameter, hints, doc, wire, name)
            parameters[found.wire] = found
    check_documented(name, doc, parameters)
    if "return" not in hints:
        raise TypeError(f"{name}: the result has no type")
    return Action(
        name=name,
        category=category_of(function),
        scope=scope,
        function=function,
        needs=tuple(needs),
        parameters=parameters,
        result=result_schema(hints["return"]),
        doc=doc,
    )


def read_parameter(
    parameter: inspect.Parameter,
    hints: Mapping[str, Any],
    doc: Doc,
    wire: Mapping[str, str],
    action_name: str,
) -> Parameter:
    if parameter.kind not in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY):
        raise TypeError(f"{action_name}: {parameter} cannot be filled in from JSON")
    if parameter.name not in hints:
        raise TypeError(f"{action_name}: {parameter.name} has no type")
    wire_name = wire.get(parameter.name, camel(parameter.name))
    required = parameter.default is parameter.empty
    return Parameter(
        name=parameter.name,
        wire=wire_name,
        shape=shape_of(hints[parameter.name]),
        required=required,
        default=None if required else parameter.default,
        description=doc.parameters.get(wire_name, ""),
    )


def check_documented(name: str, doc: Doc, parameters: Mapping[str, Parameter]) -> None:
    if not doc.summary or not doc.returns:
        raise ValueError(f"{name}: the docstring lacks a summary or a Returns section")
    if set(doc.parameters) != set(parameters):
        raise ValueError(
            f"{name}: documented are {sorted(doc.parameters)}, there are {sorted(parameters)}"
        )


def category_of(function: Callable[..., Any]) -> str:
    """The name of the action's module, unless that has a CATEGORY: a big category is several modules."""
    own = getattr(function, "__globals__", {}).get("CATEGORY")
    return own or function.__module__.rpartition(".")[2]


def result_schema(annotation: Any) -> Schema:
    """The schema of a result; a Future's is that of what it will hold."""
    if get_origin(annotation) is Future:
        [annotation] = get_args(annotation)
    return shape_of(annotation).schema


def read_doc(text: str, name: str) -> Doc:
    """Takes a docstring apart: a sentence, prose, then the sections Args, Returns, Errors, Since."""
    parts = SECTION.split(text)
    prose, sections = parts[0], dict(zip(parts[1::2], parts[2::2]))
    summary, _, description = prose.strip().partition("\n\n")
    return Doc(
        summary=" ".join(summary.split()),
        description=description.strip(),
        parameters=entries(sections.get("Args", ""), name),
        returns=" ".join(sections.get("Returns", "").split()),
        errors=tuple(
            line.strip() for line in sections.get("Errors", "").splitlines() if line.strip()
        ),
        since=" ".join(sections.get("Since", "").split()) or ORIGINAL,
    )


def entries(block: str, name: str) -> Dict[str, str]:
    """`name: text` entries; a line that is indented further continues the entry above it."""
    found: Dict[str, str] = {}
    lines = [line for line in inspect.cleandoc("\n" + block).splitlines() if line.strip()]
    for line in lines:
        if line[0].isspace() and found:
            last = next(reversed(found))
            found[last] += " " + line.strip()
        else:
            key, separator, text = line.partition(":")
            if not separator:
                raise ValueError(f"{name}: this line of Args names no parameter: {line}")
            found[key.strip()] = text.strip()
    return found

"""What belongs together in a row of tokens: the grammar, and the tree that comes of it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

from lark import Lark, Token, Transformer, UnexpectedInput
from lark.exceptions import VisitError

from grader.formula.errors import FormulaError
from grader.formula.limits import MOST_FACTORS, MOST_LAYERS
from grader.formula.tree import Node

GRAMMAR = r"""
?start: comparison
?comparison: sum
    | sum CMP sum              -> compare
?sum: addition
addition: signed (sign_term)*
signed: term                   -> plus
    | MINUS term               -> minus
    | PLUS term                -> plus_sign
sign_term: PLUS signed         -> added
    | MINUS signed             -> taken
term: factor (juxtaposed | operated)*
juxtaposed: factor
operated: OP signed_factor
?signed_factor: factor
    | MINUS signed_factor      -> negative
?factor: group_power | power | bare_call | BIGSUM -> big_sum
?group_power: group
    | group_power post         -> posted
?power: atom
    | power post               -> posted
post: POST                     -> post
    | POW group                -> raised
    | METHOD LPAR [arguments] RPAR -> method
?group: LPAR comparison RPAR   -> group
?atom: NUMBER                  -> number
    | NAME                     -> name
    | FUNC LPAR arguments RPAR -> call
    | LBAR comparison RBAR     -> bars
    | LNORM comparison RNORM   -> bars
    | FRAC LPAR comparison RPAR LPAR comparison RPAR -> fraction
bare_call: FUNC power
    | FUNC bare_call
arguments: argument (COMMA argument)*
?argument: comparison
    | KEYWORD                  -> keyword
%declare NUMBER NAME FUNC POST POW METHOD KEYWORD BIGSUM FRAC OP CMP PLUS MINUS COMMA
%declare LPAR RPAR LBAR RBAR LNORM RNORM
"""
_TOLD = {
    "RPAR": "this bracket closes too early: something is missing before it",
    "OP": "a factor is missing before this",
    "PLUS": "a term is missing before this",
    "MINUS": "a term is missing before this",
    "COMMA": "a comma has no place here",
    "CMP": "a comparison has no place here",
    "POST": "there is nothing before this that it could belong to",
    "POW": "there is nothing before this exponent",
    "$END": "the formula ends too early",
}


@functools.cache
def _parser() -> Lark:
    """Return the parser, made at its first use."""
    return Lark(GRAMMAR, parser="lalr", lexer="basic", transformer=_Builder())


def parse(tokens: Sequence[Token]) -> Node:
    """Return the tree of a row of tokens.

    Raises
    ------
    FormulaError
        Where the tokens are no formula.
    """
    if not tokens:
        raise FormulaError("there is no formula")
    interactive = _parser().parse_interactive("")
    try:
        for token in tokens:
            interactive.feed_token(token)
        last = tokens[-1]
        tree = interactive.feed_token(
            Token("$END", "", start_pos=last.end_pos, end_pos=last.end_pos)
        )
    except UnexpectedInput as error:
        raise _complaint(error, tokens) from None
    except VisitError as error:
        if isinstance(error.orig_exc, FormulaError):
            raise error.orig_exc from None
        raise
    assert isinstance(tree, Node), "every rule makes a node"
    return tree


def _complaint(error: UnexpectedInput, tokens: Sequence[Token]) -> FormulaError:
    token = getattr(error, "token", None)
    if not isinstance(token, Token):
        return FormulaError("this is no formula", tokens[0].start_pos or 0)
    before = [one for one in tokens if (one.end_pos or 0) <= (token.start_pos or 0)]
    start, end = token.start_pos or 0, token.end_pos or 0
    if before and before[-1].type == "FUNC":
        told = (
            f"{before[-1].partition('^')[0].rstrip(chr(39))} needs what it is taken of, in brackets"
        )
        return FormulaError(told, before[-1].start_pos or 0, before[-1].end_pos or 0)
    told = _TOLD.get(token.type, "this has no place here")
    if token.type == "$END":
        start = before[-1].start_pos or 0 if before else 0
        end = start + 1
    return FormulaError(told, start, end)


def _of(kind: str, parts: Sequence[Node], start: int, end: int, **more: Any) -> Node:
    depth = 1 + max((part.depth for part in parts), default=0)
    if depth > MOST_LAYERS:
        raise FormulaError("too much within one another", start, end)
    return Node(kind=kind, parts=tuple(parts), start=start, end=end, depth=depth, **more)


def _place(token: Token) -> tuple[int, int]:
    return token.start_pos or 0, token.end_pos or 0


class _Builder(Transformer[Token, Any]):
    """Makes a node of each rule, from the leaves up."""

    def number(self, found: list[Any]) -> Node:
        """A number as it is written."""
        start, end = _place(found[0])
        return Node(
            kind="number", value=float(found[0]), words=(str(found[0]),), start=start, end=end
        )

    def name(self, found: list[Any]) -> Node:
        """A name, with the index that follows a bar."""
        start, end = _place(found[0])
        return Node(kind="name", words=tuple(str(found[0]).split("|")), start=start, end=end)

    def group(self, found: list[Any]) -> Node:
        """What stands in brackets; they belong to its place."""
        _, inner, _ = found
        return _of("group", [inner], _place(found[0])[0], _place(found[-1])[1])

    def bars(self, found: list[Any]) -> Node:
        """A norm, a determinant or an absolute value."""
        opened, inner, closed = found
        kind = ("norm",) if opened.type == "LNORM" else ("bar",)
        return _of("bars", [inner], _place(opened)[0], _place(closed)[1], words=kind)

    def fraction(self, found: list[Any]) -> Node:
        """A fraction."""
        above, below = (one for one in found if isinstance(one, Node))
        return _of("over", [above, below], _place(found[0])[0], _place(found[-1])[1])

    def arguments(self, found: list[Any]) -> list[Any]:
        """What stands in a function's brackets."""
        return [one for one in found if not isinstance(one, Token)]

    def keyword(self, found: list[Any]) -> tuple[str, str]:
        """An argument with a name: ``axis=0``."""
        key, _, value = str(found[0]).partition("=")
        return key.strip(), value.strip()

    def call(self, found: list[Any]) -> Node:
        """A function of what stands in brackets."""
        function, _, arguments, closed = found
        return _call(str(function), arguments, _place(function)[0], _place(closed)[1])

    def bare_call(self, found: list[Any]) -> Node:
        """A function of what follows without brackets."""
        function, argument = found
        return _call(str(function), [argument], _place(function)[0], argument.end)

    def post(self, found: list[Any]) -> Callable[[Node], Node]:
        """What stands behind: T, an inverse, a plain power, an index."""
        word, _, detail = str(found[0]).partition(" ")
        end = _place(found[0])[1]
        if word == "T":
            return lambda base: _of("transpose", [base], base.start, end)
        if word == "inverse":
            return lambda base: _of("inverse", [base], base.start, end)
        if word in ("column", "row"):
            return lambda base: _of(word, [base], base.start, end)
        if word == "index":
            return lambda base: _of("index", [base], base.start, end, words=(detail,))
        return lambda base: _of(word, [base], base.start, end, value=float(detail))

    def raised(self, found: list[Any]) -> Callable[[Node], Node]:
        """An exponent that is an expression."""
        exponent: Node = found[1]
        return lambda base: _of("raised", [base, exponent], base.start, exponent.end)

    def method(self, found: list[Any]) -> Callable[[Node], Node]:
        """A call as NumPy writes it behind an array."""
        name, arguments = str(found[0]), found[2] or []
        end = _place(found[-1])[1]
        return lambda base: _call(name, [base, *arguments], base.start, end)

    def posted(self, found: list[Any]) -> Node:
        """A base with what stands behind it."""
        base, behind = found
        node: Node = behind(base)
        return node

    def juxtaposed(self, found: list[Any]) -> tuple[str, Node]:
        """A factor beside another one."""
        return "beside", found[0]

    def operated(self, found: list[Any]) -> tuple[str, Node]:
        """A factor behind an operator."""
        return str(found[0]), found[1]

    def negative(self, found: list[Any]) -> Node:
        """A factor with a minus."""
        sign, factor = found
        return _of("sum", [factor], _place(sign)[0], factor.end, words=("-",))

    def big_sum(self, found: list[Any]) -> Node:
        """The mark of a sum; what it runs over follows in the same product."""
        index, _, limit = str(found[0]).partition(" ")
        start, end = _place(found[0])
        return Node(kind="sum_mark", words=(index, limit), start=start, end=end)

    def term(self, found: list[Any]) -> Node:
        """A product; what stands behind the mark of a sum is summed."""
        return _product([("", found[0]), *found[1:]])

    def plus(self, found: list[Any]) -> tuple[str, Node]:
        """A term without a sign."""
        return "+", found[0]

    def plus_sign(self, found: list[Any]) -> tuple[str, Node]:
        """A term with a plus."""
        return "+", found[1]

    def minus(self, found: list[Any]) -> tuple[str, Node]:
        """A term with a minus."""
        return "-", found[1]

    def added(self, found: list[Any]) -> tuple[str, Node]:
        """A further term."""
        sign, node = found[1]
        return sign, node

    def taken(self, found: list[Any]) -> tuple[str, Node]:
        """A term that is taken away."""
        sign, node = found[1]
        return ("+" if sign == "-" else "-"), node

    def addition(self, found: list[Any]) -> Node:
        """All terms with their signs; one alone is itself."""
        if len(found) > MOST_FACTORS:
            raise FormulaError("too many terms", found[0][1].start, found[-1][1].end)
        if len(found) == 1 and found[0][0] == "+":
            node: Node = found[0][1]
            return node
        parts = [node for _, node in found]
        signs = tuple(sign for sign, _ in found)
        return _of("sum", parts, parts[0].start, parts[-1].end, words=signs)

    def compare(self, found: list[Any]) -> Node:
        """A condition."""
        left, sign, right = found
        return _of("compare", [left, right], left.start, right.end, words=(str(sign),))


def _call(name: str, arguments: list[Any], start: int, end: int) -> Node:
    name, _, power = name.partition("^")
    words = [f"{one[0]}={one[1]}" for one in arguments if isinstance(one, tuple)]
    parts = [one for one in arguments if isinstance(one, Node)]
    if not parts:
        raise FormulaError(f"{name} needs what it is taken of", start, end)
    call = _of("call", parts, start, end, words=(name, *words))
    # tanh²(z) is the square of tanh(z).
    return _of("power", [call], start, end, value=float(power)) if power else call


def _product(found: list[tuple[str, Node]]) -> Node:
    """Return a product of factors with the operators before each of them."""
    if len(found) > MOST_FACTORS:
        raise FormulaError("too many factors", found[0][1].start, found[-1][1].end)
    for place, (operator, factor) in enumerate(found):
        if factor.kind != "sum_mark":
            continue
        rest = found[place + 1 :]
        if not rest or rest[0][0] != "beside":
            raise FormulaError("a sum needs what it sums", factor.start, factor.end)
        body = _product([("", rest[0][1]), *rest[1:]])
        summed = _of("big_sum", [body], factor.start, body.end, words=factor.words)
        found = [*found[:place], (operator, summed)]
        break
    if len(found) == 1:
        return found[0][1]
    parts = [factor for _, factor in found]
    operators = tuple(operator for operator, _ in found[1:])
    return _of("chain", parts, parts[0].start, parts[-1].end, words=operators)

"""Which sum, which product is meant, and do its parts fit together?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from grader.formula.errors import FormulaError, ShapeError
from grader.formula.making import made, sized, spanned, told_of, transposed, unfit
from grader.formula.tree import OPEN, Node, Shape, Term

if TYPE_CHECKING:
    from grader.formula.meaning import Reader

_LOOSE = frozenset({"had"})

# --- sums ------------------------------------------------------------------------------------


def added(reader: Reader, terms: list[Term], signs: Sequence[str], at: Node) -> Term:
    """Return a sum; an identity takes the size of what it is added to."""
    side = next(
        (t.shape[0] for t in terms if OPEN not in t.shape and t.shape[0] == t.shape[1] != 1), None
    )
    if side is not None:
        terms = [sized(term, side) if OPEN in term.shape else term for term in terms]
    if len(terms) == 1:
        (term,) = terms
        return made("neg", (term,), term.shape, at, is_entrywise=term.is_entrywise)
    whole = terms[0]
    for term in terms[1:]:
        whole = _joined(reader, whole, term, at)
    return made(
        "add",
        tuple(terms),
        whole.shape,
        at,
        word="".join(signs),
        # Nobody adds a number to a vector but entry by entry.
        is_entrywise=any(t.is_entrywise or t.is_scalar != whole.is_scalar for t in terms),
    )


def _joined(reader: Reader, left: Term, right: Term, at: Node) -> Term:
    """Return whichever of two terms has the shape of their sum."""
    if left.shape == right.shape:
        return left
    for number, other in ((left, right), (right, left)):
        is_square = other.shape[0] == other.shape[1]
        if number.is_scalar and (not is_square or other.is_entrywise) and OPEN not in other.shape:
            return other
        if number.is_scalar and is_square and not other.is_scalar:
            error = unfit(reader.words, left, right, "added")
            told = f"{error.told}; a number beside a matrix needs an identity, as in \\beta I"
            raise ShapeError(told, error.start, error.end)
    if reader.words.broadcasts:
        for vector, other in ((left, right), (right, left)):
            if vector.is_vector and _spreads(vector.shape, other.shape):
                return other
    raise unfit(reader.words, left, right, "added")


def _spreads(vector: Shape, whole: Shape) -> bool:
    """Whether a vector can stand for every column, or every row, of a matrix."""
    is_column = vector[1] == 1
    return vector[0] == whole[0] if is_column else vector[1] == whole[1]


# --- products --------------------------------------------------------------------------------


def multiplied(reader: Reader, terms: list[Term], signs: Sequence[str], at: Node) -> Term:
    """Return a product of factors, in the first reading in which the shapes fit.

    The entrywise product binds loosest, then all others from left to right. Where that does not
    fit, all bind alike from the left, then ``*`` loosest too, then all from the right.
    """
    readings: list[Callable[[], Term]] = [
        lambda: _split(reader, terms, signs, _LOOSE, at),
        lambda: _from_left(reader, terms, signs, at),
        lambda: _split(reader, terms, signs, _LOOSE | {"star", "mul"}, at),
        lambda: _from_right(reader, terms, signs, at),
    ]
    first: ShapeError | None = None
    for reading in readings:
        try:
            return reading()
        except ShapeError as error:
            first = first or error
    assert first is not None, "a reading succeeds or says why not"
    raise first


def _split(
    reader: Reader, terms: list[Term], signs: Sequence[str], loose: frozenset[str], at: Node
) -> Term:
    """Return the product of pieces between loose operators, each from the left."""
    pieces: list[tuple[str, list[Term], list[str]]] = [("", [terms[0]], [])]
    for sign, term in zip(signs, terms[1:], strict=True):
        if sign in loose:
            pieces.append((sign, [term], []))
        else:
            pieces[-1][1].append(term)
            pieces[-1][2].append(sign)
    whole: Term | None = None
    for sign, factors, inner in pieces:
        piece = _from_left(reader, factors, inner, at)
        whole = piece if whole is None else product(reader, sign, whole, piece, at)
    assert whole is not None, "there is one piece at least"
    return whole


def _from_left(reader: Reader, terms: list[Term], signs: Sequence[str], at: Node) -> Term:
    whole = terms[0]
    for sign, term in zip(signs, terms[1:], strict=True):
        whole = product(reader, sign, whole, term, at)
    return whole


def _from_right(reader: Reader, terms: list[Term], signs: Sequence[str], at: Node) -> Term:
    whole = terms[-1]
    for sign, term in zip(reversed(signs), reversed(terms[:-1]), strict=True):
        whole = product(reader, sign, term, whole, at)
    return whole


def product(reader: Reader, sign: str, left: Term, right: Term, at: Node | Term) -> Term:
    """Return the product of two factors that an operator means."""
    if sign == "over":
        return divided(reader, left, right, at)
    if left.is_scalar or right.is_scalar:
        number, other = (left, right) if left.is_scalar else (right, left)
        entrywise = other.is_entrywise
        return spanned("scale", number, other, other.shape, entrywise)
    if left.op == "eye" and OPEN in left.shape and sign != "had":
        return right
    if right.op == "eye" and OPEN in right.shape and sign != "had":
        return left
    left, right = _sized_both(left, right)
    if sign == "outer":
        return _outer(reader, left, right, at)
    if sign in ("had", "star") and left.shape == right.shape:
        return _entrywise(left, right)
    if sign == "had":
        return _spread(reader, left, right, at)
    return _matrix_product(reader, sign, left, right, at)


def _sized_both(left: Term, right: Term) -> tuple[Term, Term]:
    if OPEN in left.shape and OPEN not in right.shape:
        left = sized(left, right.shape[0])
    elif OPEN in right.shape and OPEN not in left.shape:
        right = sized(right, left.shape[1])
    return left, right


def _entrywise(left: Term, right: Term) -> Term:
    return spanned("had", left, right, left.shape, True)


def _spread(reader: Reader, left: Term, right: Term, at: Node | Term) -> Term:
    """Return the entrywise product of a matrix and a vector that scales its rows or columns."""
    for vector, other in ((left, right), (right, left)):
        if vector.is_vector and not other.is_vector and _spreads(vector.shape, other.shape):
            return spanned("had", left, right, other.shape, True)
    raise unfit(reader.words, left, right, "multiplied entry by entry")


def _matrix_product(reader: Reader, sign: str, left: Term, right: Term, at: Node | Term) -> Term:
    is_marked = left.is_entrywise or right.is_entrywise or sign in ("dot", "star", "mul")
    same = left.shape == right.shape
    if same and left.is_vector:
        # Two columns have no matrix product: z σ(z) goes entry by entry, NumPy's x @ y is a number.
        if sign == "at":
            return _inner(left, right, at)
        if is_marked:
            return _entrywise(left, right)
    if left.shape[1] == right.shape[0]:
        shape = (left.shape[0], right.shape[1])
        return spanned("matmul", left, right, shape, False)
    if same and is_marked:
        return _entrywise(left, right)
    if sign == "at" and left.is_column and left.shape[0] == right.shape[0]:
        # NumPy's g @ W of a vector, which is Wᵀ g.
        turned = transposed(right, right)
        return spanned("matmul", turned, left, (right.shape[1], 1), False)
    raise unfit(reader.words, left, right, "multiplied")


def _inner(left: Term, right: Term, at: Node | Term) -> Term:
    row = left if left.shape[0] == 1 else transposed(left, at)
    column = right if right.shape[1] == 1 else transposed(right, at)
    return spanned("matmul", row, column, (1, 1), False)


def _outer(reader: Reader, left: Term, right: Term, at: Node | Term) -> Term:
    if not (left.is_vector and right.is_vector):
        raise unfit(reader.words, left, right, "multiplied as vectors")
    column = left if left.is_column else transposed(left, at)
    row = transposed(right, at) if right.is_column else right
    return spanned("matmul", column, row, (column.shape[0], row.shape[1]), False)


def divided(reader: Reader, above: Term, below: Term, at: Node | Term) -> Term:
    """Return a quotient: by a number, or entry by entry."""
    if below.is_scalar:
        return spanned("over", above, below, above.shape, above.is_entrywise)
    is_clear = below.is_vector or below.is_entrywise
    if is_clear and (above.is_scalar or above.shape == below.shape):
        return spanned("over", above, below, below.shape, True)
    told = f"{told_of(reader.words, below)}: nothing can be divided by it; an inverse is A^{{-1}}"
    raise ShapeError(told, below.start, below.end)


# --- functions of whole arrays -----------------------------------------------------------------


def called(reader: Reader, op: str, args: list[Term], keywords: list[str], at: Node) -> Term:
    """Return what a function of whole arrays means."""
    two: dict[str, Callable[[Term, Term], Term]] = {
        "product": lambda a, b: product(reader, "at", a, b, at),
        "inner": lambda a, b: product(reader, "at", a, b, at),
        "outer": lambda a, b: _outer(reader, a, b, at),
        "had": lambda a, b: product(reader, "had", a, b, at),
        "solve": lambda a, b: product(reader, "at", reader.inverted(a, at), b, at),
        "maximum": lambda a, b: _larger(reader, a, b, at),
    }
    if op in two:
        _must_have(args, 2, at)
        return two[op](*args)
    if op == "where":
        _must_have(args, 3, at)
        condition, yes, no = args
        for one in (yes, no):
            if not one.is_scalar and one.shape != condition.shape:
                raise unfit(reader.words, condition, one, "chosen from")
        return made("where", tuple(args), condition.shape, at, is_entrywise=True)
    if op == "powered":
        _must_have(args, 2, at)
        if args[1].op not in ("const", "neg"):
            raise FormulaError("the exponent must be a number here", at.start, at.end)
        value = args[1].value if args[1].op == "const" else -args[1].args[0].value
        return reader.entry(args[0], value, at)
    _must_have(args, 1, at)
    return _of_one(reader, op, args[0], keywords, at)


def _must_have(args: list[Term], count: int, at: Node) -> None:
    if len(args) != count:
        told = f"this function is of {('one thing', 'two things', 'three things')[count - 1]}"
        raise FormulaError(told, at.start, at.end)


def _larger(reader: Reader, left: Term, right: Term, at: Node) -> Term:
    if not (left.is_scalar or right.is_scalar or left.shape == right.shape):
        raise unfit(reader.words, left, right, "compared")
    shape = right.shape if left.is_scalar else left.shape
    return made("maximum", (left, right), shape, at, is_entrywise=True)


def _of_one(reader: Reader, op: str, inner: Term, keywords: list[str], at: Node) -> Term:
    if op == "T":
        return transposed(inner, at)
    if op == "inverse":
        return reader.inverted(inner, at)
    if op in ("eye", "ones"):
        if inner.op != "name" or inner.word not in reader.words.sizes:
            raise FormulaError(f"{op} needs a size, as in {op}(N)", at.start, at.end)
        shape: Shape = (inner.word, inner.word if op == "eye" else 1)
        return Term(op=op, shape=shape)
    if op in ("det", "logdet"):
        return reader.determinant(op, inner, at)
    if op in ("sum", "mean"):
        return _summed(reader, op, inner, keywords, at)
    if op == "diag":
        if inner.is_vector:
            side = inner.shape[0] if inner.is_column else inner.shape[1]
            return made("diag", (inner,), (side, side), at)
        return made("undiag", (_square(reader, inner, at),), (inner.shape[0], 1), at)
    if op == "trace":
        return made("trace", (_square(reader, inner, at),), (1, 1), at)
    if op in ("norm", "abs"):
        shape = (1, 1) if op == "norm" else inner.shape
        return made(op, (inner,), shape, at, is_entrywise=op == "abs")
    if op == "softmax":
        if reader.words.rows_are_examples and not inner.is_column:
            turned = transposed(inner, at)
            return transposed(made("softmax", (turned,), turned.shape, at, is_entrywise=True), at)
        return made("softmax", (inner,), inner.shape, at, is_entrywise=True)
    raise FormulaError(f"{told_of(reader.words, inner)}: not known here", at.start, at.end)


def _square(reader: Reader, inner: Term, at: Node) -> Term:
    if inner.shape[0] != inner.shape[1] or OPEN in inner.shape:
        told = f"{told_of(reader.words, inner)}: only a square matrix has this"
        raise ShapeError(told, at.start, at.end)
    return inner


def _summed(reader: Reader, op: str, inner: Term, keywords: list[str], at: Node) -> Term:
    axis = next((k.partition("=")[2] for k in keywords if k.startswith("axis")), "")
    rows, columns = inner.shape
    summed = {
        "": ("sum_all", (1, 1), (rows, columns)),
        "0": ("sum_rows", (1, columns), (rows,)),
        "1": ("sum_columns", (rows, 1), (columns,)),
        "-1": ("sum_columns", (rows, 1), (columns,)),
    }[axis]
    name, shape, over = summed
    # A sum over the axis of NumPy's vector is that of a column.
    if axis and inner.is_vector:
        name, shape, over = "sum_all", (1, 1), (rows, columns)
    total = made(name, (inner,), shape, at)
    if op == "sum":
        return total
    for side in over:
        if side != 1:
            count = Term(op="name", word=str(side), start=at.start, end=at.end)
            total = made("over", (total, count), shape, at)
    return total

"""How is a factor called, by what it stands before? A forgotten mean, a doubled penalty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from grader.diagnosis.fitting import Match
from grader.diagnosis.guesses import Mistake
from grader.diagnosis.symbols import batch_name

_WHOLE = {
    "0": ("zero", "it is 0 throughout"),
    "-1": ("sign", "its sign is the wrong way round"),
    "2": ("doubled", "it is twice too large"),
    "1/2": ("halved", "it is halved"),
    "N": ("mean_missing", "the mean over the batch is missing"),
    "1/N": ("mean_twice", "it is divided by {N} once too often"),
}
_PENALTY = {
    "0": ("penalty_missing", "the penalty is left out"),
    "-1": ("penalty_sign", "the penalty's sign is the wrong way round"),
    "2": ("penalty_doubled", "the penalty is twice too large"),
    "1/2": ("penalty_halved", "the penalty is halved"),
    "1/reg": ("penalty_not_scaled", "the penalty is not multiplied by reg"),
    "reg": ("penalty_scaled_twice", "the penalty is multiplied by reg once too often"),
    "1/N": ("penalty_over_n", "the penalty is divided by {N} as well"),
    "N": ("penalty_not_scaled", "the penalty is not divided by {N}"),
}
_DATA = {
    "0": ("data_term_missing", "only the penalty is there, without the part from the data"),
    "-1": ("data_term_sign", "the sign of the part from the data is the wrong way round"),
    "2": ("data_term_doubled", "the part from the data is twice too large"),
    "1/2": ("data_term_halved", "the part from the data is halved"),
    "N": ("mean_missing", "the mean over the batch is missing in the part from the data"),
    "1/N": ("mean_twice", "the part from the data is divided by {N} once too often"),
}
_PATH = {
    "0": ("path_missing", "the {part} is left out"),
    "-1": ("path_sign", "the sign of the {part} is the wrong way round"),
    "2": ("path_doubled", "the {part} counts twice"),
    "1/2": ("path_halved", "the {part} counts half"),
}
_STATISTIC = {
    **_PATH,
    "N": ("sum_for_mean", "the path by the {part} takes a sum where a mean is right"),
}
_TABLES: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "": _WHOLE,
    "penalty": _PENALTY,
    "data": _DATA,
    "mean": _STATISTIC,
    "variance": _STATISTIC,
}
_STEMS = {"": "factor", "penalty": "penalty_factor", "data": "data_term_factor"}


def mistakes_of(match: Match, sizes: Mapping[str, float]) -> tuple[Mistake, ...]:
    """Return every mistake that a match is made of.

    Parameters
    ----------
    match
        A guess's own mistake and factors.
    sizes
        The numbers of a draw, which tell what the batch is called.
    """
    own = () if match.mistake is None else (match.mistake,)
    batch = batch_name(sizes)
    return (*own, *(_named(part, name, batch) for part, name in _factors(match).items()))


def _factors(match: Match) -> dict[str, str]:
    """Return part -> name of its factor; all parts together if they share it."""
    names = {symbol.name for symbol in match.factors.values()}
    if len(names) == 1:
        (name,) = names
        return {} if name == "1" else {"": name}
    return {part: symbol.name for part, symbol in match.factors.items() if symbol.name != "1"}


def _named(part: str, factor: str, batch: str) -> Mistake:
    plain = {batch: "N", f"1/{batch}": "1/N"}.get(factor, factor) if batch else factor
    table = _TABLES.get(part, _PATH)
    if plain in table:
        name, clause = table[plain]
        return Mistake(name=name, clause=clause.format(part=part, N=batch))
    of = f"the {part} is" if part else "it is"
    return Mistake(
        name=f"{_STEMS.get(part, 'path_factor')}_{_size_of(factor)}".rstrip("_"),
        clause=f"{of} multiplied by {factor}",
    )


def _size_of(factor: str) -> str:
    """Return what a factor speaks of, whether it multiplies or divides.

    >>> _size_of("1/D"), _size_of("1/(N*C)"), _size_of("-2")
    ('D', 'N*C', '-2')
    """
    rest = factor.removeprefix("1/")
    return rest[1:-1] if rest != factor and rest.startswith("(") else rest


def joined(mistakes: Sequence[Mistake]) -> Mistake:
    """Return several mistakes at once as one, their names joined by ``+``.

    >>> joined([Mistake(name="a", clause="x"), Mistake(name="b", clause="y")]).name
    'a+b'
    """
    if len(mistakes) == 1:
        return mistakes[0]
    unique = {mistake.name: mistake for mistake in mistakes}
    return Mistake(
        name="+".join(sorted(unique)),
        clause=" and ".join(dict.fromkeys(mistake.clause for mistake in mistakes)),
    )

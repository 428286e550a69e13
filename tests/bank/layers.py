"""Wrong variants of the affine layer, with and without a ReLU."""

from __future__ import annotations

from collections.abc import Iterator

from tests.bank.rows import Row, everywhere, row

_DW = "x.reshape(len(x), -1).T @ dout"


def _layer(problem: str) -> Iterator[Row]:
    """Yield the mistakes of an affine layer."""
    yield from everywhere(problem, _DW, "return dx, {}, dout", spoils="dw")
    yield row(
        *(problem, "bias_averaged", "db is averaged."),
        (f"{_DW}, dout.sum(axis=0)", f"{_DW}, dout.mean(axis=0)"),
        spoils="db",
        names="bias_averaged mean_twice",
    )
    yield row(
        *(problem, "bias_not_summed", "db has a row for each example."),
        (f"{_DW}, dout.sum(axis=0)", f"{_DW}, dout"),
        spoils="db",
        names="bias_not_summed",
    )
    yield row(
        *(problem, "input_not_reshaped", "dx stays flat."),
        ("dx = (dout @ w.T).reshape(x.shape)", "dx = dout @ w.T"),
        spoils="dx",
        names="reshaped",
    )
    yield row(
        *(problem, "input_reshaped_in_fortran_order", "dx is bent into shape column by column."),
        (".reshape(x.shape)", '.reshape(x.shape, order="F")'),
        spoils="dx",
        names="wrong_order",
    )
    yield row(
        *(problem, "wrong_side_where_it_fits", "w stands for its transpose where it is square."),
        ("(dout @ w.T)", "(dout @ (w if len(set(w.shape)) == 1 else w.T))"),
        spoils="dx",
        names="not_transposed",
        cases="square",
    )
    yield row(
        *(problem, "transposed", "dw is handed back transposed."),
        (f"return dx, {_DW}", f"return dx, ({_DW}).T"),
        spoils="dw",
        names="transposed",
    )
    yield row(
        *(problem, "bias_forgotten", "b is not added."),
        ("out: Array = x.reshape(len(x), -1) @ w + b", "out: Array = x.reshape(len(x), -1) @ w"),
        spoils="out" if problem == "affine" else "out dx dw db",
        names="bias_missing",
    )


_MASK = "dout * relu_derivative(affine(x, w, b))"

ROWS: tuple[Row, ...] = (
    *_layer("affine"),
    *_layer("affine_relu"),
    row(
        *("affine_relu", "mask_without_bias", "The mask is that of x w, without b."),
        (_MASK, "dout * relu_derivative(affine(x, w, 0.0 * b))"),
        spoils="dx dw db",
        names="mask_without_bias",
    ),
    row(
        *("affine_relu", "mask_missing", "The ReLU's derivative is forgotten."),
        (_MASK, "dout"),
        spoils="dx dw db",
        names="mask_missing",
    ),
    row(
        *(
            "affine_relu",
            "mask_of_the_incoming_gradient",
            "Negative incoming gradients are dropped.",
        ),
        (_MASK, "np.maximum(dout, 0.0)"),
        spoils="dx dw db",
        names="derivative_wrong",
    ),
    row(
        *("affine_relu", "mask_for_the_bias_only", "Only db is made of the masked gradient."),
        (
            f"return affine_gradients({_MASK}, x, w)",
            f"return *affine_gradients(dout, x, w)[:2], ({_MASK}).sum(axis=0)",
        ),
        spoils="dx dw",
        names="mask_missing",
    ),
)

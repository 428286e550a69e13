"""How is a thing spelt? The tables of LaTeX commands, of signs, and of words that mean the same."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

GREEK = frozenset(
    "alpha beta gamma delta epsilon varepsilon zeta eta theta kappa lambda mu nu xi pi rho sigma "
    "tau phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega ell".split()
)
SIGNS: Mapping[str, str] = {
    **dict(
        zip(
            "αβγδεζηθκλμνξπρστφϕχψωΓΔΘΛΞΠΣΦΨΩℓ",
            "alpha beta gamma delta epsilon zeta eta theta kappa lambda mu nu xi pi rho sigma tau "
            "phi phi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega ell".split(),
            strict=True,
        )
    )
}
"""Greek letters as signs."""
SAME: Mapping[str, str] = {
    "varphi": "phi",
    "varepsilon": "epsilon",
    "ell": "L",
    "mathcalL": "L",
    "loss": "L",
    "J": "L",
}
FONTS = frozenset(
    "mathbf boldsymbol bm mathrm mathit mathsf mathcal mathbb mathtt mathnormal text textbf textit "
    "textrm textsf operatorname pmb vec underline bf rm it sf cal tt bfseries mbox hbox "
    "operatornamewithlimits symbf symbfit symup".split()
)
"""Commands that change how letters look, not what they mean."""
ACCENTS = frozenset("hat tilde bar widehat widetilde overline check breve".split())
SPACES = re.compile(
    r"\\(?:qquad|quad|displaystyle|textstyle|scriptstyle|nonumber|notag|limits|nolimits|left|right"
    r"|[bB]ig+[lrm]?|middle|hfill|allowbreak|hspace\*?\{[^{}]*\}|vspace\*?\{[^{}]*\}"
    r"|label\{[^{}]*\}|tag\*?\{[^{}]*\}|(?:begin|end)\{[A-Za-z]+\*?\}(?:\{[lcr ]*\})?"
    r"|enspace|thinspace|strut|mathstrut|boxed|phantom\{[^{}]*\})(?![A-Za-z])|\\[,;:!> ]|~"
    r"|\\[\[\]()](?![0-9.]+(?:pt|em|ex)\])|\$|&|[\u200b\u00a0\u2060-\u2064\ufeff]|`"
    r"|\\(?:text)?color\s*\{[^{}\n]*\}|\\(?:blacksquare|square|Box|qed)(?![A-Za-z])|[∎■□]"
    r"|(?<![\w.\\])return(?=\s)"
    # What is said of its size: \in \mathbb{R}^{m \times n}.
    r"|(?:\\in(?![A-Za-z])|∈)\s*(?:\\(?:mathbb|mathbf|mathrm|Bbb)\s*\{?\s*R\s*\}?|\\?R|ℝ)(?![A-Za-z])"
    r"(?:\s*\^\s*(?:\{[^{}\n]*\}|\([^()\n]*\)|[A-Za-z0-9]+(?:\s*×\s*[A-Za-z0-9]+)?))?"
)
"""What is only there for the eye."""
SAID_EQUAL = re.compile(r"\\(?:triangleq|equiv|coloneqq|doteq|eqqcolon)(?![A-Za-z])|[≡≜≐]")
"""What is written for an equals sign."""
BRACED = re.compile(r"\\(?:under|over)brace\s*(?=\{)")
"""A brace under or over a piece, whose name follows it."""
LOOK_ALIKE: Mapping[int, str] = {
    **{ord(a): b for a, b in zip("〖〗’‘◦○⨀⊺𝖳", "()''∘∘⊙⊤T", strict=True)},
    **{
        code: told
        for code in range(0x1D400, 0x1D7CC)
        if len(told := unicodedata.normalize("NFKC", chr(code))) == 1 and told.isalpha()
    },
    **{code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x1D6A8, 0x1D800)},
}
"""Letters of mathematical fonts and signs as word processors put them -> what is meant."""
OPERATORS: Mapping[str, str] = {
    "+": "PLUS",
    "-": "MINUS",
    "−": "MINUS",
    "–": "MINUS",
    "·": "dot",
    "⋅": "dot",
    "×": "times",
    "∗": "star",
    "⊙": "had",
    "∘": "had",
    "⊗": "outer",
    "∙": "dot",
    "/": "over",
    "÷": "over",
    "@": "at",
    "*": "star",
    "<": "CMP<",
    ">": "CMP>",
    "≤": "CMP<=",
    "≥": "CMP>=",
}
COMMANDS: Mapping[str, str] = {
    "cdot": "dot",
    "times": "times",
    "odot": "had",
    "circ": "had",
    "bullet": "had",
    "ast": "star",
    "otimes": "outer",
    "div": "over",
    "gt": "CMP>",
    "lt": "CMP<",
    "geq": "CMP>=",
    "ge": "CMP>=",
    "leq": "CMP<=",
    "le": "CMP<=",
}
"""Commands that are operators: a kind of factor, or of comparison."""
TRANSPOSED = re.compile(
    r"\s*(?:\\top|\\intercal|\\T|\\transpose|T|ᵀ|⊤|t"
    r"|\\(?:mathsf|mathrm|text|mathtt|intercal|rm|sf|textsf|textrm)\s*\{?\s*T\s*\}?"
    r"|\{\s*(?:\\top|T)\s*\})\s*"
)
INVERTED = re.compile(r"\s*(?:\{\s*)?[-−]\s*1\s*(?:\})?\s*")
BOTH = re.compile(
    r"\s*(?:[-−]\s*1\s*)?[-−]?\s*(?:\\top|T|\\intercal|\\mathsf\s*\{?\s*T\s*\}?"
    r"|\\mathrm\s*\{?\s*T\s*\}?)\s*"
)
PRIMED = re.compile(r"\s*(?:\\prime|'|′)\s*")
LAYER = re.compile(r"\s*[(\[]\s*([0-9]{1,2}|[a-zA-Z])\s*[)\]]\s*")
ENTRY_POWER = re.compile(r"\s*(?:\\odot|\\circ|⊙|∘)\s*([-−]?[0-9]{1,2})\s*")
NUMBER = re.compile(r"(?:[0-9]{1,30}(?:\.[0-9]{0,30})?|\.[0-9]{1,30})(?:[eE][-+]?[0-9]{1,3})?")
POWER_NUMBER = re.compile(r"\s*([-−+]?\s*(?:[0-9]{1,3}(?:\.[0-9]{1,6})?|\.[0-9]{1,6}))\s*")
COMPARED = re.compile(r"[<>≤≥]|\\(?:gt|lt|ge|le|geq|leq)(?![A-Za-z])|(?<![A-Za-z])=")
"""What makes of brackets a condition."""
WORD = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)*")
COMMAND = re.compile(r"\\([A-Za-z]+|.)")
LOSS = (
    r"(?:\\(?:mathcal|mathrm|mathscr|boldsymbol|ell)\s*\{?\s*)?"
    r"(?P<of>[LJ](?![a-zA-Z])|\\ell|ℓ|\\log\s*p|loss)\s*\}?\s*(?:_\s*\{?\s*(?P<part>[0-9])\s*\}?)?"
    r"(?:\s*\(\s*\\?[A-Za-z]+\s*\))?"
)
"""What is differentiated: L, its part L_1, with what it depends on."""
SEPARATING_WORDS = re.compile(
    r"\\(?:text|mathrm|textrm|mbox)\s*\{\s*,?\s*(?:where|with|and|so|hence|thus|then|therefore|for|"
    r"i\.e\.|let|since|because|using|given|given that|if|when|as|note|note that|here)\s*:?,?\s*\}"
    r"|(?<![A-Za-z.])where(?=\s+\\?[A-Za-z][^=\n]{0,40}=)"
)
"""Words between statements."""
REMARKS = re.compile(
    # \text{(chain rule)}, \text{by (3)}: words with a space, a colon or brackets, and no function.
    r"\\(?:text|textrm|textit|textbf|textsf|mbox)\s*\{"
    r"(?=[^{}]*[A-Za-z]{3}|\W*by\b)(?=\s*[^{}\s][^{}]*[\s:(),][^{}\s]|[^{}]*[:)]\s*\})[^{}\\^_=+*$]*\}"
    r"(?!\s*['^_(])"
    # \quad (2) at the end of a line: its number.
    r"|\\q?quad\s*\([0-9]{1,2}[a-z]?\)(?=\s*(?:[.,]?\s*$|\\end|\$))",
    re.MULTILINE,
)
"""What is said of a line behind it."""
WHERE = re.compile(r"(?<![A-Za-z.])where(?![A-Za-z(])")
"""A word behind which definitions follow what uses them."""

"""What all implementations share: the words, the checks and the contract.

torch_impl and jax_impl import from reference this module alone, and so
nothing of its arithmetic: a parity test between two files that share code
would prove nothing.
"""

from reference.clauses import CLAUSES, Clause
from reference.contract import Contract
from reference.contract.crew import (
    RankError,
    ask_crew,
    free_port,
    is_member,
    time_limit,
)
from reference.validation import check_keep_prob
from reference.vocabulary import (
    ACTIVATIONS,
    AUGMENTATIONS,
    DTYPES,
    OUTPUTS,
    RULES,
    THRESHOLDS,
    Dropout,
    Layer,
    Network,
    Parameters,
)

__all__ = [
    "ACTIVATIONS",
    "AUGMENTATIONS",
    "CLAUSES",
    "DTYPES",
    "OUTPUTS",
    "RULES",
    "THRESHOLDS",
    "Clause",
    "Contract",
    "Dropout",
    "Layer",
    "Network",
    "Parameters",
    "RankError",
    "check_keep_prob",
    "ask_crew",
    "free_port",
    "is_member",
    "time_limit",
]

"""The search for mistakes that together explain the answers of a method.

From the easiest question on: where the mistakes so far do not give the
guest's answer, each of the others is tried beside them, then each two of
them, and the one is taken that explains the most of all answers, the right
ones among them.
"""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Iterable
from typing import Any

import numpy as np

import reference
from parity_tests.judging.answers import (
    ROUNDING,
    alike,
    changed,
    near,
    numbers,
    paired,
    replay,
)
from parity_tests.judging.consequences import Differentiated
from parity_tests.judging.guest import Call
from parity_tests.mistakes import Mistake, Mistaken
from parity_tests.wrong.mistake import changes_result, in_force, twin
from reference import Layer
from reference.stable_forms import replaced

__all__ = ["Search"]

Together = tuple[Mistake, ...]

PAIRS = 1500
"""Pairs that are tried at a question, at most: seconds."""
PATIENCE = 6
"""Questions that may stay unexplained before the rest is left."""
DIFFERENCES = 1e-6
"""What a gradient by differences may be wrong by, of its largest entry."""


class Search:
    """asked are all questions of one method with the guest's answers, in
    their order; candidates the mistakes that may show in them."""

    def __init__(
        self,
        candidates: list[Mistake],
        asked: list[Call],
        dtype: str,
        ranks: int = 1,
    ) -> None:
        self.candidates, self.asked, self.dtype = candidates, asked, dtype
        self.ranks = ranks
        self.exact: Any = reference.implementation(dtype=dtype)
        self.rights = [replay(self.exact, call) for call in asked]
        self.wrong = [
            not alike(call.answer, right, dtype)
            for call, right in zip(asked, self.rights, strict=True)
        ]
        self.explained: dict[tuple[Together, int], bool] = {}
        self.shown: dict[tuple[Mistake, int], bool] = {}
        self.known: set[Mistake] = set()
        self.cast: dict[int, tuple[list[Any], dict[str, Any]]] = {}

    def explanation(self, known: list[Mistake]) -> Together:
        """The mistakes that explain the answers, those that are known
        already if they do; none if nothing wrong is explained."""
        self.known = set(known)
        together = self.start(known)
        misses = 0
        for k in range(len(self.asked)):
            if misses > PATIENCE:
                break
            if self.explains(together, k):
                continue
            more = self.better(together, k, pairs=misses < 2)
            if more:
                together = more
            else:
                misses += 1
        together = self.simplest(together)
        wrong = sum(self.wrong)
        # What explains half of them is another mistake that agrees there.
        return together if 2 * self.left(together) < wrong else ()

    def simplest(self, together: Together) -> Together:
        """One mistake in place of several, or without one of them, if that
        explains as much."""
        if len(together) < 2:
            return together
        known = {m for m in together if m in self.known}
        # In their order: a name must not depend on where objects lie.
        singles = dict.fromkeys(e for e, _ in self.explained if len(e) == 1)
        fewer = [
            tuple(m for m in together if m is not left_out)
            for left_out in together
        ]
        enough = self.count(together)
        options = [] if known else [*singles]
        for each in (*options, *fewer):
            if self.count(each) >= enough:
                return self.simplest(each)
        return together

    def left(self, together: Together) -> int:
        """How many of the wrong answers they do not explain."""
        return sum(
            bad and not self.explains(together, k)
            for k, bad in enumerate(self.wrong)
        )

    def start(self, known: list[Mistake]) -> Together:
        """Of what is known, all, none or one: what explains the most, and
        of equals the one that is made in earlier methods already."""
        options: list[Together] = [(), *((m,) for m in known)]
        if len(known) > 1 and apart(known):
            options.append(tuple(known))
        return max(options, key=lambda each: (self.count(each), len(each)))

    def better(self, together: Together, k: int, pairs: bool) -> Together:
        """These and one more, or two, that explain that question too and
        more questions than before; none if there are no such."""
        more = [
            (*together, m)
            for m in self.candidates
            if m not in together and apart((*together, m))
        ]
        before = self.count(together)
        for options in (more, self.pairs(together, k) if pairs else []):
            found = [
                each
                for each in options
                if self.explains(each, k) and self.spares(each)
            ]
            best = max(found, key=self.count, default=())
            if best and self.count(best) > before:
                return best
        return ()

    def spares(self, together: Together) -> bool:
        """Whether they leave right what the guest has right: a mistake that
        does not was not made, whatever it explains by chance."""
        return all(
            bad or self.explains(together, k)
            for k, bad in enumerate(self.wrong)
        )

    def pairs(self, together: Together, k: int) -> list[Together]:
        """Two more, the likely first: neither changes what the guest has
        right there, both together change all that it has wrong."""
        call, right = self.asked[k], self.rights[k]
        if not all(np.isfinite(a).all() for a in numbers(call.answer)):
            # What is no number says little: too many would fit.
            return []
        wrong = changed(call.answer, right, self.dtype)
        ranked: list[tuple[int, Mistake, list[bool]]] = []
        for m in self.candidates:
            if m in together or not apart((*together, m)):
                continue
            answer = self.replayed((*together, m), call)
            if answer is None:
                continue
            changes = changed(answer, right, self.dtype)
            if len(changes) != len(wrong):
                # The guest leaves arrays out: those at the end are there.
                changes = changes[-len(wrong) :]
            spares = all(
                bad or not other
                for bad, other in zip(wrong, changes, strict=True)
            )
            if spares and any(changes):
                score = changed(call.answer, answer, self.dtype).count(True)
                ranked.append((score, m, changes))
        ranked.sort(key=lambda each: each[0])
        indices = itertools.combinations(range(len(ranked)), 2)
        fitting = (
            (*together, ranked[i][1], ranked[j][1])
            # The sum of the ranks grows.
            for i, j in sorted(indices, key=sum)
            if apart((ranked[i][1], ranked[j][1]))
            and [
                a or b for a, b in zip(ranked[i][2], ranked[j][2], strict=True)
            ]
            == wrong
        )
        return list(itertools.islice(fitting, PAIRS))

    def count(self, together: Together) -> int:
        """How many answers they explain."""
        return sum(self.explains(together, k) for k in range(len(self.asked)))

    def explains(self, together: Together, k: int) -> bool:
        """Whether with these mistakes that answer is the guest's."""
        if not together:
            return not self.wrong[k]
        at = together, k
        if at not in self.explained:
            self.explained[at] = self.gives(together, self.asked[k])
            if not self.explained[at]:
                # What does not show there does not hide what follows.
                shown = tuple(m for m in together if self.shows(m, k))
                self.explained[at] = shown != together and self.explains(
                    shown, k
                )
        return self.explained[at]

    def shows(self, mistake: Mistake, k: int) -> bool:
        """Whether it alone changes that answer."""
        at = mistake, k
        if at not in self.shown:
            answer = self.replayed((mistake,), self.asked[k])
            self.shown[at] = answer is None or not alike(
                answer, self.rights[k], self.dtype
            )
        return self.shown[at]

    def gives(self, together: Together, call: Call) -> bool:
        """In their equations; or by their consequences, where the guest
        differentiates by a library."""
        for shares in self.ways_to_share(together):
            with replaced("data_parallel", "shares", shares):
                answer = self.replayed(together, call)
            if answer is not None and alike(call.answer, answer, self.dtype):
                return True
        return self.may_follow(together, call) and self.follows(together, call)

    def may_follow(self, together: Together, call: Call) -> bool:
        """Whether the gradients may be right for the wrong J that is known
        already: tried for no other, since differences take their time."""
        of_cost = {m for m in together if changes_cost(m)}
        others = [m.at for m in together if m not in of_cost]
        loop = LOOP if call.method == "train" else NONE
        return (
            call.method in ("gradients", "train")
            and bool(of_cost)
            and of_cost <= self.known
            and all(at.startswith(loop) for at in others)
        )

    def follows(self, together: Together, call: Call) -> bool:
        """Whether the answer is right for the J with these mistakes."""
        answer = replay(Differentiated(*together), call)
        if answer is None or not all(
            np.isfinite(a).all() for a in numbers(answer)
        ):
            return False
        room = max(DIFFERENCES, ROUNDING * float(np.finfo(self.dtype).eps))
        pairs = paired(call.answer, answer)
        return pairs is not None and all(near(a, b, room) for a, b in pairs)

    def ways_to_share(self, together: Together) -> tuple[Any, ...]:
        """The rules by which ranks may share the examples, where that makes
        a difference."""
        ours = reference.data_parallel.shares
        parallel = any(mistake.is_parallel for mistake in together)
        return (ours, as_even_as_can_be) if parallel else (ours,)

    def replayed(self, together: Together, call: Call) -> Any:
        """What the reference answers with these mistakes; None if it
        raises."""
        if any(mistake.is_parallel for mistake in together):
            return replay(twin(self.dtype, *together, ranks=self.ranks), call)
        if call.method not in DIRECT:
            return replay(Mistaken(self.exact, *together), call)
        arguments, named = self.handed(call)
        with in_force(*together), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            function = getattr(DIRECT[call.method], call.method)
            try:
                return function(*arguments, **named)
            except Exception:
                return None

    def handed(self, call: Call) -> tuple[list[Any], dict[str, Any]]:
        """The arguments as the pages take them, made once."""
        if id(call) not in self.cast:
            network, parameters, *rest = call.arguments
            dtype = np.dtype(self.dtype)
            pairs = tuple(
                Layer(np.array(W, dtype), np.array(b, dtype))
                for W, b in parameters
            )
            arrays = [
                np.array(a, dtype) if isinstance(a, np.ndarray) else a
                for a in rest
            ]
            self.cast[id(call)] = [network, pairs, *arrays], call.named
        return self.cast[id(call)]


def as_even_as_can_be(m: int, R: int) -> tuple[int, ...]:
    """NumPy's array_split, DistributedSampler without its filling up."""
    return tuple(m // R + (r < m % R) for r in range(R))


DIRECT: dict[str, Any] = {
    "forward": reference.network,
    "cost": reference.network,
    "gradients": reference.backpropagation,
    "train": reference.gradient_descent,
}
"""Methods asked of their pages, past the contract, whose checks take longer
than the work."""
COSTS = ("activations", "dropout", "losses", "network", "regularization")
"""The pages whose mistakes may change J."""
LOOP, NONE = ("gradient_descent.",), ()
"""The page of what training does with a gradient, whichever it is."""


def changes_cost(mistake: Mistake) -> bool:
    """Whether J is another with it, and not only its gradient."""
    page = mistake.at.split(".")[0]
    slope = mistake.at.endswith(("_derivative", "_gradient"))
    return page in COSTS and not slope


def apart(mistakes: Iterable[Mistake]) -> bool:
    """Whether they go together: of two that take the place of one function
    the last would win."""
    places = [m.at for m in mistakes if not changes_result(m)]
    return len(places) == len(set(places))

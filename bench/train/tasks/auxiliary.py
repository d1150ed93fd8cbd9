"""Auxiliary: classify with a network that has classifiers halfway, which only training hears."""

from __future__ import annotations

from torch import Tensor, nn

from bench.common.errors import UserError
from bench.train.tasks.classify import Classify

SHARE = 0.3  # of the loss of each auxiliary classifier: Szegedy et al. (2015), arXiv 1409.4842, §5


class Auxiliary(Classify):
    """As classify; in training the outputs are those of all heads (n, heads, classes), its own first."""

    def check(self, network: nn.Module) -> None:
        """Raises UserError for a network without auxiliary classifiers."""
        if not getattr(network, "heads", None):
            raise UserError("auxiliary: the network has no such classifiers: set its option auxiliary=true")

    def loss(self, outputs: Tensor, labels: Tensor, target: Tensor) -> Tensor:
        own, *others = outputs.unbind(1)
        loss = super().loss(own, labels, target)
        for other in others:
            loss = loss + SHARE * super().loss(other, labels, target)
        return loss

    def wrong(self, outputs: Tensor, labels: Tensor, target: Tensor) -> Tensor:
        return super().wrong(outputs[:, 0], labels, target)


task = Auxiliary

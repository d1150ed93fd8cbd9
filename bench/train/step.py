"""How a training step is launched: operation by operation, or as a whole that was recorded once.

A small network's step is some hundred short operations. On a GPU, launching each from Python takes longer
than computing it, so the whole step (forward, loss, backward, update, running sums) is recorded as a CUDA
graph and replayed. Both ways do the same operations on the same numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache
from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.optim import Optimizer

from bench.common.errors import UserError
from bench.train.network import Network
from bench.train.optimizers import update_of

if TYPE_CHECKING:
    from bench.train.objective import Objective

Record = Callable[[Callable[[], None]], Callable[[], None]]  # does some work a few times; gives its replay
_WARM_UP = 3  # steps before a recording, in which libraries choose their algorithms


class Step:
    """A training step, operation by operation. `loss` and `wrong` are running sums over steps."""

    def __init__(
        self,
        network: Network,
        optimizer: Optimizer,
        task: Objective,
        logits: Callable[[Tensor], Tensor] | None = None,
    ) -> None:
        self.network, self.optimizer, self.task = network, optimizer, task
        self.update = update_of(optimizer)
        self.logits = logits or network.logits
        self.loss = torch.zeros((), dtype=torch.float64, device=network.device)
        self.wrong = torch.zeros((), dtype=torch.int64, device=network.device)

    def start(self) -> None:
        """Training mode, and sums of nothing."""
        self.network.train()
        self.loss.zero_()
        self.wrong.zero_()

    def __call__(self, images: Tensor, labels: Tensor, target: Tensor, lr: float) -> None:
        """One step on uint8 images (n, channels, height, width).

        `labels` (n,) count as right; the loss compares with `target`, which the task has made.
        """
        for group in self.optimizer.param_groups:
            group["lr"] = lr * group["share"]
        self._step(images, labels, target)

    def _step(self, images: Tensor, labels: Tensor, target: Tensor) -> None:
        logits = self.logits(images)
        loss = self.task.loss(logits, labels, target)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.update()
        with torch.no_grad():
            self.loss += loss
            self.wrong += self.task.wrong(logits, labels, target)


class RecordedStep(Step):
    """A training step that is recorded at its first call, and replayed with other batches and rates.

    `alone` is held while recording: what another thread launches then could end up in the record.
    """

    def __init__(
        self,
        network: Network,
        optimizer: Optimizer,
        task: Objective,
        record: Record,
        logits: Callable[[Tensor], Tensor] | None = None,
        alone: AbstractContextManager[object] | None = None,
    ) -> None:
        super().__init__(network, optimizer, task, logits)
        self.record, self.alone = record, alone or nullcontext()
        self.replay: Callable[[], None] | None = None
        self.lr = 0.0

    def __call__(self, images: Tensor, labels: Tensor, target: Tensor, lr: float) -> None:
        given = (images, labels, target)
        if self.replay is None:
            self.inputs = tuple(one.clone() for one in given)
            with self.alone, self._unchanged():
                self._rates_on_device()
                self.replay = self.record(lambda: self._step(*self.inputs))
        else:
            for kept, one in zip(self.inputs, given, strict=True):
                kept.copy_(one)
        if lr != self.lr:
            self.lr = lr
            for group in self.optimizer.param_groups:
                group["lr"].fill_(lr * group["share"])
        self.replay()

    def _rates_on_device(self) -> None:
        """Learning rates as tensors: a recorded operation reads its arguments from where they lay."""
        for group in self.optimizer.param_groups:
            group["lr"] = torch.zeros((), device=self.network.device)

    @contextmanager
    def _unchanged(self) -> Iterator[None]:
        """Afterwards weights, statistics, optimizer, sums and generators are what, and where, they were."""
        model = self.network.model
        weights = {name: one.clone() for name, one in model.state_dict().items()}
        kept = {place: one.clone() for place, one in _state(self.optimizer)}
        device = self.network.device
        with torch.random.fork_rng([device] if device.type == "cuda" else []):
            yield
        model.load_state_dict(weights)
        for place, one in _state(self.optimizer):
            if place in kept:
                one.copy_(kept[place])
            else:  # torch's optimizers begin momenta, averages and counts of steps at zero
                one.zero_()
        self.loss.zero_()
        self.wrong.zero_()


def _state(optimizer: Optimizer) -> list[tuple[tuple[Tensor, str], Tensor]]:
    """All tensors that an optimizer keeps, by parameter and name."""
    return [
        ((parameter, name), one)
        for parameter, state in optimizer.state.items()
        for name, one in state.items()
        if isinstance(one, Tensor)
    ]


def cuda_graph(work: Callable[[], None]) -> Callable[[], None]:
    """Record work on the present CUDA stream, or beside the default one, which cannot be recorded.

    Raises UserError where the work does what a graph cannot hold.
    """
    present = torch.cuda.current_stream()
    stream = _beside_default() if present == torch.cuda.default_stream() else present
    stream.wait_stream(present)
    with torch.cuda.stream(stream):
        for _ in range(_WARM_UP):
            work()
    graph = torch.cuda.CUDAGraph()
    try:
        # other threads may use the GPU meanwhile: only this one must keep to what can be recorded
        with torch.cuda.graph(graph, stream=stream, capture_error_mode="thread_local"):
            work()
    except RuntimeError as error:
        torch.cuda.set_stream(present)  # a recording that breaks off leaves its own
        reason = str(error).strip().partition("\n")[0]
        raise UserError(
            f"this model's training step cannot be recorded as a CUDA graph ({reason}): "
            'set acceleration="eager" in its recipe'
        ) from error
    present.wait_stream(stream)
    return graph.replay


@cache
def _beside_default() -> torch.cuda.Stream:
    """One stream for all recordings of a process: libraries keep memory for each that they have met."""
    return torch.cuda.Stream()


def step_of(
    network: Network,
    optimizer: Optimizer,
    task: Objective,
    acceleration: str | None,
    alone: AbstractContextManager[object] | None = None,
) -> Step:
    """The step that a recipe's `acceleration` asks for; cores know no graphs."""
    logits = None
    if acceleration == "compile":
        with alone or nullcontext():  # what another has compiled must last until it is recorded
            torch.compiler.reset()  # a kept worker's earlier networks count against a limit
        logits = torch.compile(network.logits, dynamic=False)
    if network.device.type != "cuda" or acceleration == "eager":
        return Step(network, optimizer, task, logits)
    return RecordedStep(network, optimizer, task, cuda_graph, logits, alone)

"""However steps are launched, they train what a plain loop trains."""

import shutil
from collections.abc import Callable

import pytest
import torch
import torch.nn.functional as F

from bench import models
from bench.data.augment import Draw, compose, targets
from bench.data.split import Images, Split, channel_statistics, principal_colours
from bench.spec.base import Named
from bench.train.network import Network
from bench.train.run import Context, Interrupted, run
from bench.train.seeding import generator
from bench.train.step import RecordedStep, Step, step_of
from bench.train.tasks.classify import Classify
from tests.models.test_members import TINY
from tests.train.test_run import RECIPE, classify, deterministic, same, tiny_spec, weights

BATCH, CLASSES = 8, 5
Trained = tuple[dict[str, torch.Tensor], float, int]  # weights; running sums of loss and wrong answers
each_family = pytest.mark.parametrize(
    ("model", "options", "size"), TINY, ids=lambda value: value if isinstance(value, str) else None
)


def performed(work: Callable[[], None]) -> Callable[[], None]:
    """What a recording is on cores: the work is done a few times, as for a warm-up, and then again."""
    for _ in range(3):
        work()
    return work


def images_of(model: str, size: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Random images and labels; the seed of a network's first weights goes with them."""
    torch.manual_seed(0)
    x = torch.randint(256, (4 * BATCH, size, size, 1 if model == "lenet-5" else 3), dtype=torch.uint8)
    return x, torch.arange(len(x)) % CLASSES


def rate(i: int, steps: int) -> float:
    """A learning rate that changes once, and is the same number in float32."""
    return 2**-10 if i < steps // 2 else 2**-12


def trained(
    make: Callable[[Network, torch.optim.Optimizer, Classify], Step],
    model: str,
    options: dict[str, object],
    size: int,
    augment: tuple[str, ...] = (),
    steps: int = 50,
    device: str = "cpu",
    precision: str | None = None,
) -> Trained:
    """What some steps of the engine make of a network, on random images; in float64 unless said."""
    x, labels = images_of(model, size)
    images = Images(x.to(device), labels.to(device))
    mean, std = channel_statistics(images.x)
    built = models.build(model, num_classes=CLASSES, in_channels=x.shape[3], **options)
    if precision is None:  # else rounding alone leads deep networks apart within a few steps
        built, mean, std = built.double(), mean.double(), std.double()
    split = Split(images, images, mean, std, CLASSES)
    network = Network.of(built, split, precision or "fp32")
    optimizer = torch.optim.SGD(
        [{"params": list(network.model.parameters()), "share": 1.0}], lr=1.0, momentum=0.9, fused=True
    )
    draws = generator(0, 1, "augment", images.x.device)
    draw = Draw(draws, mean.float(), lambda: principal_colours(images.x))
    step, change = make(network, optimizer, classify()), compose([Named(name=name) for name in augment])
    step.start()
    for i in range(steps):
        part = slice(BATCH * (i % 4), BATCH * (i % 4 + 1))
        batch, mixes = change(images.x[part].permute(0, 3, 1, 2), draw)
        labels = images.y[part]
        step(batch, labels, targets(labels, mixes, CLASSES), rate(i, steps))
    return network.model.state_dict(), float(step.loss), int(step.wrong)


def plainly_trained(model: str, options: dict[str, object], size: int, steps: int) -> Trained:
    """The same by the loop that people write: torch's plain memory format, nothing fused."""
    x, labels = images_of(model, size)
    images = x.permute(0, 3, 1, 2).contiguous().double()
    mean, std = (one.double().view(-1, 1, 1) for one in channel_statistics(x))
    network = models.build(model, num_classes=CLASSES, in_channels=images.shape[1], **options).double()
    optimizer = torch.optim.SGD(network.parameters(), lr=1.0, momentum=0.9)
    network.train()
    total, wrong = 0.0, 0
    for i in range(steps):
        part = slice(BATCH * (i % 4), BATCH * (i % 4 + 1))
        optimizer.param_groups[0]["lr"] = rate(i, steps)
        optimizer.zero_grad()
        logits = network((images[part] - mean) / std)
        loss = F.cross_entropy(logits, labels[part])
        loss.backward()
        optimizer.step()
        total += loss.item()
        wrong += int((logits.argmax(1) != labels[part]).sum())
    return network.state_dict(), total, wrong


def agree(one: Trained, two: Trained) -> None:
    """Within what sums in another order may differ by after some steps, and statistics kept in float32."""
    for name, weight in one[0].items():
        torch.testing.assert_close(
            two[0][name], weight, rtol=1e-4, atol=1e-6, msg=lambda text, name=name: f"{name}: {text}"
        )
    assert two[1] == pytest.approx(one[1], rel=1e-5)
    assert two[2] == one[2]


@each_family
def test_the_engine_trains_what_a_plain_loop_trains(model, options, size):
    """Two steps: the deepest make of a difference of 1e-16 one of 1e-9 in them, and of 1 within five."""
    agree(plainly_trained(model, options, size, steps=2), trained(Step, model, options, size, steps=2))


@each_family
def test_recorded_steps_are_the_same_steps(model, options, size):
    """Warm-up leaves no trace, and batches, labels and rates reach the record: all but the GPU's own part.

    Six steps hold all that changes: every batch comes, the first ones twice, and the rate falls midway.
    """
    steps = 6
    eager = trained(Step, model, options, size, steps=steps, precision="bf16")
    again = trained(
        lambda network, optimizer, task: RecordedStep(network, optimizer, task, performed),
        model, options, size, steps=steps, precision="bf16",
    )  # fmt: skip
    assert same(eager[0], again[0])
    assert eager[1:] == again[1:]


def test_mixed_labels_reach_the_record():
    def recorded(network, optimizer, task):
        return RecordedStep(network, optimizer, task, performed)

    one, two = (trained(make, "resnet-8", {"width": 4}, 16, ("mixup",)) for make in (Step, recorded))
    assert same(one[0], two[0])


def test_a_recording_goes_on_with_the_momentum_of_a_checkpoint(data_dir, tmp_path, monkeypatch):
    """A run that is stopped and goes on records anew."""

    def recorded(network, optimizer, task, acceleration, alone):
        return RecordedStep(network, optimizer, task, performed, alone=alone)

    eager = run(tiny_spec(data_dir), Context(data_dir, tmp_path / "eager"))
    monkeypatch.setattr("bench.train.training.step_of", recorded)
    seen = []
    cut = Context(data_dir, tmp_path / "cut", report=seen.append, should_stop=lambda: bool(seen))
    with pytest.raises(Interrupted):
        run(tiny_spec(data_dir), cut)
    resumed = run(tiny_spec(data_dir), Context(data_dir, tmp_path / "cut"))
    assert deterministic(resumed) == deterministic(eager)
    assert same(weights(tmp_path / "cut"), weights(tmp_path / "eager"))


def test_cores_launch_operation_by_operation(data_dir, tmp_path):
    plain, graph = (
        run(
            tiny_spec(data_dir, recipe=RECIPE.replace(acceleration=acceleration)),
            Context(data_dir, tmp_path / str(acceleration)),
        )
        for acceleration in (None, "graph")
    )
    assert deterministic(plain) == deterministic(graph)


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("g++"), reason="torch.compile needs a C++ compiler: g++")
def test_compiled_steps_agree_on_cores():
    eager, compiled = (
        trained(
            lambda network, optimizer, task, how=how: step_of(network, optimizer, task, how),
            "resnet-8", {"width": 4}, 16, steps=20,
        )
        for how in ("eager", "compile")
    )  # fmt: skip
    agree(eager, compiled)

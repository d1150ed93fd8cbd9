"""What only a GPU can show. `make test ARGS="-n 0 -m gpu"` runs these alone."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

import pytest
import torch

from bench.common.errors import UserError
from bench.data.augment import methods
from bench.train.run import Context, Interrupted, run
from bench.train.step import RecordedStep, cuda_graph, step_of
from tests.train.test_run import RECIPE, deterministic, same, tiny_spec, weights
from tests.train.test_step import agree, each_family, trained

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device"),
]


@pytest.fixture(autouse=True)
def exact_products(monkeypatch):
    """Float32 as it is written, not as TF32, and sums in one order: what is left is rounding."""
    monkeypatch.setattr(torch.backends.cudnn, "deterministic", True)
    parts = (torch.backends.cudnn.conv, torch.backends.cuda.matmul)
    before = [part.fp32_precision for part in parts]
    for part in parts:
        part.fp32_precision = "ieee"
    yield
    for part, precision in zip(parts, before, strict=True):
        part.fp32_precision = precision


def launched(how):
    return lambda network, optimizer, task: step_of(network, optimizer, task, how)


@each_family
def test_a_graph_trains_what_single_operations_train(model, options, size):
    steps = 5 if size > 32 or model == "resnet-164" else 50  # 164 layers make much of rounding
    eager, graph = (
        trained(launched(how), model, options, size, steps=steps, device="cuda") for how in ("eager", "graph")
    )
    agree(eager, graph)


@pytest.mark.parametrize("name", sorted(methods()))
def test_a_graph_trains_what_single_operations_train_on_augmented_images(name):
    eager, graph = (
        trained(launched(how), "resnet-8", {"width": 4}, 16, augment=(name,), device="cuda")
        for how in ("eager", "graph")
    )
    agree(eager, graph)


@each_family
def test_a_gpu_trains_what_cores_train(model, options, size):
    dropout = {"dropout": 0.0} if model.startswith(("alexnet", "vgg")) else {}
    cores, gpu = (
        trained(launched("eager"), model, options | dropout, size, steps=2, device=device)
        for device in ("cpu", "cuda")
    )
    agree(cores, ({name: one.cpu() for name, one in gpu[0].items()}, *gpu[1:]))


@pytest.mark.skipif(not shutil.which("gcc"), reason="torch.compile needs a C compiler: gcc")
@pytest.mark.parametrize("model", ["resnet-8", "resnet-20", "plain-8"])
def test_compiled_steps_train_what_single_operations_train(model):
    eager, compiled = (
        trained(launched(how), model, {"width": 8}, 32, steps=5, device="cuda")
        for how in ("eager", "compile")
    )
    agree(eager, compiled)


@pytest.mark.parametrize("acceleration", ["eager", "graph", None])
def test_a_run_is_bit_identical_when_deterministic(data_dir, tmp_path, acceleration):
    """Stopped and resumed or not, in the same process: the same weights and figures."""
    spec = tiny_spec(data_dir, recipe=RECIPE.replace(acceleration=acceleration))
    seen, on = [], {"device": "cuda", "deterministic": True}
    whole = run(spec, Context(data_dir, tmp_path / "whole", **on))
    cut = Context(data_dir, tmp_path / "cut", report=seen.append, should_stop=lambda: bool(seen), **on)
    with pytest.raises(Interrupted):
        run(spec, cut)
    resumed = run(spec, Context(data_dir, tmp_path / "cut", **on))
    assert deterministic(resumed) == deterministic(whole)
    assert same(weights(tmp_path / "cut"), weights(tmp_path / "whole"))


def test_graph_and_single_operations_give_the_same_run(data_dir, tmp_path):
    one, two = (
        run(
            tiny_spec(data_dir, recipe=RECIPE.replace(acceleration=how, precision="fp32")),
            Context(data_dir, tmp_path / how, device="cuda", deterministic=True),
        )
        for how in ("eager", "graph")
    )
    assert [epoch.train_loss for epoch in one.curve] == pytest.approx(
        [epoch.train_loss for epoch in two.curve], rel=1e-3
    )


def test_the_host_waits_for_nothing_while_steps_are_replayed():
    """Any wait is an error here; the first steps, which record, may wait."""

    class Strict(RecordedStep):
        def __call__(self, *given):
            super().__call__(*given)
            torch.cuda.set_sync_debug_mode("error")

    def strict(network, optimizer, task):
        return Strict(network, optimizer, task, cuda_graph)

    try:  # the sums are read at the end, when waiting is right
        with pytest.raises(RuntimeError, match="synchroniz") as caught:
            trained(strict, "resnet-8", {"width": 4}, 32, augment=("crop", "flip", "cutout"), device="cuda")
    finally:
        torch.cuda.set_sync_debug_mode("default")
    assert "float(step.loss)" in str(caught.traceback[-1].statement)


def test_a_step_that_cannot_be_recorded_is_told_in_one_line():
    class Asking(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = torch.nn.Linear(4, 2)

        def forward(self, x):
            y = self.layer(x)
            return y if y.sum().item() > 0 else -y  # waits for the GPU: a graph cannot

    model = Asking().cuda()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    x = torch.randn(8, 4, device="cuda")

    def work():
        optimizer.zero_grad()
        model(x).sum().backward()
        optimizer.step()

    before = torch.cuda.current_stream()
    with pytest.raises(UserError, match=r'cannot be recorded as a CUDA graph .*acceleration="eager"'):
        cuda_graph(work)
    assert torch.cuda.current_stream() == before
    work()  # the device is as usable as before


def test_runs_leave_no_memory_behind_on_the_gpu(data_dir, tmp_path):
    held = []
    for number in range(10):
        run(tiny_spec(data_dir, seed=number), Context(data_dir, tmp_path / str(number), device="cuda"))
        held.append(torch.cuda.memory_allocated())
    assert held[-1] <= held[2]


def test_several_graphs_at_once_train_what_each_trains_alone(data_dir, tmp_path):
    """Four recordings in four threads, each on a stream of its own, as `bench.train --at-once 4` has them."""
    lock = Lock()

    def one(seed, folder, alone):
        with torch.cuda.stream(torch.cuda.Stream()):
            spec = tiny_spec(data_dir, seed=seed, recipe=RECIPE.replace(precision="fp32"))
            return run(spec, Context(data_dir, folder, device="cuda", deterministic=True, alone=alone))

    separately = [one(seed, tmp_path / f"alone {seed}", None) for seed in range(8)]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda seed: one(seed, tmp_path / f"together {seed}", lock), range(8)))
    for first, second in zip(separately, together, strict=True):
        assert [epoch.train_loss for epoch in first.curve] == pytest.approx(
            [epoch.train_loss for epoch in second.curve], rel=1e-3
        )

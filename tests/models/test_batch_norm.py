"""One pass over memory computes what torch's own operations compute, but for rounding."""

import copy
from pathlib import Path

import pytest
import torch
from torch import nn

from bench.common import compiled
from bench.common.code_hash import closure
from bench.models import batch_norm
from bench.models.batch_norm import BatchNorm
from bench.models.parts import normalised
from bench.train.environment import environment_class

HALF = 2**-8  # bf16 keeps eight bits: what an output may be off by, relative to the largest
ROUNDING = {torch.bfloat16: HALF, torch.float32: 2**-20}
SUMS = 1e-5  # what sums in float may be off by
SHAPES = [  # images, channels, pixels a side; 6 and 5 channels do not fill a vector
    *((4, 16, 8), (16, 8, 4), (8, 4, 4), (3, 64, 4), (2, 256, 4), (16, 6, 4), (16, 5, 4), (2, 80, 4)),
    *((1, 512, 2), (128, 16, 1), (64, 32, 9)),
]

of_each_type = pytest.mark.parametrize("of", ROUNDING, ids=["bf16", "float32"])
needs_compiler = pytest.mark.skipif(not batch_norm.available(), reason="no C++ compiler")


def maps(
    n: int, channels: int, side: int, seed: int, mean: float = 0.0, of: torch.dtype = torch.bfloat16
) -> torch.Tensor:
    drawn = torch.randn(n, channels, side, side, generator=torch.Generator().manual_seed(seed)) + mean
    return drawn.to(of).contiguous(memory_format=torch.channels_last)


def layer(channels: int, relu: bool = True) -> BatchNorm:
    made = BatchNorm(channels, relu=relu)
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        made.weight.uniform_(0.5, 1.5, generator=generator)
        made.bias.uniform_(-0.5, 0.5, generator=generator)
        made.running_mean.uniform_(-1, 1, generator=generator)
        made.running_var.uniform_(0.5, 2, generator=generator)
    return made


def step(norm: nn.Module, x: torch.Tensor, added: torch.Tensor | None) -> dict[str, torch.Tensor]:
    """All that a training step gives: output, gradients, statistics."""
    x = x.clone().requires_grad_()
    added = None if added is None else added.clone().requires_grad_()
    y = norm(x, added)
    y.backward(maps(*x.shape[:3], seed=9).to(y.dtype))
    given = {"y": y, "x": x.grad, **({} if added is None else {"added": added.grad})}
    learned = {"weight": norm.weight.grad, "bias": norm.bias.grad}
    return {name: one.detach() for name, one in {**given, **learned, **dict(norm.named_buffers())}.items()}


def off(found: torch.Tensor, expected: torch.Tensor) -> float:
    return float((found.double() - expected.double()).abs().max() / expected.double().abs().max())


@needs_compiler
@pytest.mark.parametrize("relu", [True, False], ids=["relu", "linear"])
@pytest.mark.parametrize("adds", [True, False], ids=["added", "alone"])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
@of_each_type
def test_a_training_step_is_torch_s(of, shape, adds, relu):
    norm, x, rounding = layer(shape[1], relu), maps(*shape, seed=2, mean=3.0, of=of), ROUNDING[of]
    added = maps(*shape, seed=3, of=of) if adds else None
    assert norm.fusible(x, added)
    exact = copy.deepcopy(norm).double()
    found = step(norm, x, added)
    expected = step(exact, x.double(), None if added is None else added.double())
    # where rounding alone decides whether a ReLU lets a gradient through, the two may differ
    clear = expected["y"].abs() > rounding * expected["y"].abs().max() if relu else torch.tensor(True)
    clear = clear | (found["y"] == expected["y"])
    assert clear.double().mean() > 0.9
    for name, one in expected.items():
        if name == "num_batches_tracked":
            assert found[name] == one == 1
        elif one.dim() == 1 and "running" in name:
            assert off(found[name], one) < SUMS, name
        elif one.dim() == 1 and relu:
            assert off(found[name], one) < 0.05, name  # a sum with or without an unclear pixel
        elif one.dim() == 1:
            assert off(found[name], one) < SUMS, name
        else:
            assert off(found[name] * clear, one * clear) < 3 * rounding, name


@needs_compiler
@pytest.mark.parametrize("shape", SHAPES, ids=str)
@of_each_type
def test_it_is_no_further_from_the_truth_than_torch(of, shape, monkeypatch):
    norm = layer(shape[1])
    x, added = maps(*shape, seed=2, mean=3.0, of=of), maps(*shape, seed=3, of=of)
    truth = step(copy.deepcopy(norm).double(), x.double(), added.double())
    own = step(copy.deepcopy(norm), x, added)
    monkeypatch.setenv(compiled.SWITCH, "0")
    torch_s = step(copy.deepcopy(norm), x, added)
    for name in ("y", "running_mean", "running_var"):
        assert off(own[name], truth[name]) <= 1.05 * off(torch_s[name], truth[name]) + 1e-6, name


@needs_compiler
@pytest.mark.parametrize("adds", [True, False], ids=["added", "alone"])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
@of_each_type
def test_evaluation_is_torch_s(of, shape, adds):
    norm, x = layer(shape[1]).eval(), maps(*shape, seed=2, of=of)
    added = maps(*shape, seed=3, of=of) if adds else None
    with torch.inference_mode():
        assert norm.fusible(x, added)
        expected = copy.deepcopy(norm).double()(x.double(), None if added is None else added.double())
        assert off(norm(x, added), expected) < ROUNDING[of]


@needs_compiler
@pytest.mark.parametrize("shape", SHAPES, ids=str)
@of_each_type
def test_the_number_of_threads_changes_no_digit(of, shape):
    before = torch.get_num_threads()
    try:
        made = []
        for threads in (1, 2, 3):
            torch.set_num_threads(threads)
            made.append(step(layer(shape[1]), maps(*shape, seed=2, of=of), maps(*shape, seed=3, of=of)))
    finally:
        torch.set_num_threads(before)
    assert all(torch.equal(made[0][name], other[name]) for other in made[1:] for name in made[0])


@needs_compiler
@of_each_type
def test_the_width_of_vectors_changes_no_digit(of, monkeypatch, tmp_path):
    x, added = maps(16, 6, 4, seed=2, of=of), maps(16, 6, 4, seed=3, of=of)
    own = step(layer(6), x, added)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(compiled, "_NATIVE", "-DNARROWEST")
    narrow = compiled.compiled(Path(batch_norm.__file__).with_suffix(".cpp"))
    monkeypatch.setattr(batch_norm, "_library", lambda: narrow)
    monkeypatch.setattr(batch_norm, "_calls", batch_norm._calls.__wrapped__)
    other = step(layer(6), x, added)
    assert all(torch.equal(own[name], other[name]) for name in own)


@needs_compiler
@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_diverged_is_not_hidden_by_a_relu(value):
    x = maps(4, 16, 8, seed=2)
    x[0, 0, 0, 0] = value
    found = step(layer(16), x, None)
    assert found["y"][:, 0].isnan().any()
    assert found["running_mean"][0].isnan() or found["running_mean"][0].isinf()


def test_switched_off_it_is_torch_s_operations_to_the_last_bit(monkeypatch):
    monkeypatch.setenv(compiled.SWITCH, "0")
    norm, x, added = layer(16), maps(4, 16, 8, seed=2), maps(4, 16, 8, seed=3)
    assert not norm.fusible(x, added)
    plain = nn.BatchNorm2d(16)
    plain.load_state_dict(norm.state_dict())
    assert torch.equal(norm(x, added), torch.relu(plain(x) + added))
    assert torch.equal(norm.running_var, plain.running_var)


@needs_compiler
@pytest.mark.parametrize(
    "given",
    [
        maps(4, 16, 8, seed=2).half(),
        maps(4, 16, 8, seed=2).contiguous(),
        maps(1, 16, 3, seed=2),  # nine pixels do not fill whole vectors
        maps(4, 16, 8, seed=2).to("meta"),
    ],
    ids=["float16", "plain memory", "odd size", "meta"],
)
def test_what_it_is_not_made_for_is_left_to_torch(given):
    norm = layer(16)
    assert not norm.fusible(given, None)
    expected = copy.deepcopy(norm).to(given.device)
    plain = nn.BatchNorm2d(16).to(given.device)
    plain.load_state_dict(expected.state_dict())
    found = norm.to(given.device)(given)
    assert found.shape == given.shape
    assert given.device.type == "meta" or torch.equal(found, torch.relu(plain(given)))


@needs_compiler
def test_gradients_pass_frozen_statistics():
    norm, x = layer(16).eval(), maps(4, 16, 8, seed=2).requires_grad_()
    norm(x).sum().backward()
    assert x.grad is not None
    assert float(x.grad.abs().max()) > 0


@needs_compiler
def test_the_environment_s_class_says_what_does_batch_norm(monkeypatch):
    cpu = torch.device("cpu")
    assert environment_class(cpu).endswith(", fused")
    monkeypatch.setenv(compiled.SWITCH, "0")
    assert "fused" not in environment_class(cpu)


def test_a_broken_compiler_is_told_and_leaves_nothing(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("CXX", "false")
    source = Path(batch_norm.__file__).with_suffix(".cpp")
    with pytest.raises(compiled.NotCompiled, match="false"):
        compiled.compiled(source)
    monkeypatch.setenv("CXX", "no-such-compiler")
    with pytest.raises(compiled.NotCompiled, match="no-such-compiler"):
        compiled.compiled(source)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@needs_compiler
def test_a_library_is_compiled_once(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    source = Path(batch_norm.__file__).with_suffix(".cpp")
    compiled.compiled(source)
    (made,) = tmp_path.rglob("*.so")
    monkeypatch.setenv("CXX", "no-such-compiler")
    compiled.compiled(source)
    assert list(tmp_path.rglob("*")) == [made.parent, made]


def test_the_source_is_part_of_a_run_s_code():
    source = Path(batch_norm.__file__)
    assert source.with_suffix(".cpp") in closure([source])


@pytest.mark.parametrize("norm", ["batch", "group", "response", "none"])
@pytest.mark.parametrize("activation", ["relu", "tanh", None])
def test_every_normalisation_takes_what_is_added(norm, activation):
    made = normalised(norm, 16, activation)
    x, added = maps(4, 16, 8, seed=2).float(), maps(4, 16, 8, seed=3).float()
    alone, together = (normalised(norm, 16, None)(x.clone()) + one for one in (0, added))
    act = {"relu": torch.relu, "tanh": torch.tanh, None: lambda y: y}[activation]
    assert torch.allclose(made(x.clone()), act(alone))
    assert torch.allclose(made(x.clone(), added), act(together))

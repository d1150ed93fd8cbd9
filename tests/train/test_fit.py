"""Linear classifiers on what layers hand on."""

import numpy as np
import pytest
import torch
from sklearn.metrics import balanced_accuracy_score

from bench import models
from bench.common.errors import UserError
from bench.data import load
from bench.data.split import open_split
from bench.spec.run import Probe, Start
from bench.train.network import Network
from bench.train.run import Context, run
from bench.train.tasks.fit import features
from tests.train.test_run import tiny_spec


@pytest.fixture(scope="module")
def split(data_dir):
    return open_split(load("tiny", data_dir), tiny_spec(data_dir).data, torch.device("cpu"))


def network(split):
    torch.manual_seed(0)
    return Network.of(models.build("resnet-8", num_classes=4, in_channels=3, width=4), split, "fp32")


def test_features_are_what_the_next_layer_is_given(split):
    net = network(split)
    given = []
    conv = net.model.units[1].conv1
    handle = conv.register_forward_pre_hook(lambda module, inputs: given.append(inputs[0]))
    found = features(net, split.train)
    handle.remove()
    expected = torch.cat(given).mean((2, 3))
    assert found["3"].shape == (len(split.train), 4)
    assert np.allclose(found["3"], expected.numpy(), atol=1e-6)
    assert found["7"].shape == (len(split.train), 16), "the last before the classifier"
    assert list(found) == [str(layer) for layer in range(1, 8)]


@pytest.mark.parametrize("layer", [0, 8])
def test_a_layer_that_is_not_there_says_which_are(split, layer, data_dir, tmp_path):
    spec = tiny_spec(data_dir, probe=Probe.model_construct(layer=layer, strengths=(1.0,)))
    with pytest.raises(UserError, match=rf"no layer {layer} to probe: there are 1 to 7 .*1 stem, 2 units"):
        run(spec, Context(data_dir, tmp_path / "probe"))


def test_features_of_a_network_are_computed_once(data_dir, tmp_path, monkeypatch):
    passes = []
    monkeypatch.setattr(
        "bench.train.tasks.fit.features",
        lambda net, images: passes.append(len(images)) or features(net, images),
    )

    def probed(layer, folder, seed=0):
        spec = tiny_spec(data_dir, probe=Probe(layer=layer)).replace(seed=seed)
        return run(spec, Context(data_dir, tmp_path / folder))

    first = probed(3, "a/one")
    assert len(passes) == 3, "training, validation and, last, test images"
    probed(5, "a/two")
    assert len(passes) == 3
    assert probed(3, "b/three").metrics == first.metrics
    assert len(passes) == 6
    probed(3, "a/four", seed=1)
    assert len(passes) == 9, "another network"
    for path in (tmp_path / "a" / "features").glob("*.npz"):
        path.write_bytes(path.read_bytes()[:50])
    assert probed(3, "a/five").metrics == first.metrics, "what is damaged is computed anew"
    assert len(passes) == 12


@pytest.mark.parametrize("classifier", ["svm", "softmax"])
def test_a_probe_learns_and_trains_no_layer(data_dir, tmp_path, classifier):
    source = tmp_path / "source"
    run(tiny_spec(data_dir), Context(data_dir, source))
    probe = Probe(layer=7, classifier=classifier)
    start = Start(key="k", layers=7, frozen=7)
    spec = tiny_spec(
        data_dir, start=start, probe=probe, seed=4
    )  # by seed 3's random weights all is clear too
    result = run(spec, Context(data_dir, tmp_path / "probe", start=source / "weights.pt"))
    assert result.curve == ()
    assert result.metrics["test_error"] < 40
    assert result.metrics["strength"] in spec.probe.strengths
    again = run(spec, Context(data_dir, tmp_path / "again", start=source / "weights.pt"))
    assert again.metrics == result.metrics
    random = run(spec.replace(start=None), Context(data_dir, tmp_path / "random"))
    assert random.metrics["test_error"] > result.metrics["test_error"]


def test_a_probe_needs_validation_images(data_dir, tmp_path):
    spec = tiny_spec(data_dir, probe=Probe(layer=1))
    spec = spec.replace(data=spec.data.replace(validation=0))
    with pytest.raises(UserError, match="chooses its strength on validation images; there are none"):
        run(spec, Context(data_dir, tmp_path))


def test_other_test_images_change_only_the_test_figures(data_dir, tmp_path):
    from bench.data.sets import write
    from tests.conftest import tiny_arrays

    arrays = tiny_arrays()
    arrays["x_test"] = 255 - arrays["x_test"]
    write(tmp_path / "data" / "tiny.npz", arrays)
    spec = tiny_spec(data_dir, probe=Probe(layer=3))
    one = run(spec, Context(data_dir, tmp_path / "one"))
    data = spec.data.replace(fingerprint=load("tiny", tmp_path / "data").fingerprint)
    other = run(spec.replace(data=data), Context(tmp_path / "data", tmp_path / "other"))
    changed = {name for name in one.metrics if one.metrics[name] != other.metrics[name]}
    assert changed <= {"test_error", "test_balanced_error"}
    assert "test_error" in changed


def test_balanced_error_is_the_mean_of_the_classes_errors(data_dir, tmp_path):
    from bench.data.split import Images
    from bench.train.epoch import evaluate

    images = load("tiny", data_dir)
    split = open_split(images, tiny_spec(data_dir).data, torch.device("cpu"))
    net = network(split)
    keep = torch.tensor([i for i, y in enumerate(split.train.y.tolist()) if y != 2 or i % 5 == 0])
    rare = Images(split.train.x[keep], split.train.y[keep])
    found = evaluate(net, rare)
    with torch.inference_mode():
        predicted = net.logits(rare.x.permute(0, 3, 1, 2)).argmax(1)
    assert found.balanced == pytest.approx(100 * (1 - balanced_accuracy_score(rare.y, predicted)))
    assert found.balanced != pytest.approx(found.error)

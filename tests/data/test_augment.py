import pytest
import torch

from bench.base import Named
from bench.data.augment import METHODS, Draw, compose
from bench.errors import UserError

MEAN = torch.tensor([100.4, 50.0, 200.6])


def images(n: int = 64, size: int = 8) -> torch.Tensor:
    x = torch.randint(0, 256, (n, size, size, 3), generator=torch.Generator().manual_seed(0))
    return x.to(torch.uint8).permute(0, 3, 1, 2)


def draw(seed: int = 0) -> Draw:
    return Draw(torch.Generator().manual_seed(seed), MEAN)


@pytest.mark.parametrize("name", sorted(METHODS))
def test_every_method_keeps_shape_type_and_memory_format_and_depends_on_the_generator_alone(name):
    method, x = compose([Named(name=name)]), images()
    before = x.clone()
    torch.manual_seed(1)
    one = method(x, draw())
    torch.manual_seed(2)
    two = method(x, draw())
    assert torch.equal(one, two)
    assert torch.equal(x, before), "the data set must not be changed"
    assert not torch.equal(one, method(x, draw(1)))
    assert one.shape == x.shape
    assert one.dtype == torch.uint8
    assert one.is_contiguous(memory_format=torch.channels_last)


def test_flip_mirrors_about_half():
    x = images(400)
    flipped = compose([Named(name="flip")])(x, draw())
    mirrored = [torch.equal(a, b.flip(2)) for a, b in zip(flipped, x, strict=True)]
    kept = [torch.equal(a, b) for a, b in zip(flipped, x, strict=True)]
    assert all(m != k for m, k in zip(mirrored, kept, strict=True))
    assert 150 < sum(mirrored) < 250


def test_crop_cuts_windows_of_the_padded_image():
    x, padding = images(200), 2
    cropped = compose([Named(name="crop", options={"padding": padding})])(x, draw())
    fill = MEAN.round().to(torch.uint8).view(3, 1, 1)
    places = set()
    for got, image in zip(cropped, x, strict=True):
        padded = fill.expand(3, 12, 12).clone()
        padded[:, padding:-padding, padding:-padding] = image
        found = [
            (i, j) for i in range(5) for j in range(5) if torch.equal(got, padded[:, i : i + 8, j : j + 8])
        ]
        assert found
        places.update(found)
    assert len(places) == 25, "every place is drawn"


@pytest.mark.parametrize(
    ("step", "message"),
    [
        (Named(name="flipp"), r"no augmentation 'flipp': did you mean 'flip'\?"),
        (Named(name="crop", options={"pad": 1}), r"no option 'pad': did you mean 'padding'\?"),
    ],
)
def test_unknown_names(step, message):
    with pytest.raises(UserError, match=message):
        compose([step])

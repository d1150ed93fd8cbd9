import pytest
import torch

from bench.common.errors import UserError
from bench.data.augment import Draw, Mix, compose, methods, targets
from bench.data.split import principal_colours
from bench.spec.base import Named

MEAN = torch.tensor([100.4, 50.0, 200.6])


def images(n: int = 64, size: int = 8) -> torch.Tensor:
    x = torch.randint(0, 256, (n, size, size, 3), generator=torch.Generator().manual_seed(0))
    return x.to(torch.uint8).permute(0, 3, 1, 2)


def draw(seed: int = 0, channels: int = 3) -> Draw:
    principal = torch.eye(3)[:channels, :channels] * 40
    return Draw(torch.Generator().manual_seed(seed), MEAN[:channels], lambda: principal)


def augmented(x: torch.Tensor, name: str, seed: int = 0, **options) -> torch.Tensor:
    return compose([Named(name=name, options=options)])(x, draw(seed))[0]


@pytest.mark.parametrize("name", sorted(methods()))
@pytest.mark.parametrize("channels", [1, 3])
def test_every_method_keeps_shape_type_and_memory_format_and_depends_on_the_generator_alone(name, channels):
    method, x = compose([Named(name=name)]), images(size=12)[:, :channels]
    x = x.contiguous(memory_format=torch.channels_last)
    before = x.clone()
    torch.manual_seed(1)
    one, mixes = method(x, draw(channels=channels))
    torch.manual_seed(2)
    two, _ = method(x, draw(channels=channels))
    assert torch.equal(one, two)
    assert torch.equal(x, before), "the data set must not be changed"
    assert one.shape == x.shape
    assert one.dtype == torch.uint8
    assert one.is_contiguous(memory_format=torch.channels_last)
    for mix in mixes:  # of a method that mixes labels
        assert mix.partner.shape == mix.share.shape == (len(x),)
        assert 0 <= mix.share.min() <= mix.share.max() <= 1
    if channels == 3 or name not in ("saturation", "hue", "grayscale"):
        assert not torch.equal(one, method(x, draw(1, channels))[0])


@pytest.mark.parametrize("name", sorted(set(methods()) - {"crop", "mixup"}))
def test_every_image_has_its_own_draw(name):
    """The same image many times: methods that change it change it in more than one way."""
    x = images(1, 16).expand(64, -1, -1, -1).contiguous(memory_format=torch.channels_last)
    made = augmented(x, name)
    assert len(made.flatten(1).unique(dim=0)) > 1 or name == "cutmix"


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("rotation", {"degrees": 0}),
        ("shear", {"degrees": 0}),
        ("affine", {"degrees": 0, "translate": 0, "scale": 0, "sheared": 0}),
        ("elastic", {"alpha": 0}),
        ("resized-crop", {"area": 0.999999, "ratio": 1.0}),
        ("brightness", {"strength": 0}),
        ("contrast", {"strength": 0}),
        ("saturation", {"strength": 0}),
        ("hue", {"strength": 0}),
        ("grayscale", {"p": 0}),
        ("rgb-shift", {"strength": 0}),
        ("pca-colour", {"strength": 0}),
        ("cutout", {"side": 0}),
        ("flip", {"p": 0}),
        ("half-turn", {"p": 0}),
        ("rand-augment", {"operations": 0}),
    ],
)
def test_without_strength_nothing_changes(name, options):
    x = images(16, 12)
    assert (augmented(x, name, **options).int() - x.int()).abs().max() <= 1


def test_cutout_hides_a_square_of_the_mean():
    x = torch.full((300, 3, 16, 16), 7, dtype=torch.uint8).contiguous(memory_format=torch.channels_last)
    hidden = (augmented(x, "cutout", side=0.5) != 7).all(1)
    assert hidden.sum((1, 2)).max() == 64
    assert 16 <= hidden.sum((1, 2)).min() < 64, "at borders a part of it stands out"


def test_labels_are_mixed_as_the_images_are():
    x = torch.arange(8, dtype=torch.uint8).mul(30).view(8, 1, 1, 1).expand(8, 3, 10, 10)
    x = x.contiguous(memory_format=torch.channels_last)
    for name in ("mixup", "cutmix"):
        made, (mix,) = compose([Named(name=name)])(x, draw())
        shares = targets(torch.arange(8), [mix], 8)
        assert torch.allclose(shares.sum(1), torch.ones(8))
        expected = (shares * torch.arange(8).mul(30)).sum(1)
        assert torch.allclose(made.float().mean((1, 2, 3)), expected, atol=0.51), name
        assert (mix.partner != torch.arange(8)).all()


def test_several_mixes_compose():
    labels, half = torch.tensor([0, 1, 2]), torch.full((3,), 0.5)
    around = Mix(torch.tensor([1, 2, 0]), half)
    assert targets(labels, [], 3) is labels
    assert torch.allclose(targets(labels, [around, around], 3)[0], torch.tensor([0.25, 0.5, 0.25]))


def test_beta_draws_have_the_moments_of_the_distribution():
    drawn = draw().beta(0.4, 20_000)
    assert drawn.mean() == pytest.approx(0.5, abs=0.01)
    assert drawn.var() == pytest.approx(0.25 / 1.8, abs=0.003)


def test_principal_colours_are_the_covariance_s():
    x = images(200, 8).permute(0, 2, 3, 1)
    found = principal_colours(x).double()
    pixels = x.reshape(-1, 3).double()
    assert torch.allclose(found @ found.T, torch.cov(pixels.T, correction=0), rtol=1e-4)


def test_flip_mirrors_about_half():
    x = images(400)
    flipped = augmented(x, "flip")
    mirrored = [torch.equal(a, b.flip(2)) for a, b in zip(flipped, x, strict=True)]
    kept = [torch.equal(a, b) for a, b in zip(flipped, x, strict=True)]
    assert all(m != k for m, k in zip(mirrored, kept, strict=True))
    assert 150 < sum(mirrored) < 250


def test_crop_s_padding_may_be_a_share_of_the_side():
    x = images(20)
    assert torch.equal(augmented(x, "crop", padding=0.25), augmented(x, "crop", padding=x.shape[3] // 4))


def test_crop_cuts_windows_of_the_padded_image():
    x, padding = images(200), 2
    cropped = augmented(x, "crop", padding=padding)
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

"""Augmentations as contenders, what is said of them, and the errors that are published.

Strengths are for images of any size. Each contender tunes one regulariser beside the learning rate: its
strength, or weight decay where there is none.
"""

from functools import partial

from bench import Reference
from bench.claims import Difference, Interaction
from bench.spec import PROFILES, Range


def method(*steps, tunes):
    """A contender: its steps, and what is tuned beside the learning rate."""
    return {"augment": steps, "space": tunes}


def between(setting, low, high):
    """A space of one setting."""
    return {setting: Range(low=low, high=high)}


FLIP, CROP, RESIZED = "flip", "crop(padding=0.125)", "resized-crop(area=0.5)"
BRIGHTNESS, CONTRAST = "brightness(strength=0.4)", "contrast(strength=0.4)"
SATURATION = "saturation(strength=0.4)"
COLOUR = (BRIGHTNESS, CONTRAST, SATURATION)
DECAY = between("weight_decay", 1e-5, 5e-3)
PADDING = between("crop.padding", 0.06, 0.3)
AREA = between("resized-crop.area", 0.1, 0.9)
BRIGHTER = between("brightness.strength", 0.05, 0.8)

GEOMETRY = {
    "flip": method(FLIP, tunes=DECAY),
    "crop": method(CROP, tunes=PADDING),
    "resized-crop": method(RESIZED, tunes=AREA),
    "rotation": method("rotation(degrees=15.0)", tunes=between("rotation.degrees", 3, 60)),
    "shear": method("shear(degrees=15.0)", tunes=between("shear.degrees", 3, 45)),
    "affine": method("affine(degrees=15.0)", tunes=between("affine.degrees", 3, 60)),
    "elastic": method("elastic(alpha=10.0, sigma=3.0)", tunes=between("elastic.alpha", 2, 30)),
}
COLOURS = {
    "brightness": method(BRIGHTNESS, tunes=BRIGHTER),
    "contrast": method(CONTRAST, tunes=between("contrast.strength", 0.05, 0.8)),
    "saturation": method(SATURATION, tunes=between("saturation.strength", 0.05, 0.8)),
    "hue": method("hue(strength=0.1)", tunes=between("hue.strength", 0.02, 0.5)),
    "grayscale": method("grayscale(p=0.2)", tunes=between("grayscale.p", 0.05, 0.5)),
    "rgb-shift": method("rgb-shift(strength=20.0)", tunes=between("rgb-shift.strength", 5, 60)),
    "pca-colour": method("pca-colour(strength=0.1)", tunes=between("pca-colour.strength", 0.02, 0.5)),
}
MODERN = {
    "cutout": method("cutout(side=0.5)", tunes=between("cutout.side", 0.2, 0.7)),
    "mixup": method("mixup(alpha=1.0)", tunes=between("mixup.alpha", 0.1, 1.0)),
    "cutmix": method("cutmix(alpha=1.0)", tunes=between("cutmix.alpha", 0.1, 1.0)),
    "rand-augment": method("rand-augment(magnitude=9)", tunes=between("rand-augment.magnitude", 3, 15)),
    "trivial-augment": method("trivial-augment", tunes=DECAY),
}
METHODS = {
    "none": method(tunes=DECAY),
    **GEOMETRY,
    **COLOURS,
    "blur": method("blur(sigma=1.0)", tunes=between("blur.sigma", 0.3, 2)),
    **MODERN,
    "crop-flip": method(CROP, FLIP, tunes=PADDING),
    **{
        f"crop-flip-{name}": method(CROP, FLIP, *one["augment"], tunes=one["space"])
        for name, one in MODERN.items()
    },
    "colour": method(*COLOUR, tunes=BRIGHTER),
    "resized-flip": method(RESIZED, FLIP, tunes=AREA),
    "resized-colour": method(RESIZED, *COLOUR, tunes=AREA),
    "flip-colour": method(FLIP, *COLOUR, tunes=BRIGHTER),
    "resized-flip-colour": method(RESIZED, FLIP, *COLOUR, tunes=AREA),
    "crop-black": method("crop(padding=0.125, border='zero')", tunes=PADDING),
    "crop-reflect": method("crop(padding=0.125, border='reflect')", tunes=PADDING),
    "crop-replicate": method("crop(padding=0.125, border='replicate')", tunes=PADDING),
}

PAPER_ONLY = ("crop-black", "crop-reflect", "crop-replicate", "crop-flip-mixup", "crop-flip-rand-augment")
COMBINED = ("blur", "colour", "resized-flip", "resized-colour", "flip-colour", "resized-flip-colour")


def standing(name):
    """The profiles in which a method stands: in quick, those whose effects minutes can tell from chance."""
    if name in PAPER_ONLY:
        return ("paper",)
    return tuple(one for one in PROFILES if one != "quick" or name not in (*COLOURS, *COMBINED))


LECTURE, CUTOUT = "lecture on augmentation", "DeVries and Taylor 2017 (arXiv 1708.04552)"
claim = partial(Difference, metric="test_error", source=LECTURE, said="no number")


def gains_more(name, text, method, few, many):
    """The claim that a method gains more with few images than with many."""
    return Interaction(
        id=name,
        text=text,
        metric="test_error",
        smaller=(f"none-{many}", f"{method}-{many}"),
        larger=(f"none-{few}", f"{method}-{few}"),
        said="no number",
        source=LECTURE,
    )


CLAIMS = [
    claim(
        id="geometry",
        text="Moving pixels helps: flips, crops, resized crops, rotation, shear, affine, elastic maps each.",
        lower=GEOMETRY,
        higher="none",
    ),
    claim(
        id="colours",
        text="Changing colours helps, whichever way.",
        lower=COLOURS,
        higher="none",
    ),
    claim(
        id="pca",
        text="PCA colour gains more than a point.",
        lower="pca-colour",
        higher="none",
        by=1,
        said="over 1 point top-1 (ImageNet)",
        source="Krizhevsky et al. 2012, §4.1",
    ),
    claim(
        id="modern",
        text="Cutout, mixup, CutMix, RandAugment, TrivialAugment: each helps where nothing else is done.",
        lower=MODERN,
        higher="none",
    ),
    claim(
        id="modern-against-classic",
        text="Cutout, mixup, CutMix, RandAugment, TrivialAugment: each alone beats crop and flip together.",
        lower=MODERN,
        higher="crop-flip",
    ),
    claim(
        id="modern-on-classic",
        text="Cutout, CutMix and TrivialAugment each gain on top of crop and flip.",
        matters=1,
        lower=("crop-flip-cutout", "crop-flip-cutmix", "crop-flip-trivial-augment"),
        higher="crop-flip",
        said="4.72 to 3.99 % with Cutout (ResNet-18, mean of 5)",
        source=CUTOUT,
    ),
    claim(
        id="crop-flip",
        text="Crop and flip together beat each alone.",
        matters=1,
        lower="crop-flip",
        higher=("crop", "flip"),
    ),
    claim(
        id="combination",
        text="Crop after resize, flip and colour together beat each alone.",
        lower="resized-flip-colour",
        higher=("resized-crop", "flip", "colour"),
    ),
    claim(
        id="parts",
        text="Whichever of the three is left out, the error rises.",
        lower="resized-flip-colour",
        higher=("flip-colour", "resized-colour", "resized-flip"),
    ),
    claim(
        id="padding",
        text="Reflecting at the border beats padding with black.",
        lower="crop-reflect",
        higher="crop-black",
    ),
    gains_more(
        name="scarce",
        text="Crop and flip gain more with 500 images than with 4,000.",
        method="crop-flip",
        few="500",
        many="4000",
    ),
    gains_more(
        name="scarce-modern",
        text="TrivialAugment gains more with 500 images than with 4,000.",
        method="trivial-augment",
        few="500",
        many="4000",
    ),
    gains_more(
        name="scarce-long",
        text="Trained longer, crop and flip gain more with 500 images than with 20,000.",
        method="crop-flip",
        few="500-long",
        many="20000",
    ),
]

REFERENCES = [
    Reference(
        experiment=name,
        metric="test_error",
        value=error,
        paper=CUTOUT,
        where="authors' README, ResNet-18",
        statistic="mean",
        n=5,
        status="F",
    )
    for name, error in {"crop-flip": 4.72, "crop-flip-cutout": 3.99}.items()
]

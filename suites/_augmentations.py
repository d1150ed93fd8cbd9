"""Augmentations as contenders: id, steps, then what is tuned beside the learning rate, from and to.

Strengths for images of any size; where there is no strength to tune, weight decay takes its place.
"""

CROP, RESIZED, FLIP = ("crop(padding=0.125)",), ("resized-crop(area=0.5)",), ("flip",)
COLOUR = ("brightness(strength=0.4)", "contrast(strength=0.4)", "saturation(strength=0.4)")
NO_STRENGTH, PADDING = ("weight_decay", 1e-5, 5e-3), ("crop.padding", 0.06, 0.3)
AREA, BRIGHTNESS = ("resized-crop.area", 0.1, 0.9), ("brightness.strength", 0.05, 0.8)
GEOMETRY = {
    "flip": (FLIP, *NO_STRENGTH),
    "crop": (CROP, *PADDING),
    "resized-crop": (RESIZED, *AREA),
    "rotation": (("rotation(degrees=15.0)",), "rotation.degrees", 3, 60),
    "shear": (("shear(degrees=15.0)",), "shear.degrees", 3, 45),
    "affine": (("affine(degrees=15.0)",), "affine.degrees", 3, 60),
    "elastic": (("elastic(alpha=10.0, sigma=3.0)",), "elastic.alpha", 2, 30),
}
COLOURS = {
    "brightness": (COLOUR[:1], *BRIGHTNESS),
    "contrast": (COLOUR[1:2], "contrast.strength", 0.05, 0.8),
    "saturation": (COLOUR[2:], "saturation.strength", 0.05, 0.8),
    "hue": (("hue(strength=0.1)",), "hue.strength", 0.02, 0.5),
    "grayscale": (("grayscale(p=0.2)",), "grayscale.p", 0.05, 0.5),
    "rgb-shift": (("rgb-shift(strength=20.0)",), "rgb-shift.strength", 5, 60),
    "pca-colour": (("pca-colour(strength=0.1)",), "pca-colour.strength", 0.02, 0.5),
}
MODERN = {
    "cutout": (("cutout(side=0.5)",), "cutout.side", 0.2, 0.7),
    "mixup": (("mixup(alpha=1.0)",), "mixup.alpha", 0.1, 1.0),
    "cutmix": (("cutmix(alpha=1.0)",), "cutmix.alpha", 0.1, 1.0),
    "rand-augment": (("rand-augment(magnitude=9)",), "rand-augment.magnitude", 3, 15),
    "trivial-augment": (("trivial-augment",), *NO_STRENGTH),
}
METHODS = {
    "none": ((), *NO_STRENGTH),
    **GEOMETRY,
    **COLOURS,
    "blur": (("blur(sigma=1.0)",), "blur.sigma", 0.3, 2),
    **MODERN,
    "crop-flip": (CROP + FLIP, *PADDING),
    **{f"crop-flip-{name}": (CROP + FLIP + steps, *own) for name, (steps, *own) in MODERN.items()},
    "colour": (COLOUR, *BRIGHTNESS),
    "resized-flip": (RESIZED + FLIP, *AREA),
    "resized-colour": (RESIZED + COLOUR, *AREA),
    "flip-colour": (FLIP + COLOUR, *BRIGHTNESS),
    "resized-flip-colour": (RESIZED + FLIP + COLOUR, *AREA),
    "crop-black": (("crop(padding=0.125, border='zero')",), *PADDING),
    "crop-reflect": (("crop(padding=0.125, border='reflect')",), *PADDING),
    "crop-replicate": (("crop(padding=0.125, border='replicate')",), *PADDING),
}

import os

import numpy as np
import pytest
from PIL import Image

from bench.common.errors import UserError
from bench.data import load
from bench.data.sets import NotThere, write
from tests.conftest import tiny_arrays


def broken(tmp_path, **changes):
    write(tmp_path / "broken.npz", {**tiny_arrays(), **changes})
    return load("broken", tmp_path)


def test_npz_is_read_as_it_is(data_dir):
    images = load("tiny", data_dir)
    assert images.x_train.shape == (256, 16, 16, 3)
    assert images.classes == ("class 0", "class 1", "class 2", "class 3")
    assert images.provenance == "drawn by a test"
    assert images.channels == 3
    assert images.size == (16, 16)


def test_grey_images_get_a_channel(tmp_path):
    arrays = tiny_arrays()
    grey = {key: value[..., 0] for key, value in arrays.items() if key.startswith("x_")}
    assert broken(tmp_path, **grey).channels == 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"y_train": np.full(256, 4)}, "labels from 0 to 4, but 4 classes"),
        ({"y_test": np.full(96, -1)}, "labels from -1 to 3"),
        ({"x_train": np.zeros((256, 16, 16, 3))}, "x_train holds float64, not uint8"),
        ({"x_train": np.zeros((256, 16), np.uint8)}, "has shape"),
        ({"x_train": np.zeros((255, 16, 16, 3), np.uint8)}, "255 images in x_train, 256 labels"),
        ({"x_test": np.zeros((96, 8, 8, 3), np.uint8)}, "differ in size"),
        ({"y_train": np.zeros(256)}, "y_train holds float64, not whole numbers"),
    ],
)
def test_wrong_arrays_get_one_clear_line(tmp_path, changes, message):
    with pytest.raises(UserError, match=message):
        broken(tmp_path, **changes)


def test_missing_array_is_named(tmp_path):
    arrays = tiny_arrays()
    del arrays["y_test"]
    write(tmp_path / "broken.npz", arrays)
    with pytest.raises(UserError, match="has no y_test"):
        load("broken", tmp_path)


@pytest.mark.parametrize("cut", [0, 100, 5000])
def test_cut_off_npz_is_refused(tmp_path, data_dir, cut):
    (tmp_path / "tiny.npz").write_bytes((data_dir / "tiny.npz").read_bytes()[:cut])
    with pytest.raises(UserError, match=r"not a readable \.npz"):
        load("tiny", tmp_path)


def test_absent_data_set(tmp_path):
    with pytest.raises(NotThere, match="no data set 'cifar10'"):
        load("cifar10", tmp_path)


def test_fingerprint_is_of_the_content(tmp_path, data_dir):
    first = load("tiny", data_dir)
    arrays = tiny_arrays()
    write(tmp_path / "again.npz", {**arrays, "y_train": arrays["y_train"].astype(np.uint8)})
    assert load("again", tmp_path).fingerprint == first.fingerprint
    arrays["x_train"][0, 0, 0, 0] ^= 1
    write(tmp_path / "again.npz", arrays)
    assert load("again", tmp_path).fingerprint != first.fingerprint


def test_shapes_is_drawn_where_it_is_not_there(tmp_path):
    images = load("shapes", tmp_path)
    assert images.x_train.shape == (12_000, 32, 32, 3)
    assert (tmp_path / "shapes.npz").is_file()
    assert "synthetic" in images.provenance.lower()


@pytest.fixture
def folder(tmp_path):
    """An image folder of two classes."""
    rng = np.random.Generator(np.random.PCG64(0))
    for split, n in (("train", 4), ("validation", 2), ("test", 3)):
        for label in ("cat", "dog"):
            place = tmp_path / "pets" / split / label
            place.mkdir(parents=True)
            for i in range(n):
                Image.fromarray(rng.integers(0, 256, (8, 8, 3), np.uint8)).save(place / f"{i}.png")
    (tmp_path / "pets" / "PROVENANCE.txt").write_text("photographed by a test\n")
    return tmp_path


def test_image_folder(folder):
    images = load("pets", folder)
    assert images.x_train.shape == (12, 8, 8, 3)  # train and validation: the bench splits by itself
    assert images.classes == ("cat", "dog")
    assert images.provenance == "photographed by a test"


def test_an_image_folder_is_decoded_once_and_anew_when_a_file_changes(folder, monkeypatch):
    from bench.data import sets

    first = load("pets", folder)
    assert (folder / ".decoded" / "pets.npz").is_file()
    sets._load_folder.cache_clear()
    decode = sets.read_folder
    monkeypatch.setattr(sets, "read_folder", lambda path: pytest.fail("decoded again"))
    kept = load("pets", folder)
    assert kept.fingerprint == first.fingerprint
    assert kept.provenance == first.provenance
    monkeypatch.setattr(sets, "read_folder", decode)
    Image.new("RGB", (8, 8), (9, 9, 9)).save(folder / "pets" / "train" / "cat" / "new.png")
    assert len(load("pets", folder).y_train) == len(first.y_train) + 1


def test_a_kept_copy_that_is_broken_is_made_anew(folder):
    from bench.data import sets

    first = load("pets", folder)
    (folder / ".decoded" / "pets.npz").write_bytes(b"no archive")
    sets._load_folder.cache_clear()
    assert load("pets", folder).fingerprint == first.fingerprint


def test_image_folder_with_a_stray_class(folder):
    (folder / "pets" / "test" / "bird").mkdir()
    with pytest.raises(UserError, match="class 'bird' is not among those of train"):
        load("pets", folder)


def test_image_folder_with_a_broken_image(folder):
    (folder / "pets" / "train" / "cat" / "9.png").write_bytes(b"no image")
    with pytest.raises(UserError, match=r"9\.png: not a readable image"):
        load("pets", folder)


def test_image_folder_of_mixed_sizes(folder):
    Image.new("RGB", (9, 8)).save(folder / "pets" / "train" / "dog" / "9.png")
    with pytest.raises(UserError, match=r"9×8 pixels, where 0\.png has 8×8"):
        load("pets", folder)


def test_writing_where_it_cannot_be(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="cannot be written"):
        write(tmp_path / "file" / "x.npz", {"a": np.zeros(1)})


def deep(path):
    Image.fromarray(np.full((8, 8), 40000, np.uint16)).save(path)


def real(path):
    Image.fromarray(np.full((8, 8), 0.4, np.float32)).save(path)


def half_clear(path):
    pixels = np.full((8, 8, 4), 200, np.uint8)
    pixels[:4, :, 3] = 0
    Image.fromarray(pixels).save(path)


def clear_palette(path):
    image = Image.new("P", (8, 8), 1)
    image.putpalette([255, 0, 0, 0, 255, 0])
    image.putpixel((0, 0), 0)
    image.save(path, transparency=0)


@pytest.mark.parametrize(
    ("draw", "name", "message"),
    [
        (deep, "deep.png", "more than 8 bits"),
        (deep, "deep.tif", "more than 8 bits"),
        (real, "real.tiff", "more than 8 bits"),
        (half_clear, "clear.png", "transparent pixels"),
        (clear_palette, "palette.png", "transparent pixels"),
        (clear_palette, "palette.gif", "transparent pixels"),
    ],
    ids=lambda value: value if isinstance(value, str) and "." in value else "",
)
def test_what_8_bits_cannot_say_is_refused(folder, draw, name, message):
    path = folder / "pets" / "train" / "cat" / name
    draw(path)
    with pytest.raises(UserError, match=message) as caught:
        load("pets", folder)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_images_are_turned_as_their_camera_said(folder):
    pixels = np.zeros((8, 8, 3), np.uint8)
    pixels[0] = 255  # bright above
    exif = Image.Exif()
    exif[0x0112] = 6  # shown turned by 90 degrees clockwise
    Image.fromarray(pixels).save(folder / "pets" / "train" / "cat" / "0a.png", exif=exif)
    images = load("pets", folder)
    (turned,) = [image for image in images.x_train if set(np.unique(image)) == {0, 255}]
    assert turned[:, -1].min() == 255, "bright on the right"
    assert turned[:, :-1].max() == 0
    assert images.provenance.endswith("1 images turned upright, as their EXIF orientation says")


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA", "CMYK"])
def test_ordinary_images_decode_as_ever(folder, mode):
    """Opaque, upright, 8 bits: the pixels are those of a plain conversion to colours."""
    suffix = "jpg" if mode == "CMYK" else "png"
    path = folder / "pets" / "train" / "cat" / f"0a.{suffix}"
    rng = np.random.Generator(np.random.PCG64(3))
    Image.fromarray(rng.integers(0, 256, (8, 8, 3), dtype=np.uint8)).convert(mode).save(path)
    with Image.open(path) as picture:
        plain = np.asarray(picture.convert("RGB"))
    images = load("pets", folder)
    assert any(np.array_equal(image, plain) for image in images.x_train)
    assert "turned" not in images.provenance


def test_what_is_no_file_is_passed_by(folder):
    os.mkfifo(folder / "pets" / "train" / "cat" / "pipe.png")  # to read it would wait for ever
    assert len(load("pets", folder).y_train) == 12


def test_a_provenance_that_is_no_text_is_one_line(folder):
    (folder / "pets" / "PROVENANCE.txt").write_bytes(b"caf\xe9")
    with pytest.raises(UserError, match=r"PROVENANCE.txt: not a text in UTF-8"):
        load("pets", folder)

import io

import numpy as np
from matplotlib.image import imread

from bench.data import load
from bench.results.contact_sheet import contact_sheet
from bench.spec.base import Named
from tests.conftest import one_line


def pixels(sheet: bytes) -> np.ndarray:
    return imread(io.BytesIO(sheet))[:, :, :3]


def test_a_sheet_is_the_same_each_time_and_grows_by_a_row_a_method(data_dir):
    images = load("tiny", data_dir).x_train
    one = contact_sheet(images, {"flip": [Named(name="flip")]}, "tiny", draws=4)
    assert one == contact_sheet(images, {"flip": [Named(name="flip")]}, "tiny", draws=4)
    both = {"flip": [Named(name="flip")], "both": [Named(name="flip"), Named(name="cutmix")]}
    assert pixels(contact_sheet(images, both, "tiny", draws=4)).shape[0] > pixels(one).shape[0]


def test_the_command_writes_the_picture_or_says_what_there_is(command, data_dir, tmp_path):
    code, _, errors = command("augment", "rotation", "--data", "tiny", "--data-dir", data_dir)
    assert code == 0, errors
    assert pixels((tmp_path / "augment.png").read_bytes()).std() > 0
    wrong = command("augment", "rotatoin", "--data", "tiny", "--data-dir", data_dir)
    assert "did you mean 'rotation'?" in one_line(wrong)

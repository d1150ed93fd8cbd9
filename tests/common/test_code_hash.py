from pathlib import Path

import pytest

from bench import models
from bench.common.code_hash import code_hash, stripped


@pytest.mark.parametrize(
    "same",
    ['def f(x):\n    """Other words."""\n    return x + 1\n', "def f(x):  # why\n    return (x\n  + 1)\n"],
)
def test_comments_docstrings_and_layout_do_not_count(same):
    assert stripped(same) == stripped("def f(x):\n    return x + 1\n")


def test_code_counts():
    assert stripped("def f(x):\n    return x + 2\n") != stripped("def f(x):\n    return x + 1\n")


def test_family_file_is_part_of_the_hash(tmp_path):
    own = models.source("resnet-20")
    changed = tmp_path / own.name
    changed.write_text(own.read_text().replace("bias=False", "bias=True"))
    assert code_hash(own) == code_hash(Path(str(own)))
    assert code_hash(changed) != code_hash(own)

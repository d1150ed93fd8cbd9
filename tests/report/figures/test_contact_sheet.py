from bench.report.figures.contact_sheet import ContactSheet
from tests.report.made import averaged, made_up


def test_the_sheet_is_the_one_of_the_results():
    picture = ContactSheet().draw(averaged(), "here")
    assert (picture.png, picture.file) == (b"a picture", "augmentations.png")
    assert ContactSheet().draw(made_up(), "here") is None

"""What each augmentation does, on drawn images."""

from typing import TYPE_CHECKING, Literal

from bench.report.figures.canvas import Picture
from bench.spec.figure import Figure

if TYPE_CHECKING:
    from bench.results.tables import Results


class ContactSheet(Figure):
    """What each augmentation does: the sheet that stands among the results of a suite that compares them."""

    kind: Literal["contact-sheet"] = "contact-sheet"

    def draw(self, results: "Results", label: str) -> Picture | None:
        """None where the results have no sheet. It shows drawn images, not the label's data set."""
        from bench.results.files import SHEET

        words = self.title or "What each augmentation does"
        caption = (
            f"{words}, with the settings of this profile, to images of 32×32 pixels that are "
            "drawn for the purpose (first row: as they are)"
        )
        return Picture(self.file_name, caption, "", results.sheet, SHEET) if results.sheet else None

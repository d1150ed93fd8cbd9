"""What was pictured of trained weights, such as a first layer's filters."""

from typing import TYPE_CHECKING, Literal

from bench.report.figures.canvas import Picture
from bench.spec.figure import Figure

if TYPE_CHECKING:
    from bench.results.tables import Results


class Look(Figure):
    """A picture that an experiment's looks have made; that of its first seed."""

    kind: Literal["look"] = "look"
    experiment: str
    picture: str

    @property
    def file_name(self) -> str:
        """Its own, else that of the picture."""
        return self.name or f"{self.picture}-of-{self.experiment}"

    def draw(self, results: "Results", label: str) -> Picture | None:
        """None where the look has not run."""
        file = f"pictures/{self.picture}-of-{self.experiment}.png"
        if file not in results.pictures:
            return None
        words = self.title or f"{self.picture.capitalize()} of {self.experiment}"
        return Picture(self.file_name, f"{words}, first seed. {label}", "", results.pictures[file], file)

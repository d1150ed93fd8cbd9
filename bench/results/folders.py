"""Where results lie within a results folder: those of shorter budgets, and those of other replicates."""

from pathlib import Path

RUNGS, REPLICATES = "rungs", "replicates"


def replicate_folders(folder: Path) -> list[Path]:
    """The results folders of the replicates within one."""
    return sorted(path.parent for path in folder.glob(f"{REPLICATES}/*/suite.json"))


def replicate_of(folder: Path, number: int) -> Path:
    """Where the results of a replicate lie; the first one's are those of the folder itself."""
    return folder / REPLICATES / str(number) if number else folder

"""Where results come from: the code's commit and changes, versions, hardware."""

import platform
import subprocess
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_CODE = ("bench", "suites")  # what results come from
_PACKAGES = ("cnn-bench", "torch", "torchvision", "ray", "optuna", "mlflow", "numpy", "scipy")


@dataclass(frozen=True)
class Provenance:
    """Read once a session, by the driver."""

    root: Path = Path(__file__).parent.parent.parent

    @cached_property
    def commit(self) -> str:
        """The commit, `+changes` behind it if files differ; `none` outside a checkout of this project."""
        commit = self._git("rev-parse", "HEAD")
        return f"{commit}+changes" if commit and self.diff else commit or "none"

    @cached_property
    def diff(self) -> str:
        """What differs from the commit in code and suites; files that git does not know stand there whole."""
        known = self._git("diff", "HEAD", "--", *_CODE)
        new = self._git("ls-files", "--others", "--exclude-standard", "--", *_CODE).splitlines()
        texts = [f"new file: {name}\n{self._text(name)}" for name in new]
        return "\n".join(filter(None, [known, *texts]))

    def _text(self, name: str) -> str:
        try:
            return (self.root / name).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return "(not a text)"

    @cached_property
    def versions(self) -> dict[str, str]:
        """Versions of Python and of the packages that results depend on."""
        found = {"python": platform.python_version()}
        for package in _PACKAGES:
            try:
                found[package] = version(package)
            except PackageNotFoundError:
                continue
        return found

    @cached_property
    def hardware(self) -> str:
        """The processor and its cores, and the GPUs if there are any."""
        import os

        gpus = _gpu_names()
        cores = f"{os.cpu_count()} × {_processor()}"
        return "; ".join([cores, *gpus])

    def tags(self) -> dict[str, str]:
        """What every run is tagged with."""
        return {
            "commit": self.commit,
            "versions": ", ".join(f"{name} {number}" for name, number in self.versions.items()),
            "hardware": self.hardware,
        }

    def _git(self, *command: str) -> str:
        if not (self.root / ".git").exists():
            return ""
        try:
            done = subprocess.run(
                ["git", "-C", str(self.root), *command], capture_output=True, text=True, timeout=20
            )
        except (OSError, subprocess.TimeoutExpired):
            return ""
        return done.stdout.strip() if done.returncode == 0 else ""


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _gpu_names() -> list[str]:
    import torch

    return [torch.cuda.get_device_name(i) for i in range(torch.cuda.device_count())]

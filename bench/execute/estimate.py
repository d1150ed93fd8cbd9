"""What a plan will cost in time: from recorded runs, or from a short probe where there are none."""

from collections.abc import Container, Iterable
from dataclasses import dataclass
from statistics import median
from time import perf_counter

from bench.plan.plan import Plan
from bench.plan.planned import PlannedExperiment
from bench.plan.progress import Progress
from bench.store.cache import CachedRuns
from bench.train.records import Result

_BATCH, _LIGHT = 32, 5e7  # of a probe, where a step of a whole batch would take long: above so many MACs
_OVERHEAD = 1.1  # evaluation and start-up beside the training steps
_BOTH_BUSY = 1.25  # runs on all cores at once slow each other down


@dataclass(frozen=True)
class Price:
    """Expected minutes on so many slots, and where the figure comes from."""

    minutes: float
    source: str


def price(plan: Plan, cached: CachedRuns, slots: int) -> Price:
    """The expected wall-clock minutes for what is missing of a plan."""
    left = dict.fromkeys((one.experiment.id for one in plan.everyone), 0.0)
    for one in plan.everyone:
        left[one.experiment.id] += cached.progress.price_left(one)
    rates, probed = _rates_of(cached.progress, {name for name, work in left.items() if work}, slots)
    seconds = sum(work * rates.get(name, 0.0) for name, work in left.items()) / max(1, slots)
    return Price(seconds / 60, "a short probe" if probed else "recorded runs")


def price_of_a_seed(plan: Plan, cached: CachedRuns, experiments: Container[str], slots: int) -> float:
    """The expected wall-clock minutes of one seed more of some experiments, with its trials and sources."""
    asked = [one for one in plan.everyone if one.experiment.id in experiments]
    begun = {one.source.id for one in asked if one.source}
    asked += [one for one in plan.sources if one.id in begun]
    rates, _ = _rates_of(cached.progress, {one.experiment.id for one in asked}, slots)
    seconds = 0.0
    for one in asked:
        trials = one.tuning.trials * one.tuning.epochs / one.spec.recipe.epochs if one.tuning else 0.0
        seconds += (1 + trials) * one.price(one.spec) * rates[one.experiment.id]
    return seconds / max(1, slots) / 60


def _rates_of(progress: Progress, wanted: set[str], slots: int) -> tuple[dict[str, float], bool]:
    """Seconds per multiply-accumulate by experiment; and whether some had to be probed, each network once."""
    rates, plan = _recorded(progress), progress.plan
    probed: dict[tuple[object, ...], float] = {}
    for one in (*plan.sources, *plan.experiments):
        if one.experiment.id in wanted - rates.keys():
            network = (str(one.spec.model), one.spec.data.size, one.channels, one.spec.recipe.precision)
            if network not in probed:
                probed[network] = measured_rate(one, plan) * _OVERHEAD * (_BOTH_BUSY if slots > 1 else 1)
            rates[one.experiment.id] = probed[network]
    return rates, bool(probed)


def _recorded(progress: Progress) -> dict[str, float]:
    """Seconds per multiply-accumulate, by experiment, where a run of it is recorded."""
    seen: dict[str, list[float]] = {}
    for one in progress.plan.everyone:
        done = [run for run in progress.runs(one) if run in progress]
        rates = _rates((run.price, run.spec.recipe.epochs, progress.results[run.key]) for run in done)
        seen.setdefault(one.experiment.id, []).extend(rates)
    return {name: median(rates) for name, rates in seen.items() if rates}


def _rates(found: Iterable[tuple[float, int, Result]]) -> Iterable[float]:
    for work, epochs, result in found:
        done = work * len(result.curve) / epochs
        if done and result.cost.get("seconds"):
            yield result.cost["seconds"] / done


def measured_rate(experiment: PlannedExperiment, plan: Plan) -> float:
    """Seconds per multiply-accumulate of a few training steps on noise, on one thread."""
    import torch

    from bench import models
    from bench.train.memory import keep_freed
    from bench.train.precision import autocast

    torch.set_num_threads(1)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    spec, size = experiment.spec, experiment.spec.data.size
    if spec.model is None:
        return 0.0
    height, width = (size, size) if size else plan.data.size
    model = models.build(
        spec.model.name,
        num_classes=experiment.classes,
        in_channels=experiment.channels,
        **spec.model.options,
    ).to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    keep_freed()  # as training does
    macs = experiment.counts["macs"]
    batch = spec.recipe.batch_size if macs < _LIGHT else min(_BATCH, spec.recipe.batch_size)
    x = torch.randn(batch, experiment.channels, height, width, device=device)
    x = x.contiguous(memory_format=torch.channels_last)
    seconds = []
    for _ in range(3):
        started = perf_counter()
        with autocast(spec.recipe.precision, device):
            loss = model(x).float().square().mean()  # no task's loss takes time to speak of
        loss.backward()
        loss.item()
        seconds.append(perf_counter() - started)
    return min(seconds) / (3 * macs * batch)

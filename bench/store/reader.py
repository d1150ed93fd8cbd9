"""The run store, read: MLflow, where a run's key is its identity, kept in the tag `bench.key`."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

from bench.common.errors import UserError
from bench.common.plain_spec import PlainSpec
from bench.common.run_archive import ArchivedRun, nested
from bench.store.cache import Stored
from bench.store.empty import make_empty
from bench.store.sqlite_file import ready
from bench.train.records import WEIGHTS, Result

RESULT = "result.json"
_WEIGHTS = WEIGHTS.partition(".")[0]  # of final weights, and of those kept at the ends of epochs
_PAGE = 1000
_ABOUT = ("commit", "versions", "hardware", "environment")  # tags on where a run was made
_TIMEOUT = "5"


def quoted(value: str) -> str:
    """A value as it stands in a query to MLflow. Raises UserError for one that no query can hold."""
    if "'" in value and '"' in value:
        raise UserError(f"MLflow cannot look for {value!r}: it holds both kinds of quotation marks")
    return f'"{value}"' if "'" in value else f"'{value}'"


class Store:
    """Reads what has happened. Raises UserError when created if the store does not answer.

    `say` is given a line on what has been mended.
    """

    def __init__(self, uri: str, say: Callable[[str], None] = print) -> None:
        os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
        os.environ.setdefault("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", "true")
        os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")
        os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", _TIMEOUT)
        import logging

        from mlflow import MlflowClient

        for name in ("mlflow", "alembic"):  # after the import, which sets levels of its own
            logging.getLogger(name).setLevel(logging.ERROR)

        self.uri, self.say = uri, say
        with self.asked():
            ready(uri, lambda new, folder: make_empty(new, folder, _migrated), say)
            self.client = MlflowClient(uri)
            self.client.search_experiments(max_results=1)

    @contextmanager
    def asked(self) -> Iterator[None]:
        """What the store is asked in this block it answers, or a UserError says that it does not."""
        try:
            yield
        except UserError:
            raise
        except Exception as error:  # drivers, network, permissions: each raises its own
            raise UserError(f"the tracking store {self.uri} does not answer: {short(error)}") from error

    def answers(self) -> bool:
        """Whether the store can be asked anything now."""
        try:
            self.client.search_experiments(max_results=1)
        except Exception:
            return False
        return True

    def finished(self) -> dict[str, list[Stored]]:
        """All finished runs by key, of whatever suite, earliest first."""
        found: dict[str, list[Stored]] = {}
        with self.asked():
            done = list(self.search("tags.`bench.state` = 'done'"))
        for run in done:
            tags = run.data.tags
            about = {name: tags.get(f"bench.{name}", "") for name in _ABOUT}
            verified = tuple(filter(None, tags.get("bench.verified", "").split(",")))
            stored = Stored(
                run.info.run_id,
                tags["bench.key"],
                tags["bench.code"],
                run.info.artifact_uri,
                **about,
                verified=verified,
            )
            found.setdefault(stored.key, []).append(stored)
        return found

    def result(self, stored: Stored) -> Result:
        """A finished run's result, from its artifact."""
        text = self.artifact(stored, RESULT)
        try:
            return Result.from_plain(json.loads(text))
        except (ValueError, TypeError, LookupError) as error:
            raise UserError(f"{RESULT} of run {stored.run_id} is damaged; delete that run") from error

    def artifact(self, stored: Stored, name: str) -> bytes:
        """A file of a finished run. Raises UserError where it cannot be had."""
        parsed = urlparse(stored.artifacts)
        if parsed.scheme == "file":
            try:
                return Path(unquote(parsed.path), name).read_bytes()
            except OSError as error:
                raise UserError(f"{name} of run {stored.run_id} cannot be read: {error.strerror}") from error
        with self.asked(), tempfile.TemporaryDirectory() as folder:
            return Path(self.client.download_artifacts(stored.run_id, name, folder)).read_bytes()

    def moved(self, stored: Stored, *, weights: bool = True) -> ArchivedRun:
        """A finished run with its files, to be moved elsewhere, with or without those of weights.

        Raises UserError where its specification cannot be told from what was logged.
        """
        run = self.client.get_run(stored.run_id)
        spec = nested(run.data.params)
        if PlainSpec(spec).key != stored.key:
            raise UserError(f"run {stored.key[:12]} cannot be exported: its parameters do not give its key")
        tags, names = run.data.tags, [one.path for one in self.client.list_artifacts(stored.run_id)]
        return ArchivedRun(
            key=stored.key,
            code=stored.code,
            suite=self.client.get_experiment(run.info.experiment_id).name,
            experiment=tags["bench.experiment"],
            phase=tags["bench.phase"],
            spec=spec,
            tags={
                **{name: getattr(stored, name) for name in ("commit", "versions", "hardware")},
                **({"verified": ",".join(stored.verified)} if stored.verified else {}),
            },
            result=self.result(stored).plain(),
            files={
                name: self.artifact(stored, name)
                for name in names
                if name != RESULT and (weights or not name.startswith(_WEIGHTS))
            },
        )

    def search(self, query: str, experiments: list[str] | None = None) -> Iterable[Any]:
        ids = experiments or [one.experiment_id for one in self.client.search_experiments()]
        token = None
        while True:
            page = self.client.search_runs(
                ids,
                query,
                max_results=_PAGE,
                order_by=["attributes.start_time ASC"],
                page_token=token,
            )
            yield from page
            token = page.token
            if not token:
                return


def _migrated(uri: str) -> None:
    from mlflow import MlflowClient

    MlflowClient(uri).search_experiments(max_results=1)


def short(error: Exception) -> str:
    """The first line of what an error says."""
    return (str(error).splitlines() or [type(error).__name__])[0][:200]

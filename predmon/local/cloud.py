"""The local cloud: what runs, on which ports, and in which order it starts and stops."""

import fcntl
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path

from predmon import paths
from predmon.errors import UserError
from predmon.local import remembered
from predmon.local.container import Container, docker_answers
from predmon.local.deploy import CdkRecord, Deployment
from predmon.local.emulator import BOOTSTRAP_STACK, Emulator
from predmon.local.engine import Engine
from predmon.local.given_dashboards import MARK, VARIABLE, require_answer
from predmon.local.preview import Preview
from predmon.local.sources import fingerprint
from predmon.progress import print_step
from stacks import STACK, stack_name

PREFERRED_PORTS = {"opensearch": 9250, "aws": 4566, "dashboards": 5601}


class LocalCloud:
    """One local cloud. All its files are in the folder `home`, and its processes are found from there.

    Two local clouds with different folders can run side by side.
    """

    def __init__(self, home: Path) -> None:
        self.home = home
        self.logs = home / "logs"
        self.outputs_file = home / "outputs.json"
        self.env_file = home / "env"
        self.backfill_folder = home / "backfill"
        self._ports_file = home / "ports.json"
        self._settings_file = home / "settings.json"
        """The `-c` settings of each deployment, from its last `up` that finished."""
        self._lock_file = home / "lock"
        """Locked while `up` works. Its existence also shows that the folder belongs to a local cloud."""
        self.engine = Engine(home / "opensearch")
        self.emulator = Emulator(home / "aws")
        self.preview = Preview(home / "preview")
        self.container = Container(home / "container")
        self._services: dict[str, Engine | Emulator | Preview] = {
            "opensearch": self.engine,
            "aws": self.emulator,
            "dashboards": self.preview,
        }
        """The background processes, in the order in which they start."""
        self._assembly = home / "cdk.out"
        self.lost: list[str] = []
        """The names of other deployments that the emulator had lost when `up` started it again."""
        self._deployment = Deployment(assembly=self._assembly, outputs=self.outputs_file, logs=self.logs)

    @classmethod
    def current(cls) -> "LocalCloud":
        """Return the local cloud that the commands work with: the one in `PREDMON_HOME`, else in `.local`."""
        return cls(paths.home())

    @property
    def dashboards(self) -> Preview | Container:
        """What serves the dashboards here: the container if one was started, else the preview."""
        return self.container if self.container.port else self.preview

    def up(
        self,
        dashboards_url: str | None = None,
        context: Mapping[str, str] | None = None,
        *,
        stack: str = STACK,
        in_docker: bool = False,
        log_groups: Iterable[str] = (),
    ) -> dict[str, str]:
        """Start what does not run yet, deploy `stack` of the app, and return its outputs.

        `dashboards_url` names a Dashboards that already runs. Without it, `in_docker` starts a real one, else the
        preview starts. `context` holds settings as `-c` takes them. Those `log_groups` that do not exist are created.

        Raises UserError. What was started before the error keeps running until `down`.
        """
        if in_docker and not docker_answers():
            raise UserError("Docker does not answer on this machine. Start Docker, or leave out --dashboards docker.")
        # A mistyped address or version is said before a folder is made.
        self.engine.require_version()
        if dashboards_url:
            require_answer(dashboards_url.rstrip("/"))
            print_step(f"Using the Dashboards at {dashboards_url}")
        settings = dict(context or {})
        with self._lock():
            if was_killed := self.emulator.was_killed:
                print_step(
                    "The AWS emulator was killed. What it had not saved is deployed again, without its log lines"
                )
            if not in_docker and not dashboards_url:
                self.container.stop()
            ports = self.choose_ports()
            dashboards = (dashboards_url or f"http://127.0.0.1:{ports['dashboards']}").rstrip("/")
            synth_context = {"profile": "local", "dashboards_url": dashboards, **settings}
            made_of = fingerprint({**synth_context, "ports": json.dumps(ports)})
            is_same = self._deployment.is_current(made_of) and not was_killed
            with nullcontext() if is_same else self._deployment.synthesis(synth_context) as wait_for_synthesis:
                print_step("Starting OpenSearch")
                opensearch = self.engine.start(ports["opensearch"])
                print_step("Starting the AWS emulator")
                self.emulator.start(opensearch, ports["aws"], dashboards_url=dashboards)
                self._start_dashboards(opensearch, ports["dashboards"], dashboards_url, in_docker=in_docker)
                if wait_for_synthesis:
                    wait_for_synthesis()
            self._create_log_groups(log_groups)
            others = {name: each for name, each in self._read_outputs().items() if self.emulator.has_stack(name)}
            is_new = not self.emulator.has_stack(BOOTSTRAP_STACK)
            aws = self.emulator.client_environment
            if is_same and stack in others:
                print_step("Nothing has changed since the last deployment")
                outputs = others[stack]
            else:
                print_step("Deploying")
                outputs = self._deployment.deploy(stack, aws, made_of, bootstrap=is_new, others=others)
            remembered.write(self._settings_file, settings.get("name", ""), settings)
            if is_new or was_killed:
                self.lost = [name for name in self._find_remembered() if stack_name(name) not in self._read_outputs()]
            self._write_env(aws | {"OPENSEARCH_URL": opensearch, VARIABLE: dashboards, MARK: dashboards})
            return outputs

    def _write_env(self, variables: Mapping[str, str]) -> None:
        lines = "".join(f"export {name}={value}\n" for name, value in variables.items())
        paths.write_private(self.env_file, lines)

    def _create_log_groups(self, names: Iterable[str]) -> None:
        for name in names:
            if self.emulator.create_log_group(name):
                print_step(f"Creating the log group {name}, which does not exist here yet")

    def _start_dashboards(self, opensearch: str, port: int, given_url: str | None, *, in_docker: bool) -> None:
        if in_docker:
            self.preview.stop()
            print_step("Starting Dashboards in Docker")
            self.container.start(opensearch, port)
        elif not given_url:
            self.preview.start(opensearch, port)

    def find_remembered_settings(self, name: str) -> dict[str, str]:
        """Return the `-c` settings of the last `up` of the deployment `name` that finished, for its next one."""
        return self._find_remembered().get(name, {})

    def _find_remembered(self) -> dict[str, dict[str, str]]:
        return remembered.read_all(self._settings_file)

    def _read_outputs(self) -> dict[str, dict[str, str]]:
        recorded: dict[str, dict[str, str]] = {}
        if self.outputs_file.exists():
            recorded = json.loads(self.outputs_file.read_text())
        return recorded

    def choose_ports(self) -> dict[str, int]:
        """Return the port of each service, by name.

        That is the port where it runs now, else its last port, else its usual port. If that port is taken, it is any
        free one.
        """
        wanted = json.loads(self._ports_file.read_text()) if self._ports_file.exists() else PREFERRED_PORTS
        running = {"opensearch": self.engine.port, "aws": self.emulator.port, "dashboards": self.dashboards.port}
        chosen = {name: port or self._services[name].choose_port(wanted[name]) for name, port in running.items()}
        for name, port in chosen.items():
            if port != wanted[name]:
                print_step(f"Port {wanted[name]} is taken: {name} listens on {port}")
        self._ports_file.write_text(json.dumps(chosen))
        return chosen

    def down(self) -> list[str]:
        """Stop everything that `up` started, in reverse order, and return the names of what was running.

        The container is stopped last. If Docker does not answer, UserError is raised after the rest has stopped.
        """
        stopped = [name for name in ("synth", "bootstrap", "deploy") if CdkRecord(self.logs, name).stop()]
        stopped = [f"cdk {name}" for name in stopped]
        stopped += [service.name for service in reversed(self._services.values()) if service.stop()]
        self.env_file.unlink(missing_ok=True)
        return [*stopped, self.container.name] if self.container.stop() else stopped

    def remove_data(self) -> bool:
        """Remove the files that `up` wrote and no others. Return False if `up` never used this folder."""
        if not self._lock_file.exists():
            return False
        services = [service.home for service in (*self._services.values(), self.container)]
        files = [self.outputs_file, self.env_file, self._ports_file, self._settings_file, self._lock_file]
        for path in (*services, self.logs, self._assembly, self.backfill_folder, *files):
            paths.remove(path)
        if not any(self.home.iterdir()):
            self.home.rmdir()
        return True

    def read_env(self) -> dict[str, str] | None:
        """Return the variables of the file `env`, or None while the local cloud does not run completely."""
        return self.read_emulator_env() if self.engine.url else None

    def read_emulator_env(self) -> dict[str, str] | None:
        """Return the same while the emulator runs, whether OpenSearch does or not."""
        if not (self._is_deployed() and self.emulator.url):
            return None
        lines = self.env_file.read_text().splitlines()
        return dict(line.removeprefix("export ").split("=", 1) for line in lines)

    @property
    def runs(self) -> bool:
        """Whether a part of it runs."""
        return any(service.url for service in self._services.values())

    def problem(self) -> str | None:
        """Say what is wrong and what to do if only a part of the local cloud runs. Return None otherwise."""
        if not self.runs:
            return None
        stopped = [service for service in (self.engine, self.emulator) if not service.url]
        if stopped:
            names = " and ".join(
                f"{service.name} does not run (its log: {paths.quoted(service.log)})" for service in stopped
            )
            return f"In the local cloud here, {names}. Start it again: predmon up"
        if not self._is_deployed():
            unfinished = "Nothing is deployed to the local cloud here: the last `predmon up` did not finish"
            return f"{unfinished} (its logs: {paths.quoted(self.logs)}). Run it again: predmon up"
        return None

    def _is_deployed(self) -> bool:
        return self.env_file.exists() and self.outputs_file.exists()

    @contextmanager
    def _lock(self) -> Iterator[None]:
        is_default = self.home == paths.DEFAULT_HOME.resolve()
        if not is_default and self.home.exists() and not self._lock_file.exists() and any(self.home.iterdir()):
            raise UserError(
                f"PREDMON_HOME={paths.quoted(self.home)} already holds other files. Name an empty or a new folder."
            )
        self.home.mkdir(parents=True, exist_ok=True)
        with self._lock_file.open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise UserError("Another `predmon up` works in this folder. Wait for it, or stop it.") from None
            yield

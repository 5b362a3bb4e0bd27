"""`predmon import`, `export` and `snapshot`, and the preview as a service."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner, Result

from dashboards.importer.importing import import_everything
from dashboards.importer.saved_objects import DIRECTORY, load, to_ndjson
from predmon.commands.dashboards.objects import export, import_, snapshot
from predmon.local.preview import Preview
from predmon.local.processes import free_port
from tests.local.dashboards.parts import Events, Server

PREDMON = Path(sys.executable).with_name("predmon")
IMPORT_OVER = "/api/saved_objects/_import?overwrite=true"


def run(command: object, *words: str) -> Result:
    return CliRunner().invoke(command, words, catch_exceptions=False)


def run_unchecked(command: object, *words: str) -> Result:
    return CliRunner().invoke(command, words)


def predmon(*words: str) -> subprocess.CompletedProcess:
    """Run `predmon` in a new process, since the tests' browser occupies this one's event loop."""
    return subprocess.run([PREDMON, *words], capture_output=True, text=True, timeout=120)


def edit(server: Server, **attributes: str) -> None:
    """Save one object as a person does, without the mark of an import."""
    (before,) = [each.body for each in load() if each.id == "label-share"]
    line = json.dumps({**before, "attributes": {**before["attributes"], **attributes}}).encode()
    answer = server.request("POST", IMPORT_OVER, files={"file": ("a.ndjson", line, "application/ndjson")})
    assert answer.json()["success"]


def servers(server: Server) -> list[str]:
    return ["--dashboards-url", server.url, "--opensearch-url", server.opensearch_url]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DIRECTORY, tmp_path / "objects"))


def test_import_says_what_is_there_now(server: Server) -> None:
    result = run(import_, *servers(server))

    assert result.exit_code == 0, result.output
    assert "saved objects imported and read back" in result.output
    assert f"{server.url}/goto/" in result.output


def test_a_broken_file_is_named_and_nothing_is_sent(folder: Path) -> None:
    file = folder / "prediction_monitoring.json"
    file.write_text(file.read_text()[:-40])

    nowhere = ["--dashboards-url", "http://127.0.0.1:9", "--opensearch-url", "http://127.0.0.1:9"]
    result = predmon("import", *nowhere, "--directory", str(folder))

    assert result.returncode == 1
    assert "Error: prediction_monitoring.json: not a whole JSON list" in result.stderr


def test_export_after_import_finds_nothing_to_write(server: Server, imported: str, folder: Path) -> None:
    result = run(export, "--dashboards-url", server.url, "--directory", str(folder), "--check")

    assert (result.exit_code, result.output.strip()) == (0, "Nothing differs.")


def test_export_writes_what_somebody_edited(server: Server, imported: str, folder: Path) -> None:
    file = folder / "prediction_monitoring.json"
    before = file.read_text()
    file.write_text(before.replace('"title": "Label share"', '"title": "Shares"'))

    result = run(export, "--dashboards-url", server.url, "--directory", str(folder))

    assert "changed  visualization label-share" in result.output
    assert file.read_text() == before


def test_import_says_which_edits_it_would_undo(server: Server, imported: str, folder: Path) -> None:
    file = folder / "prediction_monitoring.json"
    before = file.read_text()
    edit(server, description="Mine")

    refused = run_unchecked(import_, *servers(server), "--directory", str(folder))
    run(export, "--dashboards-url", server.url, "--directory", str(folder))
    kept = run(import_, *servers(server), "--directory", str(folder))
    replaced = run(import_, *servers(server), "--overwrite")

    assert "visualization label-share" in str(refused.exception)
    assert (kept.exit_code, replaced.exit_code) == (0, 0)
    assert '"description": "Mine"' in file.read_text() and '"description": "Mine"' not in before


def test_a_deployment_leaves_what_people_edited_and_says_so(server: Server, imported: str) -> None:
    edit(server, title="Mine")

    kept = import_everything(server.config, load(), {}, keep_edits=True)
    title = server.request("GET", "/api/saved_objects/visualization/label-share").json()["attributes"]["title"]
    replaced = import_everything(server.config, load(), {})

    assert (kept.kept_edits, kept.objects, title) == (["visualization label-share"], len(load()) - 1, "Mine")
    assert (replaced.kept_edits, replaced.objects) == ([], len(load()))


def test_a_picture(preview: Server, tmp_path: Path) -> None:
    result = predmon("snapshot", str(tmp_path / "out.png"), *servers(preview))

    assert result.returncode == 0, result.stderr
    assert (tmp_path / "out.png").read_bytes().startswith(b"\x89PNG")


def test_a_single_file_needs_nothing_else_and_runs_nothing(preview: Server, events: Events, tmp_path: Path) -> None:
    events.send("<script>alert(1)</script>", "acceptable", 0.9)

    result = predmon("snapshot", str(tmp_path / "out.html"), "--query", events.query, *servers(preview))

    assert result.returncode == 0, result.stderr
    html = (tmp_path / "out.html").read_text()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "<script" not in html
    without_namespaces = re.sub(r'xmlns(:\w+)?="http://www\.w3\.org', "", html.replace("http-equiv", ""))
    assert re.findall(r".{0,80}http.{0,80}", without_namespaces) == []


def test_another_ending_says_which_there_are(tmp_path: Path) -> None:
    result = run(snapshot, str(tmp_path / "out.pdf"))

    assert result.exit_code == 2
    assert "must end with .png or .html" in result.output


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    result = run(snapshot, str(tmp_path / "typing-eror" / "out.png"))

    assert result.exit_code == 2
    assert "there is no folder" in result.output
    assert list(tmp_path.iterdir()) == []


def test_a_panel_that_cannot_be_drawn_is_no_picture(preview: Server, tmp_path: Path) -> None:
    body = {"mappings": {"properties": {"latency_ms": {"type": "keyword"}}}}
    index = f"{preview.opensearch_url}/cwl-1999.01.01"
    requests.put(index, json=body, timeout=30).raise_for_status()
    requests.post(f"{index}/_doc?refresh=true", json={"@timestamp": "1999-01-01", "latency_ms": "x"}, timeout=30)
    try:
        done = predmon(
            "snapshot", str(tmp_path / "out.png"), *servers(preview), "--from", "1998-12-31", "--to", "1999-01-02"
        )
    finally:
        requests.delete(index, timeout=30).raise_for_status()

    assert done.returncode == 1
    assert "Error: Nothing was written, since a panel could not be drawn: " in done.stderr
    assert not (tmp_path / "out.png").exists()


def test_an_export_into_an_empty_folder_says_what_is_missing(preview: Server, tmp_path: Path) -> None:
    result = run_unchecked(export, "--directory", str(tmp_path), "--dashboards-url", preview.url)

    assert "holds no files of saved objects" in str(result.exception)


def test_what_was_imported_is_there_after_a_restart(engine_url: str, tmp_path: Path) -> None:
    service = Preview(tmp_path)
    url = service.start(engine_url, free_port())
    permalink = run(import_, *servers(Server(url, engine_url))).output.split()[-1]
    service.stop()

    port = int(url.rsplit(":", 1)[1])
    service.start(engine_url, port)

    assert requests.get(permalink, timeout=5).status_code == 200
    assert requests.get(f"{url}/preview/dashboards/mlops-dashboard", timeout=5).json()["title"] == "MLOps Dashboard"
    service.stop()


def test_while_opensearch_is_down_the_preview_says_so(tmp_path: Path) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    (tmp_path / "objects").mkdir()
    (tmp_path / "objects" / "saved_objects.ndjson").write_bytes(to_ndjson(load()))
    service = Preview(tmp_path)
    port = free_port()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Preview, "_answers", lambda self: _is_up(f"http://127.0.0.1:{port}"))
        url = service.start(nowhere, port)

    status = requests.get(f"{url}/api/status", timeout=10)
    data = requests.get(f"{url}/preview/dashboards/mlops-dashboard/data", timeout=10)

    assert (status.status_code, status.json()["status"]["overall"]["state"]) == (503, "red")
    assert data.status_code == 503
    assert "OpenSearch does not answer" in json.loads(data.text)["message"]
    service.stop()


def _is_up(url: str) -> bool:
    try:
        return requests.get(f"{url}/preview/dashboards", timeout=2).ok
    except requests.RequestException:
        return False

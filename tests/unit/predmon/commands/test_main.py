"""What a person sees when `predmon` cannot do its work: one message that says what to do, and a status."""

import boto3
import pytest
from botocore.exceptions import ClientError
from opensearchpy.exceptions import AuthorizationException, RequestError
from opensearchpy.exceptions import ConnectionError as OpenSearchConnectionError

from predmon.commands.deployment.target import Target
from predmon.commands.shell.explaining import explain
from predmon.local.cloud import LocalCloud
from predmon.main import COMMANDS
from tests.unit.predmon.commands.conftest import Predmon, Server


def healthy(server: Server) -> None:
    """Answer as a stack with some lines kept raw and an empty failure bucket."""
    server.has_stack(
        OpenSearchUrl=server.url,
        DashboardUrl="http://dashboard",
        FailureBucketName="failures",
        ShipperFunctionName="shipper",
    )
    server.answers["POST /cwl-*/_count"] = {"count": 7}
    server.answers["POST /raw-*/_count"] = {"count": 2}
    server.answers["GET /failures"] = listing()


def listing(*keys: str) -> str:
    """Return S3's answer that lists these keys."""
    about = "<LastModified>2026-11-22T10:00:00.000Z</LastModified><Size>1</Size>"
    contents = "".join(f"<Contents><Key>{key}</Key>{about}</Contents>" for key in keys)
    return f"<ListBucketResult><IsTruncated>false</IsTruncated>{contents}</ListBucketResult>"


def test_a_profile_that_does_not_exist_is_named(predmon: Predmon, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "wrok")

    status, said = predmon("doctor")

    assert status == 1
    assert "Error: The config profile (wrok) could not be found" in said
    assert "AWS_PROFILE" in said.splitlines()[-1]


def test_a_domain_that_is_not_reached_is_said_to_be_in_a_vpc_perhaps(
    predmon: Predmon, server: Server, closed_port: int
) -> None:
    server.has_stack(OpenSearchUrl=f"http://127.0.0.1:{closed_port}")

    status, said = predmon("status")

    assert status == 1
    assert "Error: " in said
    assert "from within" in said


def test_either_variable_says_the_region(predmon: Predmon, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-west-1")

    assert "Region: eu-west-1" in predmon("doctor")[1]


def test_an_error_of_ours_is_printed_as_clicks_are(predmon: Predmon, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREDMON_TARGET", "locl")

    status, said = predmon("status")

    assert status == 1
    assert "Error: PREDMON_TARGET=locl is neither aws nor local." in said
    assert "Error: No such command 'xyz'" in predmon("xyz")[1]


def test_a_no_is_not_an_interrupt(predmon: Predmon, server: Server) -> None:
    server.has_stack()
    server.answers["GetTemplate"] = "<GetTemplateResponse><GetTemplateResult><TemplateBody>{&quot;Resources&quot;: {}}\
</TemplateBody></GetTemplateResult></GetTemplateResponse>"

    status, said = predmon("destroy", answer="no\n")

    assert status == 1
    assert said.endswith("Error: Nothing was deployed or deleted.\n")


@pytest.mark.parametrize(("runs", "says"), [(True, "runs on. To stop it: predmon down\n"), (False, "Interrupted.\n")])
def test_an_interrupt_says_how_to_stop_what_runs(
    predmon: Predmon, monkeypatch: pytest.MonkeyPatch, runs: bool, says: str
) -> None:
    def interrupted(_: LocalCloud) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(LocalCloud, "down", interrupted)
    monkeypatch.setattr(LocalCloud, "runs", runs)

    status, said = predmon("down")

    assert status == 130
    assert said.endswith(says)


def test_an_interrupt_says_once_what_was_done_by_then(predmon: Predmon, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: LocalCloud) -> None:
        raise KeyboardInterrupt("sent 3 of 500.")

    monkeypatch.setattr(LocalCloud, "down", interrupted)
    monkeypatch.setattr(LocalCloud, "runs", False)

    assert predmon("down") == (130, "\nInterrupted: sent 3 of 500.\n")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_takes_the_name_of_a_deployment(predmon: Predmon, command: str) -> None:
    status, said = predmon(command, "--help")

    assert status == 0
    assert "--name" in said


def test_a_proxy_is_not_asked_for_what_listens_here(
    predmon: Predmon, server: Server, closed_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{closed_port}")
    healthy(server)

    status, said = predmon("status")

    assert status == 0, said
    assert "7 predictions indexed, 2 lines kept raw" in said
    assert "replay" not in said


def test_what_waits_in_the_failure_bucket_is_in_the_status(predmon: Predmon, server: Server) -> None:
    healthy(server)
    server.answers["GET /failures"] = listing("aws/lambda/async/a", "aws/lambda/stream/b", "rejected/c", "set-aside/d")

    status, said = predmon("status")

    assert status == 0, said
    assert "Waiting in the failure bucket: 3 objects (predmon replay)" in said
    assert "Set aside there: 1 object (predmon replay --set-aside)" in said


def test_a_wrong_setting_is_said_before_anything_starts(predmon: Predmon) -> None:
    status, said = predmon("up", "-c", "store_txt=hash")

    assert status == 1
    assert "a setting that exists, perhaps store_text." in said
    assert "Synthesising" not in said


def test_what_stopped_here_is_said_instead_of_advice_on_aws(
    predmon: Predmon, server: Server, closed_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.has_stack(OpenSearchUrl=f"http://127.0.0.1:{closed_port}")
    monkeypatch.setenv("PREDMON_TARGET", "")
    monkeypatch.setattr(LocalCloud, "read_env", lambda _: None)
    problems = iter([None, "OpenSearch does not run."])
    monkeypatch.setattr(LocalCloud, "problem", lambda _: next(problems))

    status, said = predmon("status")

    assert status == 1
    assert said.endswith("OpenSearch does not run.\n")


def test_nobody_signs_in_to_an_address_of_this_machine(
    predmon: Predmon, closed_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Target, "resolve", lambda **_: Target({"ShipperFunctionName": "ship"}, session(), endpoint))
    endpoint = f"http://127.0.0.1:{closed_port}"

    status, said = predmon("logs", "shipper")

    assert status == 1
    assert "aws sso login" not in said
    assert said.endswith("That is an address of this machine. To see what runs here: predmon status\n")


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        ("ExpiredTokenException", "aws sso login"),
        ("AccessDeniedException", "Your identity may not do this."),
        ("ResourceNotFoundException", "Is the stack still there"),
    ],
)
def test_the_advice_fits_the_answer_of_aws(code: str, advice: str) -> None:
    assert advice in explain(ClientError({"Error": {"Code": code, "Message": "no"}}, "Invoke"))


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        (RequestError(400, "parsing_exception", {}), "The domain answered and refused this."),
        (AuthorizationException(403, "no permissions", {}), "Your identity may not do this."),
        (OpenSearchConnectionError("N/A", "no route", OSError()), "only from within the VPC"),
    ],
)
def test_the_advice_fits_the_answer_of_the_domain(error: Exception, advice: str) -> None:
    assert advice in explain(error)


def session() -> boto3.Session:
    return boto3.Session("a", "b", region_name="eu-central-1")


@pytest.mark.parametrize(
    ("shell", "word"), [("bash", "complete -o"), ("zsh", "compdef"), ("fish", "complete --no-files")]
)
def test_a_shell_gets_a_script_for_completion(predmon: Predmon, shell: str, word: str) -> None:
    status, said = predmon("completion", shell)

    assert status == 0
    assert word in said
    assert "_PREDMON_COMPLETE" in said


def test_commands_and_options_are_completed(predmon: Predmon, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_PREDMON_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", "predmon send --ov")
    monkeypatch.setenv("COMP_CWORD", "2")

    assert predmon() == (0, "plain,--over\n")


def test_another_profile_is_not_for_the_local_cloud(predmon: Predmon) -> None:
    status, said = predmon("up", "-c", "profile=production")

    assert status == 1
    assert said.startswith("Error: The local cloud has only the profile local")
    assert len(said.splitlines()) == 1

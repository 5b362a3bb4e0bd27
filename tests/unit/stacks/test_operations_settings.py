"""The settings of alarms, transport and pipeline: a refusal says what to write instead."""

import pytest

from stacks.settings import Settings
from stacks.settings.parsing import SettingsError


@pytest.mark.parametrize(
    ("context", "advice"),
    [
        ({"alarms": "true", "alarm_email": "oncall"}, "oncall@example.com"),
        ({"alarm_email": "oncall@example.com"}, "alarms=true beside it"),
        ({"alarm_silence_hours": "169"}, "0 to 168"),
        ({"transport": "kafka"}, "direct, kinesis"),
        ({"index_shards": "0"}, "1 to 200"),
        ({"github_repository": "https://github.com/owner/name"}, "owner/name"),
        ({"alarm_mail": "oncall@example.com"}, "exists, perhaps alarm_email."),
    ],
)
def test_a_wrong_value_is_refused_with_what_to_write(context: dict[str, str], advice: str) -> None:
    with pytest.raises(SettingsError, match="Write") as refused:
        Settings.from_context(context)

    assert advice in str(refused.value)


def test_production_watches_itself_and_dev_does_not() -> None:
    assert Settings.from_context({"profile": "production"}).alarms
    assert not Settings().alarms

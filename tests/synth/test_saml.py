"""Sign-in with a company's identity provider: its metadata, and what it has to know of the domain."""

from pathlib import Path

import pytest

from checks.profiles import SIGN_IN, composed
from stacks.settings import SettingsError
from tests.synth.reading import Reading
from tests.synth.test_sign_in import Read, domain


@pytest.mark.parametrize("name", ["saml-roles", "saml-roles-vpc"])
def test_saml_takes_its_metadata_from_a_file_and_tells_what_the_provider_has_to_know(reading: Read, name: str) -> None:
    template = reading(name)

    options = domain(template)["AdvancedSecurityOptions"]["SAMLOptions"]

    assert options["Enabled"]
    assert options["Idp"]["EntityId"] == "https://login.example.com/saml"
    assert options["Idp"]["MetadataContent"].endswith("</md:EntityDescriptor>")
    assert options["RolesKey"] == "Role"
    assert {"SamlEntityId", "SamlReplyUrl"} <= set(template.outputs)
    mappings = template.resources["DashboardsImport"]["Properties"]["RoleMappings"]
    assert (mappings["prediction_viewer"], mappings["prediction_editor"]) == (
        ["analysts"],
        [SIGN_IN[name]["editor_roles"]],
    )


def test_saml_begins_without_metadata_since_the_provider_must_know_the_domain_first(tmp_path: Path) -> None:
    settings = {**SIGN_IN["saml-roles"], "saml_metadata": ""}

    template = Reading(composed(settings).synth().get_stack_by_name("PredictionMonitoring").template)

    assert "SAMLOptions" not in domain(template)["AdvancedSecurityOptions"]
    assert {"SamlEntityId", "SamlReplyUrl"} <= set(template.outputs)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "cannot be read"),
        ("not XML", "not XML"),
        ("<a/>", "no SAML EntityDescriptor"),
        ('<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata"/>', "with an entityID"),
        ("x" * 1_048_577, "longer than"),
    ],
)
def test_metadata_that_is_none_is_refused_before_anything_is_deployed(
    tmp_path: Path, content: str | None, says: str
) -> None:
    path = tmp_path / "metadata.xml"
    if content is not None:
        path.write_text(content)

    with pytest.raises(SettingsError, match=says):
        composed({**SIGN_IN["saml-roles"], "saml_metadata": str(path)})

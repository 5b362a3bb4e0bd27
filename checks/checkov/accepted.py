"""The violations of Checkov's rules that are accepted, each with its reason."""

from checks.violations import Accepted

FUNCTION = r".*(Function|Replay|framework|Provider).*"
NO_OWN_KEY = "with kms_key_arn a key of yours; without it AWS's own key encrypts it"

ACCEPTED: tuple[Accepted, ...] = (
    Accepted("CKV_AWS_18", "ShipperFailures.*", "only shipper and replay reach it; CloudTrail can say who did"),
    Accepted("CKV_AWS_21", "ShipperFailures.*", "a version would keep log text that replay has delivered and deleted"),
    Accepted("CKV_AWS_26", "AlarmsTopic.*", "no log text passes it, and alarms cannot use AWS's own key for topics"),
    Accepted("CKV_AWS_84", "SearchDomain.*", "domain_logs is a choice with a price; production has it"),
    Accepted(
        "CKV_AWS_111",
        "(Dashboards|Days|Drift|Quality|Shipper).*DefaultPolicy.*",
        "Lambda asks for six actions on network interfaces, on every resource, of a function in a VPC",
    ),
    Accepted("CKV_AWS_115", FUNCTION, "reserving takes from all functions of the account; the shipper's is a setting"),
    Accepted("CKV_AWS_116", FUNCTION, "the shipper has a failure bucket; the others do it at their next run"),
    Accepted("CKV_AWS_117", FUNCTION, "a VPC is a setting; what is outside never asks the domain"),
    Accepted("CKV_AWS_149", "SearchMaster.*", NO_OWN_KEY),
    Accepted("CKV_AWS_158", ".*(Logs|Refused).*", NO_OWN_KEY),
    Accepted("CKV_AWS_173", FUNCTION, "the variables hold addresses and settings, and no password"),
    Accepted("CKV_AWS_258", "InferenceFunctionFunctionUrl.*", "the local cloud's, whose emulator checks no signature"),
    Accepted("CKV_AWS_317", "SearchDomain.*", "audit logs need roles and domain_logs; production has both"),
)

"""The violations of the rules in a template, and the list of accepted violations, each with its reason."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Accepted:
    """An accepted violation: a rule that `construct` breaks, and why it may."""

    rule: str
    """A regular expression for the whole rule, such as `AwsSolutions-L1`."""
    construct: str
    """A regular expression for the whole path below the stack."""
    reason: str

    def covers(self, rule: str, construct: str) -> bool:
        """Return whether this accepts that violation."""
        below = construct.partition("/")[2]
        return bool(re.fullmatch(self.rule, rule) and re.fullmatch(self.construct, below))


@dataclass(frozen=True)
class Violation:
    """One message of a rule about one construct."""

    profile: str
    rule: str
    """Such as `AwsSolutions-IAM5[Resource::<Bucket.Arn>/*]`; generated ends of logical ids are left out."""
    construct: str
    says: str

    def __str__(self) -> str:
        return f"{self.profile}: {self.rule} at {self.construct}: {self.says}"


DOMAIN = "Search/Domain/Resource"
POLICY = r"(ServiceRole|Role)/DefaultPolicy/Resource"

ACCEPTED: tuple[Accepted, ...] = (
    # The domain
    Accepted(
        "AwsSolutions-OS1",
        DOMAIN,
        "outside a VPC the domain takes signed requests only, or those of named addresses; a VPC is a setting",
    ),
    Accepted(
        "AwsSolutions-OS3",
        DOMAIN,
        "signed requests of single roles are narrower than addresses; dev lists addresses, which the rule cannot read",
    ),
    Accepted(
        "AwsSolutions-OS5",
        DOMAIN,
        "dev opens the dashboards to the addresses that it is given: a browser cannot sign; elsewhere IAM decides",
    ),
    Accepted("AwsSolutions-OS4", DOMAIN, "managers of their own begin to pay at three data nodes; production has them"),
    Accepted("AwsSolutions-OS7", DOMAIN, "one node, as in the tutorial, cannot span zones; production spans three"),
    Accepted(
        r"AwsSolutions-OS9\[LogExport::(SEARCH|INDEX)_SLOW_LOGS\]",
        DOMAIN,
        "slow logs hold queries and documents, so log text, in a second place that store_text does not govern",
    ),
    # Sign-in
    Accepted(
        "AwsSolutions-COG2",
        "SignIn/People/Resource",
        "a second factor is each person's choice, so that a link can be opened within minutes; docs/security.md says "
        "how to require it",
    ),
    Accepted(
        "AwsSolutions-COG8",
        "SignIn/People/Resource",
        "threat protection is part of the plus plan, which has no free tier: it costs for each person and month",
    ),
    Accepted(
        r"AwsSolutions-IAM4\[Policy::arn:<AWS::Partition>:iam::aws:policy/AmazonOpenSearchServiceCognitoAccess\]",
        "SignIn/Service/Resource",
        "the policy that the search service asks for, kept by AWS: it makes the app client and the pool's providers",
    ),
    # The failure bucket
    Accepted(
        "AwsSolutions-S1",
        "Shipper/Failures/Resource",
        "only the shipper and its replay reach the bucket; CloudTrail data events say who did, where that is wanted",
    ),
    # The stream
    Accepted("AwsSolutions-KDS3", "Stream/Stream/Resource", "kms_key_arn asks for the customer's own key instead"),
    # Functions
    Accepted("AwsSolutions-L1", r".+/(Function|Replay)/Resource", "3.13 is what the wheels are pinned and tested for"),
    Accepted(
        r"AwsSolutions-IAM5\[Resource::\*\]",
        "(Dashboards|Shipper)/.*" + POLICY,
        "Lambda asks for six actions on network interfaces, on every resource, of a function in a VPC",
    ),
    Accepted(
        r"AwsSolutions-IAM5\[Resource::\*\]",
        "Groups/Function/" + POLICY,
        "cognito-identity:SetIdentityPoolRoles takes no resource in AWS's list of actions",
    ),
    Accepted(
        "AwsSolutions-SMG4",
        "Search/Master/Resource",
        "a new password must reach the domain too, which no rotation function does: docs/security.md says how",
    ),
    Accepted(
        r"AwsSolutions-IAM5\[Resource::<(Dashboards|Groups)Function\.Arn>:\*\]",
        "(Dashboards|Groups)/Provider/framework-onEvent/" + POLICY,
        "the CDK's provider invokes any version of this one function",
    ),
    Accepted(
        r"AwsSolutions-IAM5\[Resource::arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:log-group:\*\]",
        "Subscriber/Function/" + POLICY,
        "log groups are listed as a whole; its filter is removed also from what a former rule meant",
    ),
    Accepted(
        r"AwsSolutions-IAM5\[Resource::arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:log-group:/aws/lambda/ml-\*\]",
        "Subscriber/Function/" + POLICY,
        "filters are put on the log groups that the pattern of the settings means, and on no other",
    ),
    # parliament
    Accepted(
        "parliament-RESOURCE_MISMATCH",
        "SubscriberFunction.*DefaultPolicy.*",
        "where AWS refuses logs:DescribeLogGroups it names log-group::log-stream: as a resource, which this covers",
    ),
    Accepted(
        "parliament-RESOURCE_STAR",
        "(Dashboards|Days|Drift|Quality|Shipper).*DefaultPolicy.*",
        "Lambda asks for six actions on network interfaces, on every resource, of a function in a VPC",
    ),
    # Wildcards that a path or a name in a request makes necessary
    Accepted(
        r"AwsSolutions-IAM5\[Resource::<ShipperFailures\.Arn>/drained/\*\]",
        "Stream/Drain/Function/" + POLICY,
        "each marker in the stream is confirmed by an object of its own, which is deleted once it is seen",
    ),
    Accepted(
        r"AwsSolutions-IAM5\[Resource::<ShipperFailures\.Arn>/\*\]",
        "Shipper/(Replay/)?" + POLICY,
        "the objects of the one bucket: Lambda and the shipper name them by date and id",
    ),
    Accepted(
        r"AwsSolutions-IAM5\[Resource::<SearchDomain\.Arn>/\*\]",
        f"(Dashboards/Function/{POLICY}|Importer/DefaultPolicy/Resource)",
        "Dashboards calls paths that have no common prefix; the actions name the methods, and none deletes",
    ),
    Accepted(
        r"AwsSolutions-IAM5\[Resource::<SearchDomain\.Arn>/cwl-\*/_mapping\]",
        "Shipper/(Replay/)?" + POLICY,
        "there is an index a day; the shipper reads which fields it has, and adds those that it lacks",
    ),
    Accepted(
        r"AwsSolutions-IAM5\[Resource::<SearchDomain\.Arn>/((cwl|raw)-\*/_search|cwl-\*/_field_caps|drift-\*/_(search|refresh)|prediction-reference/_(create|doc)/\*)\]",
        "Drift/Function/" + POLICY,
        "there is an index a day, or a month, and a document a model",
    ),
    Accepted(
        r"AwsSolutions-IAM5\[Resource::<SearchDomain\.Arn>/(drift-\*/_search|cwl-\*/_search|quality-\*/_(search|refresh|doc/\*)|prediction-quality-reference/_(create|doc)/\*)\]",
        "Quality/Function/" + POLICY,
        "there is an index a day, or a month, and a document a reference",
    ),
    Accepted(
        r"AwsSolutions-IAM5\[Resource::<SearchDomain\.Arn>/((cwl|raw|drift|quality)-\*|prediction-days\*|_cat/indices/\*|_cluster/\*|_index_template/_simulate_index/\*|_nodes/stats/\*)\]",
        "Days/Function/" + POLICY,
        "it moves the documents of an index a day, or a month, and reads what the domain has room for",
    ),
    Accepted(
        r"AwsSolutions-IAM5\[Resource::\*\]",
        "(Days|Drift|Quality)/Function/" + POLICY,
        "cloudwatch:PutMetricData takes no resource; a condition holds it to this project's namespace; in a VPC "
        "Lambda asks for six actions on network interfaces, on every resource",
    ),
    Accepted(
        r"AwsSolutions-IAM5\[Resource::arn:<AWS::Partition>:cloudformation:<AWS::Region>:<AWS::AccountId>:stack/PredictionMonitoring/\*\]",
        "(Deploy|Compare)/DefaultPolicy/Resource",
        "the one stack, whose ARN ends in an id that is made with it",
    ),
    Accepted(
        r"AwsSolutions-IAM5\[Resource::arn:.+:(function:PredictionMonitoring|log-group:)\*\]",
        "Deploy/DefaultPolicy/Resource",
        "the names of functions end in chance, and any log group may be attached next; it reads no log",
    ),
    Accepted(
        r"AwsSolutions-IAM5\[Resource::\*\]",
        "Deploy/DefaultPolicy/Resource",
        "reads that the checks before a deployment need: lists of an account, which take no narrower resource",
    ),
)
"""The accepted violations. An acceptance without a violation makes `make check` fail, too."""


def problems_in(violations: list[Violation], accepted: tuple[Accepted, ...] = ACCEPTED) -> list[str]:
    """Return the problems: violations without an acceptance or with several, acceptances without a violation."""
    needed: set[Accepted] = set()
    problems = []
    for violation in violations:
        reasons = [each for each in accepted if each.covers(violation.rule, violation.construct)]
        needed.update(reasons)
        if not reasons:
            problems.append(str(violation))
        if len(reasons) > 1:
            problems.append(
                f"{violation.rule} at {violation.construct} is accepted {len(reasons)} times: keep one reason"
            )
    problems += [
        f"{each.rule} at {each.construct} is accepted, but nothing violates it"
        for each in accepted
        if each not in needed
    ]
    return list(dict.fromkeys(problems))

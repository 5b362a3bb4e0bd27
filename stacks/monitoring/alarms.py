"""The alarms on the pipeline and the domain. Each says what to do."""

from collections.abc import Mapping, Sequence

from aws_cdk import Aws
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from stacks.monitoring.alerts import Alert


class Alarms(Construct):
    """A topic, and alarms that publish to it when something breaks and when it works again.

    `watch` takes further alarms that other constructs made. The address of `email` gets a message to confirm first.
    """

    def __init__(self, scope: Construct, construct_id: str, *, title: str, email: str, operations_url: str) -> None:
        """`title` is what the e-mails come from; `operations_url` is where docs/operations.md can be read."""
        super().__init__(scope, construct_id)
        self._operations_url = operations_url
        self.topic = sns.Topic(self, "Topic", display_name=title, enforce_ssl=True)
        # A topic with a policy of its own no longer lets the account's alarms in by default.
        self.topic.add_to_resource_policy(
            iam.PolicyStatement(
                actions=["sns:Publish"],
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                resources=[self.topic.topic_arn],
                conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}},
            )
        )
        if email:
            self.topic.add_subscription(subscriptions.EmailSubscription(email))
        self.alarms: list[cloudwatch.AlarmBase] = []

    def add(self, alerts: Sequence[Alert]) -> None:
        """Make the alarms."""
        for alert in alerts:
            made = cloudwatch.Alarm(
                self,
                "".join(word.title() for word in alert.section.split("-")),
                metric=alert.metric,
                threshold=alert.threshold,
                evaluation_periods=alert.periods,
                comparison_operator=alert.comparison,
                treat_missing_data=alert.missing,
                alarm_description=alert.says,
            )
            self.watch({alert.section: self._after_the_first(alert, made) if alert.only_after else made})

    def watch(self, alarms: Mapping[str, cloudwatch.AlarmBase]) -> None:
        """Publish these alarms, and let each description end with the link to its section; section → alarm."""
        for section, alarm in alarms.items():
            alarm.add_alarm_action(actions.SnsAction(self.topic))
            alarm.add_ok_action(actions.SnsAction(self.topic))
            self.alarms.append(alarm)
            made = alarm.node.default_child
            assert isinstance(made, cloudwatch.CfnAlarm | cloudwatch.CfnCompositeAlarm)
            made.alarm_description = f"{made.alarm_description} {self._operations_url}#{section}"

    def _after_the_first(self, alert: Alert, silent: cloudwatch.Alarm) -> cloudwatch.CompositeAlarm:
        """Return an alarm that fires with `silent`, but not before the alert's `only_after` had its first value.

        An alarm has no memory beyond its window, except its own state: the first value makes `seen` OK, and without
        further values it stays so.
        """
        assert alert.only_after
        seen = cloudwatch.Alarm(
            self,
            f"{silent.node.id}Seen",
            metric=alert.only_after,
            threshold=0,
            evaluation_periods=1,
            comparison_operator=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.IGNORE,
            alarm_description=f"OK once there was a value. Part of the alarm {alert.section}; tells nobody.",
        )
        rule = cloudwatch.AlarmRule.all_of(
            cloudwatch.AlarmRule.from_alarm(seen, cloudwatch.AlarmState.OK),
            cloudwatch.AlarmRule.from_alarm(silent, cloudwatch.AlarmState.ALARM),
        )
        return cloudwatch.CompositeAlarm(
            self, f"{silent.node.id}AfterTheFirst", alarm_rule=rule, alarm_description=alert.says
        )

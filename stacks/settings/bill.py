"""Which line of the estimate pays for a type of resource, or why it costs nothing.

A test fails when a template has a type that is in neither list, or a type whose line the estimate lacks.
"""

from collections.abc import Mapping

BILLED: Mapping[str, str] = {
    "AWS::OpenSearchService::Domain": "Search nodes",
    "AWS::Logs::LogGroup": "CloudWatch Logs",
    "AWS::CloudWatch::Alarm": "CloudWatch metrics",
    "AWS::CloudWatch::CompositeAlarm": "CloudWatch metrics",
    "AWS::CloudWatch::Dashboard": "CloudWatch metrics",
    "AWS::Lambda::Function": "Shipper",
    "AWS::Kinesis::Stream": "Kinesis stream",
    "AWS::SecretsManager::Secret": "Secret",
    "AWS::Lambda::Version": "Model kept ready",
    "AWS::Cognito::UserPool": "Sign-in",
}
"""Type → a line of `cost.estimate`."""
FREE: Mapping[str, str] = {
    "AWS::S3::Bucket": "empty but after a failure, and then a few cents",
    "AWS::S3::BucketPolicy": "no price",
    "AWS::SNS::Topic": "the first 1,000 e-mails of a month are free",
    "AWS::SNS::TopicPolicy": "no price",
    "AWS::SNS::Subscription": "no price",
    "AWS::Events::Rule": "schedules and AWS's own events have no price; a drift event costs a millionth of a dollar",
    "AWS::Logs::SubscriptionFilter": "no price",
    "AWS::Logs::AccountPolicy": "no price; what it delivers has one where a stream is between",
    "AWS::Logs::Destination": "no price beside the stream's",
    "AWS::Logs::MetricFilter": "no price; its metric exists only where lines were dropped",
    "AWS::Logs::ResourcePolicy": "no price",
    "AWS::Lambda::Alias": "no price",
    "AWS::Lambda::EventInvokeConfig": "no price",
    "AWS::Lambda::EventSourceMapping": "no price",
    "AWS::Lambda::Permission": "no price",
    "AWS::Lambda::Url": "no price beside the function's",
    "AWS::IAM::Role": "no price",
    "AWS::IAM::Policy": "no price",
    "AWS::IAM::OIDCProvider": "no price",
    "AWS::EC2::VPC": "no price",
    "AWS::EC2::Subnet": "no price",
    "AWS::EC2::RouteTable": "no price",
    "AWS::EC2::SubnetRouteTableAssociation": "no price",
    "AWS::EC2::SecurityGroup": "no price",
    "AWS::EC2::SecurityGroupIngress": "no price",
    "AWS::EC2::SecurityGroupEgress": "no price",
    "AWS::EC2::FlowLog": "of refused connections only: a few lines",
    "AWS::Cognito::IdentityPool": "no price",
    "AWS::Cognito::IdentityPoolRoleAttachment": "no price",
    "AWS::Cognito::UserPoolDomain": "no price for a prefix",
    "AWS::Cognito::UserPoolGroup": "no price",
    "Custom::DrainedStream": "some minutes of a function when the stream is removed",
    "Custom::LogGroupRules": "a minute of a function at each deployment",
    "Custom::GroupMapping": "a second of a function at each deployment",
    "Custom::DashboardsImport": "a minute of a function at each deployment",
    "Custom::S3AutoDeleteObjects": "a second of a function when the stack is deleted",
}
"""Type → why there is no line for it."""
GATEWAY = "AWS::EC2::VPCEndpoint"
"""Has a price (`VPC endpoints`) as an interface, and none as a gateway."""
ENDPOINT_LINE = "VPC endpoints"

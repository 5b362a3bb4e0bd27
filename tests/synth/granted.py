"""What some roles may do: the function that looks after past days, the stream's reader, and a VPC's flow log."""

KINDS = ("cwl", "raw", "drift", "quality")
DAYS_ACTIONS = {
    ("cloudwatch:PutMetricData", "*"),  # This action has no resource. A condition limits it to the project's namespace.
    *((f"es:ESHttp{how}", f"<SearchDomain.Arn>/{path}-*") for path in KINDS for how in ("Get", "Post", "Put")),
    *(("es:ESHttpGet", f"<SearchDomain.Arn>/{path}") for path in ("_cat/indices/*", "_cluster/*", "_nodes/stats/*")),
    *((f"es:ESHttp{how}", "<SearchDomain.Arn>/prediction-days*") for how in ("Get", "Put")),
    ("es:ESHttpGet", "<SearchDomain.Arn>/_tasks"),
    *(
        ("es:ESHttpPost", f"<SearchDomain.Arn>/{path}")
        for path in ("_aliases", "_reindex", "_index_template/_simulate_index/*")
    ),
    ("events:PutEvents", "arn:<AWS::Partition>:events:<AWS::Region>:<AWS::AccountId>:event-bus/default"),
}
STREAM_READER = {
    (f"kinesis:{action}", "<Stream.Arn>")
    for action in ("DescribeStream", "DescribeStreamSummary", "GetRecords", "GetShardIterator", "ListShards")
}
FLOW_LOG = {
    (f"logs:{action}", "<NetworkRefused.Arn>") for action in ("CreateLogStream", "DescribeLogStreams", "PutLogEvents")
}

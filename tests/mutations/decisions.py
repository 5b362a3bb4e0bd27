"""The modules that decide something, each with the tests that are nearest to it."""

JUDGEMENT = "tests/unit/monitors/drift/judgement"
STATISTICS = "tests/unit/monitors/drift/statistics"
QUALITY = "tests/unit/monitors/quality"
SHIPPER = "tests/unit/lambda_shipper"
VERDICT = (f"{JUDGEMENT}/test_thresholds.py", f"{JUDGEMENT}/test_verdict.py", f"{JUDGEMENT}/test_small_signs.py")

DECISIONS = {
    "monitors/drift/judgement/verdict.py": (*VERDICT, f"{JUDGEMENT}/test_texts.py"),
    "monitors/drift/judgement/judging.py": VERDICT,
    "monitors/drift/judgement/dispersion.py": (f"{STATISTICS}/test_degrees.py", f"{STATISTICS}/test_seasons.py"),
    "monitors/drift/statistics/segments.py": (f"{STATISTICS}/test_degrees.py",),
    "monitors/drift/statistics/significance.py": (f"{STATISTICS}/test_degrees.py", f"{STATISTICS}/test_seasons.py"),
    "monitors/drift/statistics/combining.py": (f"{STATISTICS}/test_measures.py",),
    "monitors/drift/statistics/mix_tests.py": (f"{STATISTICS}/test_degrees.py", f"{STATISTICS}/test_measures.py"),
    "monitors/quality/testing.py": (f"{QUALITY}/test_shares.py", f"{QUALITY}/test_testing.py"),
    "monitors/quality/judging.py": (f"{QUALITY}/test_shares.py", f"{QUALITY}/test_judging.py"),
    "monitors/quality/measures.py": (f"{QUALITY}/test_measures.py",),
    "monitors/quality/correctness.py": (f"{QUALITY}/test_correctness.py",),
    "lambda_shipper/delivery/bulk.py": (f"{SHIPPER}/delivery",),
    "lambda_shipper/delivery/refusals.py": (f"{SHIPPER}/delivery",),
    "lambda_shipper/domain/answers.py": (f"{SHIPPER}/delivery", f"{SHIPPER}/domain"),
    "lambda_shipper/reading/scores.py": (f"{SHIPPER}/reading",),
    "dashboards/importer/access.py": ("tests/unit/dashboards/test_role_mappings.py",),
    "inference_lambda/requests.py": ("tests/unit/inference_lambda/test_requests.py",),
    "stacks/settings/cost.py": ("tests/unit/stacks/test_cost.py",),
}

"""Which lines visibly hold a prediction that is no JSON, and which only have the word in them."""

import json
from typing import Any

import pytest

from lambda_shipper.reading.finding import find_predictions

LINE = json.dumps({"text": "Hi.", "prediction": {"label": "acceptable", "score": 0.9}})


@pytest.mark.parametrize(
    "line",
    [
        "",
        "START RequestId: 8f0e3c1a Version: $LATEST",
        "loading the prediction model",
        "{}",
        '{"level": "INFO", "message": "no prediction today"}',
        '{"level": "INFO", "message": {"text": "about prediction"}}',
        '{"level": "INFO", "message": "my prediction: rain, and then sun"}',
        '{"text": "he said \\"prediction\\" twice", "tags": ["prediction", "weather"]}',
        '{"predictions": [{"label": "a"}], "prediction_id": 7}',
        "Well, prediction: it will rain.",
        "the prediction (see below) was good [1]",
        "GET /score?prediction=1 HTTP/1.1",
        "arn:aws:lambda:eu-central-1:1:function:prediction:7",
        "2 of 3 predictions={} done",
        "KeyError: ('prediction', 'label')",
        "step 3: prediction -> ranking -> answer",
        "see :prediction in the log",
        "Error in prediction:\n  ValueError: no such label: spam",
        "missing columns ['prediction', 'score']",
        '{"text": "broken',
        '"prediction',
        '  "label": "plumbing",',
    ],
)
def test_other_lines_are_not(line: str) -> None:
    assert find_predictions(line) == ([], None)


@pytest.mark.parametrize(
    "text",
    [
        "{ text: 'Hi.', prediction: { label: 'plumbing', score: 0.91 } }",
        "{ text: 'Hi.', prediction: 'plumbing' }",
        "{ prediction: Result { label: 'plumbing' } }",
        "{\n  prediction: {\n    label: 'plumbing'",
        "prediction: { label: 'plumbing' }",
        "{'text': 'Hi.', 'prediction': {'label': 'plumbing', 'score': np.float32(0.91)}}",
        "OrderedDict([('text', 'Hi.'), ('prediction', {'label': 'plumbing'})])",
        '{"text"=>"Hi.", "prediction"=>{"label"=>"plumbing"}}',
        "{:text=>'Hi.', :prediction=>{:label=>'plumbing'}}",
        'level=info msg="scored" prediction=plumbing score=0.91',
        "prediction=0.91",
        "Result{text='Hi.', prediction=plumbing, score=0.91}",
        "Result(text='Hi.', prediction=Prediction(label='plumbing'))",
        "Result { text = Hi., prediction = plumbing }",
        "{Text:Hi. prediction:{Label:plumbing Score:0.91}}",
        "map[prediction:plumbing score:0.91]",
        'text: "Hi." prediction { label: "plumbing" }',
        "<result><prediction>plumbing</prediction></result>",
        "prediction: [0.07 0.93]",
        "prediction: 0.93",
        "OrderedDict([('prediction', OrderedDict([('label', 'plumbing')]))])",
        "[('text', 'Hi.'), ('prediction', 'plumbing')]",
        "Array ( [prediction] => Array ( [label] => plumbing ) )",
        "prediction: tf.Tensor([[0.1 0.9]], shape=(1, 2), dtype=float32)",
        "prediction: tensor(0.93)",
        "text: Hi.\nprediction:\n  label: plumbing\n  score: 0.91",
        '%{prediction: %{label: "plumbing", score: 0.91}}',
        "Map(text -> Hi., prediction -> Map(label -> plumbing))",
        '{:text "Hi.", :prediction {:label "plumbing", :score 0.91}}',
        '{:prediction "plumbing"}',
        "{&quot;prediction&quot;: {&quot;label&quot;: &quot;plumbing&quot;}}",
    ],
)
@pytest.mark.parametrize("wrap", [str, lambda text: json.dumps({"level": "INFO", "message": text}), "INFO\t{}".format])
def test_prediction_in_another_notation_than_json_is_kept_raw(text: str, wrap: Any) -> None:
    found, unreadable = find_predictions(wrap(text))

    assert found == []
    assert unreadable is not None
    assert unreadable.reason == "not_json"


@pytest.mark.parametrize(
    "line",
    [
        LINE[:-1],
        '{"text": "a" "prediction": 1}',
        '{"level":"INFO","myString":"he said "wow"","prediction":{"label":"plumbing"}}',
        '  "prediction": {',
        '…the end of a text", "prediction": {"label": "a"}}',
        json.dumps({"message": LINE[:-1]}),
        '{"a": "b", "prediction"',
        '{"prediction": ' + "[" * 10_000 + "]" * 10_000 + "}",
        '"{""text"": ""Hi."", ""prediction"": {""label"": ""a""}}"',
        LINE[:-1].replace('"', '\\"'),
    ],
    ids=range(10),
)
def test_broken_line_that_names_a_prediction_is_kept(line: str) -> None:
    found, unreadable = find_predictions(line)

    assert found == []
    assert unreadable is not None
    assert unreadable.reason == "broken_json"

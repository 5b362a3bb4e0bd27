"""Which texts visibly hold a prediction that is no JSON: the way a language prints an object, and broken JSON.

A word in a sentence is no such thing: `the prediction was good` says nothing of a structure. What counts is the key
`prediction` with what its notation puts around a key.
"""

from __future__ import annotations

import re

# Each repetition is possessive (`*+`): what it took it never gives back, so that spaces without end cost linear time.
BROKEN_JSON = re.compile(r'"\\*+\s*+prediction(?:\.\w[\w.]*+)?\\*+"++\s*+:')
"""A key of JSON, also inside a JSON text, whose object could not be read."""
CUT_OFF_JSON = re.compile(r'[{,]\s*+\\*+"prediction\\*+"\s*+\Z')
"""The same, where the line ends behind the key."""
KEY = r"(?<![\w:/.&?-])prediction"
FIELD = r"(?:[Ll]abel|[Ss]core|value|class|probabilit(?:y|ies)|confidence)"
QUOTE = r"(?:[\"']|&quot;|&\#34;)"
SCORED = r"[\[(=:]\s?+[01]?\.\d++[\])]?"
NUMBERS = r"[\w.]*?(?:[Tt]ensor|[Aa]rray|Series|float\d*+|int\d*+)\("
NOT_JSON = re.compile(
    rf"""
      {QUOTE}prediction{QUOTE}\s*+(?:=>|:|=|,\s*+\w*+[\[{{(])  # Python's repr, Ruby: {{'prediction': ...}}
    | [\[,]\s*+\(["']prediction["'],\s*+["'\d-]               # pairs: [('prediction', 'plumbing'), ...]
    | \[["']?prediction["']?\]\s*+=>                          # PHP: [prediction] => Array
    | [:\s{{,(]prediction\s*+=>                               # Ruby's symbols: :prediction=>
    | (?:^|[\s{{(\[,;|])prediction=(?=[^\s=])                 # logfmt, toString: prediction=plumbing
    | [{{(\[,]\s*+prediction\s*+=\s++(?=[^\s=])               # {{ prediction = plumbing }}
    | {KEY}\s*+[:=]?\s*+%?+\{{                                # Node's inspect, protobuf, Elixir: prediction: {{
    | [{{(\[,]\s*+prediction\s*+->                             # Scala: Map(prediction -> plumbing)
    | [{{,\s]:prediction\s++["'\d{{\[-]                       # Clojure: {{:prediction {{:label
    | {KEY}\s*+[:=]?\s*+\[\s*+[-\d."'{{\[]                    # prediction: [0.1 0.9]
    | {KEY}\s*+[:=]\s*+{NUMBERS}                              # prediction: tensor([[0.1, 0.9]])
    | {KEY}\s*+:\s*+[\w.]++\s*+[{{\[(]\s*+["']?\w*+["']?\s*+[:=]  # a class: prediction: Result {{ label: ...
    | [{{(\[,]\s*+prediction:\s*+(?:["'\d-]|(?:true|false|null|nil|None|undefined)\b)  # {{ prediction: 'plumbing' }}
    | {KEY}:\s*+-?\d++(?:\.\d++)?\s*+\Z                       # prediction: 0.93, and nothing behind it
    | {KEY}:[ \t]*+\r?\n[ \t]*+(?:-[ ])?["']?{FIELD}s?["']?:  # YAML
    | [\s{{(\[]prediction:(?=\w)                              # Go: map[prediction:plumbing score:0.91]
    | <prediction[\s>/]                                       # XML
    | (?:^|[\s{{(\[,;|])prediction\.\w[\w.]*+=(?=[^\s=])      # dotted logfmt: prediction.label=plumbing
    | {KEY}\s*+:\s*+\w++\(\d++\)\s*+[{{\[]                    # Node: prediction: Map(1) {{, Float32Array(2) [
    | {KEY}\s*+:\s*+\[(?:Object|Array|object\ Object)[\]\w\s]  # Node: prediction: [Object]
    | 'prediction'\s*+=>                                      # Node: Map(1) {{ 'prediction' => 'plumbing' }}
    """,
    re.VERBOSE,
)

COLOURS = re.compile(r"\x1b\[[0-9;]*+m")
PRINTED_IN_JSON = re.compile(r'"prediction"\s*+:\s*+[A-Za-z_][\w.]*+\s*+[{(]')
"""A printed object as a value of what is JSON else, as Rust's json_env_logger writes one."""

WITH_FIELD = rf".*?\b{FIELD}s?+[\"']?+\s*+(?:=>|[:=])"
PRINTED = re.compile(
    rf"""
      [{{\[][\[({{\s]*+\\*+["']                              # {{'label': ..., [('plumbing', 0.9)], also cut off
    | [&%]?+\{{[^:=\s]*+[:=\s].*\}}\Z                                  # {{label=plumbing}}, {{plumbing 0.91}}
    | [\[(][A-Za-z_][^=:,()\[\]]*+[=:,]\s?+-?\d*+\.\d.*[\])]\Z  # [plumbing=0.91, power=0.09], (plumbing,0.91)
    | \w[^\n\[(=:]{{0,80}}+{SCORED}[,;\s]++[^\n\[(=:]{{1,80}}+{SCORED}  # plumbing[0.91]  power[0.09]
    | \[.*?\],\s(?:shape|dtype|device)=                    # Rust's ndarray: [2.5], shape=[1], ...
    | [A-Za-z_][\w.:$<>]*+[({{\[]\s*+\w++\s?+[=:].*[)}}\]]\Z  # Prediction(maxLabel=(plumbing, ...
    | (?:Optional|Some|Ok|Just|Right|Success)[\[(].*[\])]\Z   # Java's, Rust's and Scala's boxes
    | \[[\[\s]*+[-+.\de]++[\s,]++[-+.]?+\d                 # [0.1 0.9]
    | \(\s*+["'\d][^,]*+,.*\)\Z                           # ('plumbing', 0.9)
    | [A-Za-z_][\w.]*+\(\s*+[\[({{<"']                     # array([0.1, ..., OrderedDict([(...
    | {NUMBERS}                                            # np.float32(0.9)
    | [A-Za-z_][\w.:]*+(?:\s?+\{{|[(\[]){WITH_FIELD}         # Prediction(label=..., map[label:plumbing]
    | \#?+<{WITH_FIELD}                                      # #<struct Prediction label="plumbing">
    | (?:label|score|value|class)=\S++\s++\w++=            # label=plumbing score=0.9
    | [^\n]*+(?:\n[^\n]*+)*?\n(?:(?:Name|Freq|Length):[^\n]*,[ ])?dtype:[ ]   # a pandas Series
    | [^\n]*+\n\d++[ ]{{2,}}+\S                             # a pandas frame
    | shape:[ ]\(\d                                        # a Polars frame
    | (?:Tensor|Matrix|ND)(?::|[ ]*+\n|[ ]\{{)                   # TensorFlow.js, DJL: a name, then the numbers
    | [A-Za-z_]\w*+\(\d*+\)\s*+[\[{{]                        # Node: Float32Array(2) [ 0.9, 0.1 ]
    | <tf\.                                                # TensorFlow's tensors of several numbers
    | \[object[ ]\w++\]\Z                                  # JavaScript's String(object)
    | \[*+[\w.$;]++@[0-9a-f]{{5,8}}\Z                       # Java's Object.toString, also of an array: [D@419a20a6
    | \#?+<[^<>]{{1,200}}?0x[0-9a-f]{{6,}}                    # Python's and Ruby's objects without a text of their own
    """,
    re.VERBOSE | re.DOTALL,
)


def strip_colours(text: str) -> str:
    """Return a text without the escape sequences with which a console's logger colours it."""
    return COLOURS.sub("", text) if "\x1b" in text else text


def is_printed(text: str) -> bool:
    """Return whether a text is an object or a list in the notation of a language, not JSON. Takes linear time."""
    return PRINTED.match(text) is not None


def problem(text: str) -> str | None:
    """Return `broken_json` or `not_json` if the text visibly holds a prediction, else None. Takes linear time."""
    if "prediction" not in text:
        return None
    text = strip_colours(text)
    if PRINTED_IN_JSON.search(text):
        return "not_json"
    if BROKEN_JSON.search(text) or CUT_OFF_JSON.search(text):
        return "broken_json"
    return "not_json" if NOT_JSON.search(text) else None

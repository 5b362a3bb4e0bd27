#!/bin/sh
# Checkov finds a hard-coded secret (CKV_AWS_45) in a Lambda function or not, depending on the name of the folder in
# which the same harmless template lies: a part of the path with 40 letters is taken for a secret access key.
# Run: sh findings/secret-in-a-path.sh
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet checkov==3.3.30
letters=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
for name in "$letters" "${letters}a"; do
  mkdir -p "$folder/x_/$name"
  cat > "$folder/x_/$name/t.json" <<'JSON'
{"Resources": {"Function": {"Type": "AWS::Lambda::Function", "Properties": {
  "Handler": "a.b", "Runtime": "python3.13", "Role": "arn:aws:iam::123456789012:role/name", "Code": {"ZipFile": "x"},
  "Environment": {"Variables": {"LEVEL": "info"}}}}}}
JSON
  "$folder/venv/bin/checkov" --directory "$folder/x_/$name" --framework cloudformation --check CKV_AWS_45 --compact \
    --skip-download --soft-fail 2> /dev/null | grep "Passed checks" > "$folder/${#name}.txt"
done
echo "checkov 3.3.30, a path of 39 letters: $(cat "$folder/36.txt")"
echo "checkov 3.3.30, a path of 40 letters: $(cat "$folder/37.txt")"
grep -q "Failed checks: 0" "$folder/36.txt"
grep -q "Failed checks: 1" "$folder/37.txt"

#!/bin/sh
# tracing-subscriber colours what it writes into a pipe, too. The signs stand between a field's name and its "=", so that
# no search for `prediction=` finds the line. Run: sh findings/tracing-colours-in-a-pipe.sh (needs Rust's cargo)
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir src
cat > Cargo.toml <<'TOML'
[package]
name = "show"
version = "0.1.0"
edition = "2021"
[dependencies]
tracing = "=0.1.44"
tracing-subscriber = "=0.3.23"
TOML
cat > src/main.rs <<'RUST'
fn main() {
    tracing_subscriber::fmt().without_time().init();
    tracing::info!(prediction = "plumbing", score = 0.91, "predicted");
}
RUST
unset NO_COLOR
cargo run --quiet 2> cargo.txt | cat > found.txt || cat cargo.txt
echo "tracing-subscriber 0.3.23, standard output is a pipe:"
cat -v found.txt
test "$(grep -c 'prediction=' found.txt)" = 0
grep -q "$(printf 'prediction\033\\[0m\033\\[2m=\033\\[0m"plumbing"')" found.txt

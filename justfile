# The commands a person types. `./justw` is the same without `just` installed (1.39 or newer).

set positional-arguments
set quiet
set no-exit-message

fitroom := quote(env("CARGO_TARGET_DIR", "target") / "release/fitroom")

# List the recipes
default:
    {{ quote(just_executable()) }} --justfile {{ quote(justfile()) }} --list --unsorted

# Put LibTorch into .libtorch/ (--verify reads every file of it again)
[group('set up')]
setup *ARGS:
    setup/with-python setup/libtorch.py "$@"

# Make the Python environment that tests and TensorBoard use
[group('set up')]
setup-python:
    setup/with-python setup/environment.py tests

# Compile everything, optimised
[group('set up')]
build: setup
    cargo build --release --workspace

# Train what sweeps/NAME.toml asks for, then write its report: `just sweep trousers_all --workers 2`
[group('use')]
sweep NAME *ARGS: build
    # A report follows an interruption too, but not wrong input (exit code 2) or a plan. It gets the folders that ARGS name.
    trap : INT TERM; \
    file="sweeps/$1.toml"; name="${1##*/}"; sweep=0; report=0; plan=0; next=; \
    [ -f "$file" ] || { \
        echo "error: there is no sweep '$1' ($file)"; \
        echo "(there are: $(cd sweeps && ls *.toml | sed 's/\.toml$//; /^tasks$/d' | paste -sd ' '))"; \
        exit 2; \
    } >&2; \
    shift; \
    {{ fitroom }} sweep "$file" "$@" || sweep=$?; \
    for argument; do \
        shift; \
        case "$next/$argument" in \
            value/*) set -- "$@" "$argument"; next=;; \
            /--runs|/--reports|/--datasets) set -- "$@" "$argument"; next=value;; \
            /--runs=*|/--reports=*|/--datasets=*) set -- "$@" "$argument";; \
            /--plan) plan=1;; \
        esac; \
    done; \
    [ "$sweep" -eq 2 ] || [ "$plan" -eq 1 ] || {{ fitroom }} report "$name" "$@" || report=$?; \
    [ "$sweep" -ne 0 ] || exit "$report"; exit "$sweep"

# Write reports/index.html and one page for each sweep
[group('use')]
report *ARGS: build
    {{ fitroom }} report "$@"

# Select the model of each task and keep it in runs/models (`--pin TASK TRIAL`, `--prefer cheapest`)
[group('use')]
best *ARGS: build
    {{ fitroom }} best "$@"

# Show the selected models the test photographs
[group('use')]
evaluate *ARGS: build
    {{ fitroom }} evaluate "$@"

# Compare the combined with the hierarchical route
[group('use')]
compare *ARGS: build
    {{ fitroom }} compare "$@"

# Label new photographs: `just label DIR --out labels.csv`
[group('use')]
label *ARGS: build
    {{ fitroom }} label "$@"

# Write a model for PyTorch: `just export trousers_all --to DIR`
[group('use')]
export *ARGS: build
    {{ fitroom }} export "$@"

# Train every sweep, then select, evaluate, compare and report (`--quick`: three small configurations of each task)
[group('use')]
study *ARGS: build
    {{ fitroom }} study "$@"

# Show the training curves of runs/ in a browser
[group('use')]
tensorboard *ARGS: setup-python
    .tools/test-python/bin/python -m tensorboard.main --logdir runs "$@"

# Run the tests (whose names contain one of ARGS)
[group('develop')]
test *ARGS: setup
    setup/with-python setup/run_tests.py "$@"

# Measure beside Keras, PyTorch, Optuna and others (`step`, `trials`, `grid`, `race`, `store`, `tensorboard`; --quick to try it)
[group('develop')]
bench *ARGS: build
    cargo build --release -p fitroom-train --example step -p fitroom-store --example race --example store \
        -p fitroom-tensorboard --example read_events --example write_scalars --example histogram_cost \
        -p fitroom-report --example picture_cost
    setup/with-python bench/bench.py "$@"

# Kill a sweep of the demo N times at random moments: it must end as if it never was
[group('develop')]
chaos N="50": setup
    FITROOM_CHAOS_KILLS={{ N }} cargo test --release -p fitroom-cli --test end_to_end chaos -- --nocapture

# Check format, lints and documentation
[group('develop')]
check: setup
    # The longest recipe is shell that no other check reads.
    {{ quote(just_executable()) }} --justfile {{ quote(justfile()) }} --dry-run sweep trousers_all 2>&1 | sh -n
    cargo fmt --all --check
    cargo clippy --release --workspace --all-targets -- -D warnings
    RUSTDOCFLAGS="-D warnings" cargo doc --release --workspace --no-deps

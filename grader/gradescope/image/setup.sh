#!/usr/bin/env bash
# Run once, as root, when Gradescope builds the image: a Python, a virtual environment beside this
# folder, and the grader in it. Afterwards nothing needs the network.
set -euo pipefail

case "${BASH_SOURCE[0]}" in
    */*) source_folder="${BASH_SOURCE[0]%/*}" ;;
    *) source_folder="." ;;
esac
cd "$source_folder"
environment="$PWD/../venv"

fits() {
    "$1" -c 'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null
}

python=""
for candidate in "${PYTHON:-}" python3.13 python3.12 python3.11 python3.10 python3; do
    if [ -n "$candidate" ] && fits "$candidate"; then
        python="$candidate"
        break
    fi
done
if [ -z "$python" ]; then
    echo "setup.sh: no Python of version 3.10 to 3.13 was found in this image." >&2
    echo "setup.sh: choose Ubuntu 22.04 or 24.04 as base image in the autograder's settings." >&2
    exit 1
fi
version="$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')"
echo "setup.sh: Python $version ($python)"

if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    echo "setup.sh: installing python$version-venv"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update
    apt-get install -y "python$version-venv"
fi

"$python" -m venv "$environment"
pip() {
    "$environment/bin/python" -m pip --disable-pip-version-check --no-input install "$@"
}
pip --only-binary :all: --requirement requirements.txt
pip --no-deps --no-index --force-reinstall ./*.whl
"$environment/bin/grader" --version

# What lies here holds the right answers: nobody but root reads it.
chmod -R go= .
echo "setup.sh: done"

#!/usr/bin/env bash
# Writes paket.lock anew from paket.dependencies, with %NUGET_FEED% where Paket writes the feed's address.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

take_address_out() {
    if [ -f paket.lock ]; then
        sed -E 's|^( *remote: ).*|\1%NUGET_FEED%|' paket.lock > paket.lock.new
        mv paket.lock.new paket.lock
    fi
}
trap take_address_out EXIT

# Some feeds answer without dependency lists; Paket then learns them from the packages in the local cache,
# which the run before has filled. So it runs until the file stops changing.
most=12
before= after=
for run in $(seq 1 "$most"); do
    echo "Resolving, run $run ..."
    rm -f paket.lock
    eng/paket install > /dev/null
    before=$after
    after=$(cat paket.lock)
    if [ "$after" = "$before" ]; then break; fi
done

if [ "$after" != "$before" ]; then
    echo "paket.lock still changes after $most runs." >&2
    exit 1
fi

# The core and its tests meet in one process: the groups must agree on FSharp.Core.
versions=$(grep -oE '^    FSharp\.Core \([^)]*\)' paket.lock | sort -u)
if [ "$(printf '%s\n' "$versions" | wc -l)" -ne 1 ]; then
    printf 'The groups disagree on FSharp.Core:\n%s\n' "$versions" >&2
    exit 1
fi

echo "paket.lock is up to date."

#!/usr/bin/env bash
# Checks the formatting and builds everything in Release. Needs the .NET SDK and a package feed, nothing else.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

# paket.lock names no feed: take the first one that NuGet is set up with here.
if [ -z "${NUGET_FEED:-}" ]; then
    NUGET_FEED=$(dotnet nuget list source --format short | awk '/^E[A-Z]* / { sub(/^E[A-Z]* /, ""); print; exit }')
    export NUGET_FEED
fi

echo "== restore"
dotnet tool restore > /dev/null
dotnet restore Idempotency.sln --verbosity quiet

echo "== formatting"
if grep -q "remote:.*://" paket.lock; then
    echo "paket.lock names a feed; eng/update-lock.sh takes the address out." >&2
    exit 1
fi
dotnet fantomas --check src tests benchmarks examples
dotnet format Idempotency.sln --no-restore --verify-no-changes

echo "== build"
dotnet build Idempotency.sln -c Release --no-restore --nologo --verbosity quiet

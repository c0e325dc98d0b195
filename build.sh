#!/usr/bin/env bash
# Checks the formatting and builds everything in Release. Needs the .NET SDK and a package feed, nothing else.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_GENERATE_ASPNET_CERTIFICATE=false

echo "== restore"
if grep -q 'remote:.*://' paket.lock; then
    echo "paket.lock names a feed; eng/update-lock.sh takes the address out again." >&2
    exit 1
fi
eng/paket restore > /dev/null # finds the feed of this machine
dotnet restore Idempotency.sln --verbosity quiet

echo "== formatting"
dotnet fantomas --check src tests benchmarks examples
dotnet format whitespace . --folder --verify-no-changes

echo "== build"
dotnet build Idempotency.sln -c Release --no-restore --nologo --verbosity quiet -clp:NoSummary

echo "== C# style" # now, as it looks names up in the F# assemblies of the build
Configuration=Release dotnet format Idempotency.sln --no-restore --verify-no-changes --verbosity quiet

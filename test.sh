#!/usr/bin/env bash
# Builds everything, runs every test project, and ends with one line: `N passed, N failed`.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_GENERATE_ASPNET_CERTIFICATE=false

./build.sh

results=artifacts/test-results
rm -rf "$results"
mkdir -p "$results"

# Prints "passed failed skipped" of one trx file.
counts() {
    awk '
        function attribute(name) {
            return match($0, " " name "=\"[0-9]+\"") ? substr($0, RSTART + length(name) + 3) + 0 : 0
        }
        /<Counters / {
            passed = attribute("passed")
            executed = attribute("executed")
            skipped = attribute("total") - executed
        }
        END { print passed + 0, executed - passed, skipped + 0 }' "$1"
}

# Prints the names of the tests that failed in one trx file.
failures() {
    sed -n 's/.*<UnitTestResult .*testName="\([^"]*\)".*outcome="Failed".*/\1/p' "$1" |
        sed "s/&quot;/\"/g; s/&apos;/'/g; s/&lt;/</g; s/&gt;/>/g; s/&#x[AD];/ /g; s/&amp;/\&/g"
}

# The engine under the DynamoDB tests, one for all of them. Without it they are skipped, and say so.
if [ -z "${DYNAMODB_ENDPOINT:-}" ]; then
    if DYNAMODB_ENDPOINT=$(eng/dynamodb-local start --while $$); then
        export DYNAMODB_ENDPOINT
        trap 'eng/dynamodb-local stop "$DYNAMODB_ENDPOINT" || true' EXIT
    else
        unset DYNAMODB_ENDPOINT
        export DYNAMODB_UNAVAILABLE=yes # once is enough: no test tries again
        echo "THE TESTS THAT NEED DYNAMODB LOCAL ARE SKIPPED: see above" >&2
    fi
fi

passed=0 failed=0 skipped=0 names=
for project in tests/*.Tests/*.Tests.*proj; do
    name=$(basename "${project%.*}")
    echo "== $name"
    broken=
    # What the tests reach of the core is counted where the tests of the core are, while they run.
    coverage=()
    if grep -q coverlet.collector "$(dirname "$project")/paket.references"; then
        coverage=(--collect "XPlat Code Coverage" --settings eng/coverage.runsettings)
    fi
    dotnet test "$project" -c Release --no-build --nologo --verbosity quiet \
        --results-directory "$results" --logger "trx;LogFileName=$name.trx" --logger "console;verbosity=minimal" \
        --blame-hang-timeout 15m --blame-hang-dump-type none ${coverage[@]+"${coverage[@]}"} || broken=yes

    p=0 f=0 s=0
    if [ -f "$results/$name.trx" ]; then
        read -r p f s < <(counts "$results/$name.trx")
        names+=$(failures "$results/$name.trx" | sed "s/^/$name: /")$'\n'
    fi
    if [ $((p + f + s)) -eq 0 ]; then broken=yes; fi
    # No test ran, or the test host fell over after the last one it reported: that is one failure too.
    if [ -n "$broken" ] && [ "$f" -eq 0 ]; then
        names+="$name broke off, or ran no test"$'\n'
        f=1
    fi
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
done

echo "== coverage"
if dotnet fsi eng/coverage.fsx "$results"; then
    passed=$((passed + 1))
else
    failed=$((failed + 1))
    names+="too little is reached: see coverage"$'\n'
fi

# What failed stands once more at the end, where it is found.
if [ "$failed" -gt 0 ]; then
    echo "== failed"
    sed '/^$/d' <<<"$names"
fi

echo
if [ "$skipped" -gt 0 ]; then
    echo "$passed passed, $failed failed, $skipped skipped"
else
    echo "$passed passed, $failed failed"
fi
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]

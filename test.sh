#!/usr/bin/env bash
# Builds everything and runs all tests. Its last line is "N passed, N failed, N skipped", summed from the test runner's reports.
set -euo pipefail
cd "$(dirname "$0")"

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

# Servers that the integration tests start, the browser of the browser tests, and what native code is linked with; without them they fail.
# Installed here on Debian and Ubuntu.
packages=(
  chromium
  gcc
  jupyter-nbconvert
  zlib1g-dev
  postgresql
  prometheus
  python3-venv
  rclone
  xz-utils
  radosgw
  ceph-mon
  ceph-osd
  ceph-common
)
# What JPEGs are decoded with where it is installed, by Ubuntu's name and by Debian's.
if grep -qs '^ID=ubuntu' /etc/os-release; then packages+=(libturbojpeg); else packages+=(libturbojpeg0); fi
install() {
  local as_root=()
  [ "$(id -u)" -eq 0 ] || as_root=(sudo)
  "${as_root[@]}" apt-get update
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"
}
missing=()
for package in "${packages[@]}"; do
  dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package")
done
if [ "${#missing[@]}" -gt 0 ] && command -v apt-get >/dev/null; then
  install "${missing[@]}"
fi

# A PostgreSQL with pgvector, which Debian has no package of.
if ! command -v npm >/dev/null && command -v apt-get >/dev/null; then
  install nodejs npm
fi
pglite=tests/DandelionMl.IntegrationTests/obj/pglite
if ! cmp -s tests/DandelionMl.IntegrationTests/PgVector/Pglite/package-lock.json "$pglite/package-lock.json" || [ ! -d "$pglite/node_modules" ]; then
  mkdir -p "$pglite"
  cp tests/DandelionMl.IntegrationTests/PgVector/Pglite/*.json "$pglite"
  npm ci --prefix "$pglite" --no-audit --no-fund
fi

results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT

dotnet build MLOps.sln --configuration Release

# Runs the tests of a project, and prints what they say once they have ended, and what time they took.
# In a shell of its own: else what runs beside it counts, too, where it ends meanwhile.
run() {
  local name=$1 TIMEFORMAT="$1: %0R s, processors %0U s"
  {
    time dotnet test --project "tests/$name/$name.csproj" --configuration Release --no-build --timeout 60m \
      --results-directory "$results" --report-xunit-trx --report-xunit-trx-filename "$name.trx" >"$results/$name.log" 2>&1 \
      || echo "$name" >>"$results/failed"
  } 2>>"$results/$name.time"
  cat "$results/$name.log" "$results/$name.time"
}

# Tests with real servers wait for them much of the time, so most others run beside them. Those with a browser run alone: they need all that
# the machine has.
browser=DandelionMl.AspNetCore.BrowserTests
servers=DandelionMl.IntegrationTests
run "$servers" &
for project in tests/*Tests/; do
  name=$(basename "$project")
  [ "$name" = "$browser" ] || [ "$name" = "$servers" ] || (run "$name")
done
wait
(run "$browser")

# A runner that died leaves no report.
for project in tests/*Tests/; do
  name=$(basename "$project")
  [ -f "$results/$name.trx" ] || echo "$name" >>"$results/failed"
done

# A test that the time limit cut off is named by the report alone.
cat "$results"/*.trx | awk 'BEGIN { RS = "<UnitTestResult " } /^[^>]*outcome="Failed"/ { sub("</UnitTestResult>.*", ""); print "Failed: " $0 }'

sum() { cat "$results"/*.trx | grep -o '<Counters [^>]*>' | grep -o " $1=\"[0-9]*\"" | tr -dc '0-9\n' | awk '{ n += $1 } END { print n + 0 }'; }
passed=$(sum passed)
failed=$(sum failed)
skipped=$(($(sum total) - passed - failed))
echo "$passed passed, $failed failed, $skipped skipped"
[ ! -e "$results/failed" ] && [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]

#!/bin/sh
# record.sh - writes vectors/golden and vectors/corpora anew with the record_flows of preset dev
# (or of the build directory given) and brings their lines in vectors/PROVENANCE.tsv up to date.
# A flow that changes needs its reason in the commit.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
build=${1:-$root/build/dev}
cd "$root/vectors"
"$build/bin/record_flows" .
"$build/bin/transparent_seeds" corpora
list=PROVENANCE.tsv
written='golden corpora/fuzz_certificate corpora/fuzz_client corpora/fuzz_explain corpora/fuzz_server corpora/fuzz_ssl2
  corpora/fuzz_transparent_client corpora/fuzz_transparent_server'
grep -v -E "^($(echo $written | tr ' ' '|'))/" "$list" >"$list.new"
find $written -type f | LC_ALL=C sort | while read -r f; do
  printf '%s\tparley\t%s\tISC\ttests/golden/record.sh\t%s\t%s\n' "$f" "${f%%/*}" \
    "$(date +%F)" "$(sha256sum "$f" | cut -d' ' -f1)"
done >>"$list.new"
mv "$list.new" "$list"

#!/bin/bash -eu
# The platform's entry: every fuzz target with its seeds, dictionary and options into $OUT. Compiler,
# flags and engine are the platform's. Programs run where nothing is installed, so they carry their
# libraries with them.
cd "$SRC/parley"
build=$WORK/parley
mkdir -p "$build"
echo 'set(CMAKE_FIND_LIBRARY_SUFFIXES .a)' >"$build/static.cmake"
cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_FLAGS_DEBUG= \
  -DCMAKE_C_COMPILER="$CC" -DCMAKE_CXX_COMPILER="$CXX" -DCMAKE_CXX_FLAGS="$CXXFLAGS" \
  -DPARLEY_BUILD_TESTS=OFF -DPARLEY_BUILD_TOOL=OFF -DPARLEY_TEST_TOOLS=OFF -DPARLEY_WERROR=OFF \
  -DPARLEY_BUILD_FUZZERS=ON -DPARLEY_FUZZING_ENGINE="$LIB_FUZZING_ENGINE" \
  -DOPENSSL_USE_STATIC_LIBS=ON -DCMAKE_PROJECT_INCLUDE="$build/static.cmake"
cmake --build "$build" --target fuzzers

for program in "$build"/bin/fuzz_*; do
  case $program in *.dict) continue ;; esac
  name=$(basename "$program")
  cp "$program" "$OUT/"
  if [ -f "$program.dict" ]; then cp "$program.dict" "$OUT/"; fi
  for folder in $(tests/fuzz/seeds "$name"); do
    (cd "$folder/.." && zip -q -r "$OUT/${name}_seed_corpus.zip" "$(basename "$folder")")
  done
  printf '[libfuzzer]\ntimeout = 10\nrss_limit_mb = 2048\n' >"$OUT/$name.options"
  if [ -f "$program.dict" ]; then printf 'dict = %s.dict\n' "$name" >>"$OUT/$name.options"; fi
done

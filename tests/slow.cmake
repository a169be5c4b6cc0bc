# Tests that build and run other presets, so that one ctest run of preset dev has one summary: the
# suite under the sanitizers, every fuzz target for 5 seconds, and what handles secrets under
# valgrind; on demand what has threads under TSan, five minutes more.
option(PARLEY_SLOW_TESTS "Register the tests that build the presets asan and ct" OFF)
option(PARLEY_ALL_CT "Register ct with each compiler at each level, two minutes more" OFF)
option(PARLEY_TSAN_TESTS "Register the tests that build the preset tsan" OFF)
set(PARLEY_FUZZING_ENGINE -fsanitize=fuzzer CACHE STRING "What fuzz targets are linked with")
set(PARLEY_FUZZ_SECONDS 5 CACHE STRING "How long ctest runs each fuzz target")

# parley_fuzzer(NAME SOURCES... [LIBS ...]): a libFuzzer program in preset asan; with
# PARLEY_SLOW_TESTS the test fuzz.NAME that runs it. Inputs to start from: what fuzz/seeds says.
function(parley_fuzzer name)
  cmake_parse_arguments(ARG "" "" "LIBS" ${ARGN})
  if(PARLEY_BUILD_FUZZERS)
    add_executable(${name} ${ARG_UNPARSED_ARGUMENTS})
    target_link_libraries(${name} PRIVATE parley_flags ${ARG_LIBS} ${PARLEY_FUZZING_ENGINE})
    add_dependencies(${name} dictionaries)
    add_dependencies(fuzzers ${name})
  endif()
  if(PARLEY_SLOW_TESTS)
    add_test(NAME fuzz.${name}
      COMMAND ${PROJECT_SOURCE_DIR}/tests/fuzz/run ${name} ${PARLEY_FUZZ_SECONDS})
    math(EXPR limit "${PARLEY_FUZZ_SECONDS} + 120")
    set_tests_properties(fuzz.${name} PROPERTIES
      LABELS "slow;fuzz" FIXTURES_REQUIRED asan TIMEOUT ${limit})
  endif()
endfunction()

# parley_preset(PRESET [TARGET...]): a fixture that builds a preset, or some of it.
function(parley_preset preset)
  set(targets "")
  if(ARGN)
    list(JOIN ARGN " " targets)
    set(targets "--target ${targets}")
  endif()
  add_test(NAME ${preset}.build
    COMMAND sh -c "cmake --preset ${preset} && cmake --build --preset ${preset} -j 2 ${targets}"
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_tests_properties(${preset}.build PROPERTIES
    LABELS slow FIXTURES_SETUP ${preset} PROCESSORS 2 TIMEOUT 1500)
endfunction()

if(PARLEY_SLOW_TESTS)
  parley_preset(asan)
  add_test(NAME asan.suite
    COMMAND ctest --preset asan -j 2 WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_tests_properties(asan.suite PROPERTIES
    LABELS slow FIXTURES_REQUIRED asan PROCESSORS 2 TIMEOUT 1500
    ENVIRONMENT "ASAN_OPTIONS=detect_stack_use_after_return=1;UBSAN_OPTIONS=print_stacktrace=1")
endif()
# Compilers differ in what they make of code without branches, and levels, too. Valgrind does not
# read what Clang 14 writes as DWARF 5.
function(parley_constant_time compiler level)
  set(tree ${PROJECT_SOURCE_DIR}/build/ct/${compiler}${level})
  add_test(NAME ct.${compiler}${level}
    COMMAND sh -c "cmake --preset ct -B ${tree} -DCMAKE_CXX_COMPILER=${compiler} \
-DCMAKE_CXX_FLAGS_RELWITHDEBINFO='${level} -g1 -gdwarf-4' && cmake --build ${tree} -j 2 --target constant_time \
&& ctest --test-dir ${tree} -j 2 -R ConstantTime --no-tests=error --output-on-failure"
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_tests_properties(ct.${compiler}${level} PROPERTIES
    LABELS "slow;ct" PROCESSORS 2 TIMEOUT 900)
endfunction()
if(PARLEY_SLOW_TESTS)
  parley_constant_time(g++ -O2)
  parley_constant_time(clang++-14 -O3)
endif()
if(PARLEY_ALL_CT)
  parley_constant_time(g++ -O3)
  parley_constant_time(clang++-14 -O2)
endif()
if(PARLEY_TSAN_TESTS)
  parley_preset(tsan stress live_settings_test facade_io_test context_test session_test ticket_test
    capath_test rand_test)
  add_test(NAME tsan.threads
    COMMAND ctest --test-dir build/tsan --no-tests=error --output-on-failure
      -R "[Tt]hreads|Live[.]|^stress[.]five_thousand_connections"
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_tests_properties(tsan.threads PROPERTIES
    LABELS slow FIXTURES_REQUIRED tsan PROCESSORS 2 TIMEOUT 900)
endif()

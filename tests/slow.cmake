# Tests that build and run other presets, so that one ctest run of preset dev covers everything
# and has one summary: the suite under the sanitizers, and every fuzz target for a minute.
option(PARLEY_SLOW_TESTS "Register the tests that build the presets asan and fuzz" OFF)
set(PARLEY_FUZZ_SECONDS 60 CACHE STRING "How long ctest runs each fuzz target")

# parley_fuzzer(NAME SOURCES... [LIBS ...]): a libFuzzer program in preset fuzz; with
# PARLEY_SLOW_TESTS the test fuzz.NAME that runs it. Inputs to start from: vectors/corpora/NAME.
function(parley_fuzzer name)
  cmake_parse_arguments(ARG "" "" "LIBS" ${ARGN})
  if(PARLEY_BUILD_FUZZERS)
    add_executable(${name} ${ARG_UNPARSED_ARGUMENTS})
    target_link_libraries(${name} PRIVATE parley_flags ${ARG_LIBS})
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  endif()
  if(PARLEY_SLOW_TESTS)
    add_test(NAME fuzz.${name}
      COMMAND ${PROJECT_SOURCE_DIR}/tests/fuzz/run ${name} ${PARLEY_FUZZ_SECONDS})
    math(EXPR limit "${PARLEY_FUZZ_SECONDS} + 120")
    set_tests_properties(fuzz.${name} PROPERTIES
      LABELS "slow;fuzz" FIXTURES_REQUIRED fuzz TIMEOUT ${limit})
  endif()
endfunction()

if(PARLEY_SLOW_TESTS)
  foreach(preset IN ITEMS asan fuzz)
    add_test(NAME ${preset}.build
      COMMAND sh -c "cmake --preset ${preset} && cmake --build --preset ${preset} -j 2"
      WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
    set_tests_properties(${preset}.build PROPERTIES
      LABELS slow FIXTURES_SETUP ${preset} PROCESSORS 2 TIMEOUT 1500)
  endforeach()
  add_test(NAME asan.suite
    COMMAND ctest --preset asan -j 2 WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_tests_properties(asan.suite PROPERTIES
    LABELS slow FIXTURES_REQUIRED asan PROCESSORS 2 TIMEOUT 1500
    ENVIRONMENT "ASAN_OPTIONS=detect_stack_use_after_return=1;UBSAN_OPTIONS=print_stacktrace=1")
endif()

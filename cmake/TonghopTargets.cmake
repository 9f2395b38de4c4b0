# What every target of this project has in common, as properties of targets:
# warnings, sanitizers, hardening. Rooms are static libraries named th_<room>.

add_library(tonghop_options INTERFACE)
target_compile_options(tonghop_options INTERFACE
  -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith
  -Wwrite-strings -Wundef -Wvla -Wformat=2 -Wno-missing-field-initializers
  -fno-common -fstack-protector-strong
  $<$<BOOL:${TONGHOP_WERROR}>:-Werror>)
target_compile_definitions(tonghop_options INTERFACE
  _GNU_SOURCE TONGHOP_VERSION="${PROJECT_VERSION}")
target_link_options(tonghop_options INTERFACE -Wl,-z,relro,-z,now)
if(TONGHOP_SANITIZE)
  target_compile_options(tonghop_options INTERFACE
    -fsanitize=${TONGHOP_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all
    # gcc loses sight of the bounds of texts in instrumented code.
    $<$<C_COMPILER_ID:GNU>:-Wno-format-truncation>)
  target_link_options(tonghop_options INTERFACE -fsanitize=${TONGHOP_SANITIZE})
else()
  target_compile_definitions(tonghop_options INTERFACE
    $<$<CONFIG:Release,RelWithDebInfo>:_FORTIFY_SOURCE=2>)
endif()

# tonghop_library(NAME SOURCES ... [LINK ...]): one room, a static library.
# Headers are included by their path from the top: "common/base/status.h".
function(tonghop_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR})
  target_link_libraries(${name} PUBLIC ${ARG_LINK} PRIVATE tonghop_options)
endfunction()

# tonghop_program(NAME SOURCES ... [LINK ...]): an installed executable.
function(tonghop_program name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE tonghop_options ${ARG_LINK})
  install(TARGETS ${name} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endfunction()

# tonghop_unit_test(NAME SOURCES ... LINK ...): a CUnit executable under ctest,
# labelled `unit`.
function(tonghop_unit_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE tonghop_options PkgConfig::CUNIT ${ARG_LINK})
  target_compile_definitions(${name} PRIVATE
    TONGHOP_EXAMPLES="${PROJECT_SOURCE_DIR}/examples")
  add_test(NAME unit.${name} COMMAND ${name})
  set_tests_properties(unit.${name} PROPERTIES LABELS unit TIMEOUT 60)
endfunction()

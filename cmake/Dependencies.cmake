# Debian packages that the rooms link, each found once, here. The README's
# dependency table says what each is for.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
pkg_check_modules(ZMQ REQUIRED IMPORTED_TARGET libzmq>=4.3)
pkg_check_modules(PROTOBUF_C REQUIRED IMPORTED_TARGET libprotobuf-c>=1.4)
pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(LIBPQ REQUIRED IMPORTED_TARGET libpq>=14)
pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3)
pkg_check_modules(JANSSON REQUIRED IMPORTED_TARGET jansson)
pkg_check_modules(SMARTCOLS REQUIRED IMPORTED_TARGET smartcols)
pkg_check_modules(XLSXWRITER REQUIRED xlsxwriter)
pkg_check_modules(INIH REQUIRED IMPORTED_TARGET inih)
pkg_check_modules(GMP REQUIRED IMPORTED_TARGET gmp)
pkg_check_modules(SYSTEMD REQUIRED IMPORTED_TARGET libsystemd)
pkg_check_modules(UUID REQUIRED IMPORTED_TARGET uuid)
find_library(CSV_LIBRARY csv REQUIRED)
find_program(PROTOC_C protoc-c REQUIRED)

# XLSXWRITER_SONAME: libxlsxwriter.so.4, by which the programs load it when a workbook is
# made; XLSXWRITER_PACKAGE: libxlsxwriter4, what Debian's rules call its package then.
find_library(XLSXWRITER_LIBRARY xlsxwriter HINTS ${XLSXWRITER_LIBRARY_DIRS} REQUIRED)
execute_process(COMMAND ${CMAKE_OBJDUMP} -p ${XLSXWRITER_LIBRARY}
  OUTPUT_VARIABLE XLSXWRITER_HEADERS ERROR_QUIET)
if(NOT XLSXWRITER_HEADERS MATCHES "SONAME +([^ \n]+)")
  message(FATAL_ERROR "${XLSXWRITER_LIBRARY} is no shared library; install libxlsxwriter-dev")
endif()
set(XLSXWRITER_SONAME ${CMAKE_MATCH_1})
string(REPLACE ".so." "" XLSXWRITER_PACKAGE ${XLSXWRITER_SONAME})

if(BUILD_TESTING)
  pkg_check_modules(CUNIT REQUIRED IMPORTED_TARGET cunit)
endif()

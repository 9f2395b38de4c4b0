# cmake -D OUTPUT=stem -D PREFIX=th_outbox_sql -D FILES="a.sql;b.sql" -P embed_sql.cmake
# writes stem.h and stem.c: each file's text as `extern const char PREFIX_name[]`.
include(${CMAKE_CURRENT_LIST_DIR}/../../cmake/QuoteSql.cmake)
get_filename_component(header ${OUTPUT}.h NAME)
set(declarations "/* Made by embed_sql.cmake from the .sql files. */\n#pragma once\n")
set(definitions "/* Made by embed_sql.cmake from the .sql files. */\n#include \"${header}\"\n")
foreach(file IN LISTS FILES)
  get_filename_component(name ${file} NAME_WE)
  quote_file(${file} text)
  string(APPEND declarations "extern const char ${PREFIX}_${name}[];\n")
  string(APPEND definitions "const char ${PREFIX}_${name}[] =\n${text};\n")
endforeach()
file(WRITE ${OUTPUT}.h "${declarations}")
file(WRITE ${OUTPUT}.c "${definitions}")
